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
    if len(written) == 1 and not scores:
        return texts[0]
    ranks = [str(rank) for rank in range(1, len(written) + 1)] if len(written) > 1 else [""]
    rows = [[rank, f"{one.score:.4f}" * scores, text] for rank, one, text in zip(ranks, written, texts, strict=True)]
    wide = [max(len(row[i]) for row in rows) for i in (0, 1)]
    heads = ["".join(f"{row[i]:>{wide[i]}}  " for i in (0, 1) if wide[i]) for row in rows]
    return "\n".join(head + row[2].replace("\n", "\n" + " " * len(head)) for head, row in zip(heads, rows, strict=True))


def _record(source: str, written: Sequence[Written], scores: bool) -> dict[str, Any]:
    def said(one: Written) -> dict[str, Any]:
        return {"prediction": one.text} | ({"score": one.score} if scores else {})

    record = {"input": source} | said(written[0])
    return record | ({"candidates": [said(one) for one in written]} if len(written) > 1 else {})
