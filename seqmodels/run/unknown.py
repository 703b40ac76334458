"""Unknown words of an answer, replaced by those of the source that the model looked at."""

from collections.abc import Sequence

from seqmodels.errors import InputError
from seqmodels.run.attention import looks_at_nothing
from seqmodels.run.load import Predictor
from seqmodels.run.writing import Written
from seqmodels.text import Item, Tokens
from seqmodels.topologies import EncoderDecoder, Ensemble
from seqmodels.types import UNK


def check_unknown(predictor: Predictor) -> None:
    """Refuse to replace unknown words where there are none, or none that could be copied.

    Raises:
        InputError: a field is not one of words, or the model does not look at words.
    """
    model, fields = predictor.model, {"inputs": predictor.inputs, "targets": predictor.targets}
    if not isinstance(model, EncoderDecoder | Ensemble):
        raise InputError(f"--replace-unknown: {type(model).__name__} reads no words that could be copied; leave it out")
    if looks_at_nothing(model):
        raise InputError(
            "--replace-unknown: the model has no attention that would say which word to copy; leave it out"
        )
    for side, field in fields.items():
        if not isinstance(field, Tokens) or field.tokenizer.split("ab") != ["ab"]:
            named = type(field).__name__ + (" of characters" if isinstance(field, Tokens) else "")
            raise InputError(f"--replace-unknown: fields.{side} ({named}) has no unknown words; leave it out")


def replaced(predictor: Predictor, source: Item, written: Sequence[Written]) -> list[Written]:
    """The same answers, each ``<unk>`` replaced by the source's word with the largest weight (Jean et al. 2015).

    Args:
        predictor: of word-level fields.
        source: what was read.
        written: for it.
    """
    words, field = predictor.inputs.split(source), predictor.targets
    assert isinstance(field, Tokens)
    words = [word.lower() for word in words] if field.lowercase else words
    answers = []
    for one in written:
        tokens = field.vocab.decode(one.ids)
        places = one.weights.argmax(dim=1).tolist() if len(words) else []
        said = [words[at] if i == UNK else token for i, token, at in zip(one.ids, tokens, places, strict=True)]
        answers.append(one._replace(text=field.tokenizer.join(said)))
    return answers
