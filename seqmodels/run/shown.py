"""What a model wrote, for people and as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from seqmodels.run.writing import Written


def shown(source: str, written: Sequence[Written], as_json: bool, scores: bool, behind: bool) -> str:
    """An answer: the best sequence alone, or all of them by rank.

    Args:
        source: what was read.
        written: for it, the best first.
        as_json: a JSON object instead: input, prediction, with scores score, and where there are several candidates.
        scores: say how good each is.
        behind: the sequences go on with the source.

    Example:
        >>> import torch
        >>> from seqmodels.run.writing import Written
        >>> one = [Written(text, score, True, (), torch.zeros(0, 0)) for text, score in (("dog", -0.5), ("cat", -1.25))]
        >>> print(shown("Hund", one, as_json=False, scores=True, behind=False))
        1  -0.5000  dog
        2  -1.2500  cat
    """
    if as_json:
        return json.dumps(_record(source, written, scores), ensure_ascii=False)
    texts = [source * behind + one.text for one in written]
    return by_rank(texts, [one.score for one in written] if scores else None)


def by_rank(texts: Sequence[str], scores: Sequence[float] | None) -> str:
    """Texts below each other behind their ranks and scores; one alone without a rank."""
    if len(texts) == 1 and scores is None:
        return texts[0]
    ranks = [str(rank) for rank in range(1, len(texts) + 1)] if len(texts) > 1 else [""]
    said = [""] * len(texts) if scores is None else [f"{score:.4f}" for score in scores]
    wide = [max(map(len, column)) for column in (ranks, said)]
    lines = []
    for rank, score, text in zip(ranks, said, texts, strict=True):
        head = "".join(f"{cell:>{size}}  " for cell, size in zip((rank, score), wide, strict=True) if size)
        lines.append(head + text.replace("\n", "\n" + " " * len(head)))
    return "\n".join(lines)


def _record(source: str, written: Sequence[Written], scores: bool) -> dict[str, Any]:
    def said(one: Written) -> dict[str, Any]:
        return {"prediction": one.text} | ({"score": one.score} if scores else {})

    record = {"input": source} | said(written[0])
    return record | ({"candidates": [said(one) for one in written]} if len(written) > 1 else {})
