"""Texts read on and on: side by side in streams, a window of steps a batch, where each row may go on from another."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqmodels.data.batches import Batches, BatchPlan, digest
from seqmodels.data.reader import Example
from seqmodels.errors import InputError
from seqmodels.types import BOS, EOS, NonNegative, Positive, Probability


class Piece(NamedTuple):
    """A row of a batch: some steps of an example.

    Args:
        example: which one.
        start, stop: of which steps; to its end if not given.
        after: the row of the batch before that it goes on from, -1 if it begins afresh; None where no row goes on.
        scored: whether its targets count; if not, it is only read.
    """

    example: int
    start: int = 0
    stop: int | None = None
    after: int | None = None
    scored: bool = True


@dataclass(frozen=True)
class Streams(BatchPlan):
    """Read texts in streams, to predict each next token (truncated backpropagation through time).

    A text of its own (``Example.whole``) is read behind <bos> and its end is predicted as <eos>; of another one all
    tokens but the first are predicted.

    Args:
        batch_size, eval_batch_size: streams that are read side by side, each a like part of all texts.
        workers: processes that load.
        steps: tokens of each stream that a batch holds; gradients go back no further.
        warmup: tokens before a stream's own first that are read and not scored, where it begins within a text; outside
            training. None: no text is cut, so that all is scored as if read in one piece.
        carry: whether a window goes on where the one before ended; if not, each knows nothing of what stands before it.
        forget: share of windows that begin afresh in training, so that it learns short pasts, too (Melis et al. 2018).
    """

    eval_batch_size: Positive = 32
    steps: Positive = 128
    warmup: NonNegative | None = 256
    carry: bool = True
    forget: Probability = 0.0

    def batches(
        self, lengths: Sequence[int], training: bool, seed: int = 0, rank: int = 0, world_size: int = 1
    ) -> "StreamBatches":
        if world_size > 1:
            raise InputError(
                f"batching: {world_size} processes found, but streams are carried on in one; choose another device"
            )
        return StreamBatches(lengths, self, training, seed)

    def pair(self, read: Tensor, wanted: Tensor, example: Example) -> tuple[Tensor, Tensor]:
        if example.inputs != example.targets or len(read) != len(wanted):
            raise InputError("streams predict the text that they read: set batching._target_=seqmodels.data.Batching")
        if example.whole:
            return torch.cat([read.new_tensor([BOS]), read]), torch.cat([wanted, wanted.new_tensor([EOS])])
        if len(read) < 2:
            raise InputError("a single token found, wanted another one to predict")
        return read[:-1], wanted[1:]

    def exact(self) -> "Streams":
        return replace(self, warmup=None)

    def size(self) -> str:
        return f"{self.batch_size:,} streams of {self.steps:,} tokens"

    def smaller(self, training: bool) -> str:
        rows = "batch_size" if training else "eval_batch_size"
        return f"set batching.{rows} below {getattr(self, rows)}, or batching.steps below {self.steps}"


class StreamBatches(Batches[Piece]):
    """Windows over streams; every step of every text once an epoch.

    All texts stand in a line, in training one after another in an order of the epoch and turned round by an offset of
    the epoch, so that the cuts are elsewhere each time. The line is cut into streams of the same length, the last one
    shorter, and a batch is the next window of each of them. Where a text ends within a window, the next one is a
    further row, and begins afresh. So every epoch has as many batches, and its k-th batch as many tokens.

    Args:
        lengths: of the texts.
        plan: how to cut.
        training: with an order and an offset of the epoch; else in order, with what the plan says of warming up.
        seed: with the epoch, decides everything.

    Example:
        >>> from seqmodels.data import StreamBatches, Streams
        >>> len(StreamBatches([100], Streams(batch_size=2, steps=20), training=True))
        3
    """

    def __init__(self, lengths: Sequence[int], plan: Streams, training: bool, seed: int = 0):
        super().__init__()
        self.lengths = list(lengths)
        self.plan = plan
        self.training = training
        self.seed = seed
        self.streams = self._streams()
        self.warm = any(first < start for first, start, _ in self.streams)  # whether there is a batch that warms up
        self.windows = -(-max(stop - start for _, start, stop in self.streams) // plan.steps)

    def _order(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "training": self.training,
            "steps": self.plan.steps,
            "lengths": f"{digest(self.lengths)} ({len(self.lengths)} texts)",
            "streams": f"{digest([stop for _, _, stop in self.streams])} ({len(self.streams)} streams)",
        }

    def _streams(self) -> list[tuple[int, int, int]]:
        """Of each stream where in the line it begins to be read, to be scored, and ends."""
        total = sum(self.lengths)
        wanted = min(total, self.plan.batch_size if self.training else self.plan.eval_batch_size)
        share = -(-total // wanted)
        cuts = [*range(0, total, share), total]
        if self.training:
            return [(start, start, stop) for start, stop in pairwise(cuts)]
        texts = [0, *accumulate(self.lengths)]
        if self.plan.warmup is None:
            cuts = sorted({min(texts, key=lambda text: abs(text - cut)) for cut in cuts})
        return [(max(texts[bisect_right(texts, a) - 1], a - (self.plan.warmup or 0)), a, b) for a, b in pairwise(cuts)]

    def _window(self, k: int) -> list[tuple[int, int]]:
        """What each stream reads in a batch, as places in the line; -1 is the batch that warms up."""
        if k < 0:
            return [(first, start) for first, start, _ in self.streams]
        steps = self.plan.steps
        return [(start + k * steps, min(start + (k + 1) * steps, stop)) for _, start, stop in self.streams]

    def _line(self) -> list[Piece]:
        """All that there is to read, in the order of the epoch."""
        whole = [Piece(i, 0, length) for i, length in enumerate(self.lengths)]
        if not self.training:
            return whole
        draw = random.Random(f"{self.seed} {self.epoch}")  # a string seeds the same everywhere
        draw.shuffle(whole)
        at = draw.randrange(self.lengths[whole[0].example])  # all cuts move with the first text's
        return [whole[0]._replace(start=at), *whole[1:], *([whole[0]._replace(stop=at)] if at else [])]

    def mine(self) -> list[list[Piece]]:
        line = self._line()
        ends = list(accumulate((piece.stop or 0) - piece.start for piece in line))
        draw = random.Random(f"{self.seed} {self.epoch} forget")
        before: dict[int, tuple[int, Piece]] = {}  # of each stream its last row in the batch before
        batches = []
        for k in range(-self.warm, self.windows):
            batch: list[Piece] = []
            last: dict[int, tuple[int, Piece]] = {}
            for stream, (start, stop) in enumerate(self._window(k)):
                for piece in _cut(line, ends, start, stop):
                    row, there = before.get(stream, (-1, None))
                    same = there is not None and (there.example, there.stop) == (piece.example, piece.start)
                    last[stream] = len(batch), piece
                    on = same and self.plan.carry and not (self.training and draw.random() < self.plan.forget)
                    batch.append(piece._replace(after=row if on else -1, scored=k >= 0))
            batches.append(batch)
            before = last
        return batches

    def real_share(self) -> float:
        rows = [[self.length(piece) for piece in batch] for batch in self.mine()]
        return sum(map(sum, rows)) / sum(len(row) * max(row) for row in rows)

    def __len__(self) -> int:
        return self.warm + self.windows

    def example(self, item: Piece) -> int:
        return item.example

    def length(self, item: Piece) -> int:
        return (item.stop or 0) - item.start


def _cut(line: Sequence[Piece], ends: Sequence[int], start: int, stop: int) -> list[Piece]:
    """What of the line's texts stands from one place to another."""
    found = []
    while start < stop:
        i = bisect_right(ends, start)
        piece, end = line[i], min(ends[i], stop)
        offset = (piece.stop or 0) - ends[i]  # from places in the line to steps of the text
        found.append(Piece(piece.example, start + offset, end + offset))
        start = end
    return found
