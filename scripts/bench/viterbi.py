"""The best labels of a batch of sentences, all at once against one sentence after the other."""

from collections.abc import Callable

import torch
from torch import Tensor

from bench.step import draw
from bench.timing import Row, interleaved, seconds
from seqmodels.nn.heads import CrfHead
from seqmodels.nn.heads.crf_recursions import Chain
from seqmodels.types import Padded

BATCH, RUNS, TIMES = 128, 9, 5
LABELS = (19, 72)
TARGET = 5.0


def viterbi(device: torch.device) -> list[Row]:
    """Sentences of about 17 words in batches as they come, with few labels and with many."""
    return [_row(labels, device) for labels in LABELS]


def _row(labels: int, device: torch.device) -> Row:
    lengths = torch.cat(draw("sentences", False))[:BATCH]
    generator = torch.Generator().manual_seed(labels)
    data = torch.randn(BATCH, int(lengths.max()), labels, generator=generator).to(device)
    scores, head = Padded(data, lengths.to(device)).zeroed(), CrfHead(1, labels).to(device)
    chain = Chain(head.starts.detach(), head.transitions.detach(), head.ends.detach())
    rows = [row.tolist() for row in head.predict(scores).rows()]
    if rows != _one_by_one(scores, chain):
        raise AssertionError("both ways were to find the same labels")
    loop = "a sentence after the other"
    variants: dict[str, Callable[[int], float]] = {
        loop: lambda run: seconds(lambda: _one_by_one(scores, chain), device),
        "all at once": lambda run: seconds(lambda: [head.predict(scores) for _ in range(TIMES)], device) / TIMES,
    }
    found = interleaved(variants, RUNS)
    return found.row(f"Viterbi, {BATCH} sentences, {labels} labels", "all at once", loop, device, TARGET)


def _one_by_one(scores: Padded, chain: Chain) -> list[list[int]]:
    """As tutorials have it: for every sentence, a maximum over (C, C) a step."""
    return [_best(row, chain) for row in scores.rows()]


def _best(emitted: Tensor, chain: Chain) -> list[int]:
    best, origins = chain.starts + emitted[0], []  # (C,)
    for step in emitted[1:]:
        reached = (best[:, None] + chain.transitions).max(dim=0)
        best = reached.values + step
        origins.append(reached.indices)
    path = [int((best + chain.ends).argmax())]
    for origin in [origin.tolist() for origin in reversed(origins)]:
        path.append(origin[path[-1]])
    return path[::-1]
