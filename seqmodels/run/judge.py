"""Whether a classifier knows what a text was written for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.run.load import Predictor
from seqmodels.run.writing import usual_search, write
from seqmodels.topologies import Ensemble, Writer


def judged_scores(predictor: Predictor, judge: Predictor, data: SequenceData, split: str) -> dict[str, float]:
    """Have a classifier say for which input each text was drawn, as many as the split has examples of that input.

    Args:
        predictor: of a model that draws texts.
        judge: of a model that reads such texts and writes one label, one of those that were inputs.
        data: set up.
        split: ``val`` or ``test``.

    Returns:
        ``recovered``, the share of texts whose input is found; ``recovered_of_real``, the same of the split's own
        texts; ``recovered_floor``, if the judge always named the most frequent input; ``different``, the share of
        texts that are not written twice for one input; ``new``, the share of texts that training does not have.

    Raises:
        InputError: the model draws nothing, or the judge does not know the inputs.
    """
    examples = getattr(data.splits, split)
    texts, inputs = _drawn(predictor, Counter(str(example.inputs) for example in examples))
    unknown = sorted(set(inputs) - set(judge.targets.size.names))
    if unknown:
        raise InputError(f"--judge: {', '.join(map(repr, unknown[:3]))} found as inputs, and it knows no such label")
    real = _share(judge, [str(example.targets) for example in examples], [str(example.inputs) for example in examples])
    known = {str(example.targets) for example in data.splits.train}
    return {
        f"{split}/recovered": _share(judge, texts, inputs),
        f"{split}/recovered_of_real": real,
        f"{split}/recovered_floor": max(Counter(inputs).values()) / len(inputs),
        f"{split}/different": len(set(zip(texts, inputs, strict=True))) / len(texts),
        f"{split}/new": sum(text not in known for text in texts) / len(texts),
    }


def _drawn(predictor: Predictor, wanted: Counter[str]) -> tuple[list[str], list[str]]:
    """Texts, and the inputs that they were drawn for."""
    if not isinstance(predictor.model, Writer | Ensemble) or usual_search(predictor.model).sampling is None:
        kind = type(predictor.model).__name__
        raise InputError(f"--judge: {kind} found, which writes the same again and again; let it draw: --temperature 1")
    how, texts, inputs = usual_search(predictor.model), [], []
    for item, count in sorted(wanted.items()):
        (written,) = write(predictor, [item], replace(how, count=count))
        texts += [one.text for one in written]
        inputs += [item] * len(written)
    return texts, inputs


def _share(judge: Predictor, texts: Sequence[str], inputs: Sequence[str]) -> float:
    """How many inputs the judge finds; of an empty text it finds none."""
    there = [(text, item) for text, item in zip(texts, inputs, strict=True) if text.strip()]
    said = judge.predict([text for text, _ in there])
    return sum(one == item for one, (_, item) in zip(said, there, strict=True)) / len(texts)
