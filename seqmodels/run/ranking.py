"""The most probable answers of a head that scores whole sequences of labels: a CRF's or CTC's."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch

from seqmodels.errors import InputError
from seqmodels.nn.heads import CrfHead, CtcHead
from seqmodels.run.flags import flag
from seqmodels.run.load import Predictor
from seqmodels.run.predict import labelled
from seqmodels.run.searching import search_by
from seqmodels.run.show import words
from seqmodels.run.shown import by_rank
from seqmodels.text import Item
from seqmodels.topologies import ManyToMany, Topology

BATCH = 128  # texts


class Ranked(NamedTuple):
    """One answer for a text.

    Args:
        said: labels of its tokens, or a text.
        log_probability: log p(said | text); of CTC with a beam what its search has kept of that.
    """

    said: Any
    log_probability: float


def ranks(model: Topology) -> bool:
    """Whether a model can tell its n best answers without writing them token by token."""
    return isinstance(model, ManyToMany) and isinstance(model.head, CrfHead | CtcHead)


def how_many(predictor: Predictor, given: Mapping[str, Any]) -> int:
    """What ``--nbest`` says, 1 without it; ``--beam`` is CTC's to search by.

    Raises:
        InputError: it is less than 1 or, of CTC, more than the beam; another flag was given, which writes.
    """
    wanted = given.get("nbest", 1)
    others = {name: value for name, value in given.items() if name != "nbest"}
    head = predictor.model.head
    if isinstance(head, CrfHead) and others:
        raise InputError(f"{', '.join(map(flag, others))}: a CRF takes --nbest and --scores alone; leave it out")
    if others:
        search_by(predictor, others)
    if wanted < 1:
        raise InputError(f"--nbest={wanted} found, wanted at least 1")
    if isinstance(head, CtcHead) and wanted > head.beam_width:
        raise InputError(f"--nbest={wanted} found, wanted at most --beam, which is {head.beam_width}")
    return int(wanted)


@torch.inference_mode()
def ranked(
    predictor: Predictor, texts: Sequence[Item], n: int, done: Callable[[int], None] | None = None
) -> list[list[Ranked]]:
    """The n most probable answers to each text, the best first; fewer where there are no more.

    Args:
        predictor: of a model that ``ranks``.
        texts: strings, or lists of tokens.
        n: how many.
        done: called with how many texts were answered, after every batch.

    Raises:
        InputError: a text has no token in it.
    """
    model, decode = predictor.model, predictor.targets.decode
    assert isinstance(model, ManyToMany)
    answers: list[list[Ranked]] = [[] for _ in texts]
    for indices, inputs in predictor.batches(texts, BATCH):
        scores, head = model.scores(inputs), model.head
        assert isinstance(head, CrfHead | CtcHead)
        found: list[list[Any]] = head.n_best(scores, n) if isinstance(head, CrfHead) else head.n_best(scores)
        for i, best in zip(indices, found, strict=True):
            answers[i] = [Ranked(decode([int(id) for id in one.ids]), one.log_probability) for one in best[:n]]
        if done:
            done(len(indices))
    return answers


def shown_ranked(
    predictor: Predictor, text: str, found: Sequence[Ranked], as_json: bool, scores: bool, width: int | None
) -> str:
    """An answer: the best alone or all by rank, tokens over their labels; or a JSON object.

    Args:
        predictor: the model.
        text: what was read.
        found: for it, the best first.
        as_json: {"input", "prediction"}, for labels "tokens", with scores "score", and where there are several
            "candidates".
        scores: say log p of each.
        width: of the terminal; tokens and labels go on in further lines there. None: any.
    """
    field = predictor.targets
    tokens = predictor.inputs.split(text) if field.per_step else []
    if not as_json:
        texts = [labelled(field, tokens, one.said, width) if tokens else words(one.said) for one in found]
        return by_rank(texts, [one.log_probability for one in found] if scores else None)

    def record(one: Ranked) -> dict[str, Any]:
        return {"prediction": one.said} | ({"score": one.log_probability} if scores else {})

    several = {"candidates": [record(one) for one in found]} if len(found) > 1 else {}
    return json.dumps(
        {"input": text} | ({"tokens": tokens} if tokens else {}) | record(found[0]) | several, ensure_ascii=False
    )
