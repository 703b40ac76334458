"""What trained models write: the sequences that a search finds, as text."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.decode import Found, Ids, Sampling, Search, search
from seqmodels.errors import InputError
from seqmodels.run.load import Predictor
from seqmodels.text import Item
from seqmodels.topologies import Ensemble, LanguageModel, Topology, Writer
from seqmodels.types import BOS, EOS, PAD, UNK, Padded

ROWS = 640  # sequences that are written side by side
BATCH = 128  # texts, at most
LENGTH = 200  # tokens of a language model, where nothing else is said


class Written(NamedTuple):
    """A sequence that a model wrote.

    Args:
        text: what it says.
        score: log p / length^length_penalty.
        ended: false where it was cut at the greatest length.
        ids: its tokens.
        weights: (U, S), where the model looked for each, with zeros behind the last step; S = 0 where it looks nowhere,
            or nobody asked.
    """

    text: str
    score: float
    ended: bool
    ids: tuple[int, ...]
    weights: Tensor


def writes(model: Topology) -> bool:
    """Whether a model writes a sequence of its own length."""
    return isinstance(model, Writer | Ensemble | LanguageModel)


def usual_search(model: Topology) -> Search:
    """How a model writes if nothing is said.

    Raises:
        InputError: it writes nothing.
    """
    if isinstance(model, LanguageModel):
        return Search(max_length=LENGTH, sampling=Sampling())
    if isinstance(model, Writer | Ensemble):
        return model.search
    raise InputError(f"{type(model).__name__} writes no sequence of its own length")


@torch.inference_mode()
def write(
    predictor: Predictor,
    texts: Sequence[Item],
    how: Search,
    done: Callable[[int], None] | None = None,
    looked: bool = False,
    repeats: Sequence[int] | None = None,
) -> list[list[Written]]:
    """What a model writes for each text, or behind it where it is a language model; the best first.

    Args:
        predictor: of a model that writes.
        texts: for a language model each begins one where it was trained on texts with a beginning and an end, and is a
            part of one else.
        how: how to search.
        done: called with how many texts were answered, after every batch.
        looked: whether to keep where the model looked: a number for every token and every step of its source.
        repeats: how often each text was written for before, so that other draws come; never if not given.

    Raises:
        InputError: a text has no token in it, the model gives no probabilities, or they are no numbers.
    """
    written: list[list[Written]] = [[] for _ in texts]
    side_by_side = max(1, ROWS // max(how.beam_size, how.count))
    for indices, inputs in predictor.batches(texts, min(side_by_side, BATCH)):
        again = None if repeats is None else torch.tensor([repeats[i] for i in indices])  # (B,)
        found = _found(predictor, inputs, how, again)
        if bool((found.scores[:, 0] == -torch.inf).any()):
            raise InputError("the model's scores are no numbers: did its training diverge?")
        for place, i in enumerate(indices):
            written[i] = _of_source(predictor, texts[i], Found(*(part[place].cpu() for part in found)), looked)
        if done:
            done(len(indices))
    return written


def _found(predictor: Predictor, inputs: Padded, how: Search, repeats: Tensor | None) -> Found:
    model = predictor.model
    if isinstance(model, Writer | Ensemble):
        return search(model.begin(inputs), inputs, how, repeats=repeats)
    assert isinstance(model, LanguageModel)
    if predictor.inputs.size.names != predictor.targets.size.names:
        raise InputError("inputs and targets have different tokens, so that what is written cannot be read on")
    never: tuple[int, ...] = (PAD, UNK, BOS)
    if predictor.recipe.get("whole", True):
        inputs = Padded(F.pad(inputs.data, (1, 0), value=BOS), inputs.lengths + 1)
    else:
        never = (*never, EOS)  # no end was ever predicted of a text that is part of another one
    try:
        return search(model.begin(inputs), inputs, how, Ids(never=never), repeats=repeats)
    except ValueError as error:
        raise InputError(str(error)) from error


def _of_source(predictor: Predictor, text: Item, found: Found, looked: bool) -> list[Written]:
    """All that was found for one text."""
    written = []
    for tokens, length, score, ended, weights in zip(*found, strict=True):
        ids = tuple(tokens[:length].tolist())
        if score > -torch.inf:
            said = _text(predictor, text, ids)
            kept = weights[:length].clone() if looked else weights.new_zeros(len(ids), 0)
            written.append(Written(said, float(score), bool(ended), ids, kept))
    return written


def _text(predictor: Predictor, text: Item, ids: tuple[int, ...]) -> str:
    """What was written as text; behind a prompt with what stands between the two."""
    decode = predictor.targets.decode
    if isinstance(predictor.model, LanguageModel):
        prompt = predictor.inputs.encode(text).tolist()
        begin, whole = str(decode(prompt)), str(decode([*prompt, *ids]))
        if whole.startswith(begin):
            return whole.removeprefix(begin)
    return str(decode(list(ids)))
