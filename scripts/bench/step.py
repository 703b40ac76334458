"""What a recurrence is measured by: batches of drawn lengths, the ways to read them, and a training step."""

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from bench.timing import seconds
from seqmodels.nn.recurrence import Stack
from seqmodels.types import Padded

BATCH, WIDTH, POOL, RUNS = 32, 256, 40, 5
# Mean and sigma of log-normal lengths, and the shortest and longest: ../shared/FACTS.md, Recurrences on CPU.
LENGTHS = {"sentences": (18, 0.6, 1, 80), "reviews": (80, 0.8, 3, 400)}
Read = Callable[[Tensor, Tensor], Tensor]  # (B, T, D), lengths (B,) -> (B, T, H)


def draw(kind: str, ordered: bool) -> list[Tensor]:
    """Lengths of 40 batches, drawn at random or cut from the sorted pool."""
    mean, sigma, shortest, longest = LENGTHS[kind]
    noise = torch.randn(POOL * BATCH, generator=torch.Generator().manual_seed(0))
    lengths = torch.exp(noise * sigma + math.log(mean) - sigma * sigma / 2)
    lengths = lengths.round().clamp(shortest, longest).long()
    return list((lengths.sort().values if ordered else lengths).split(BATCH))


def packed(module: nn.RNNBase) -> Read:
    """As nearly every project does it."""

    def read(x: Tensor, lengths: Tensor) -> Tensor:
        outputs, _ = module(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        return pad_packed_sequence(outputs, batch_first=True)[0]

    return read


def ours(stack: Stack) -> Read:
    """As this project does it."""
    return lambda x, lengths: stack(Padded(x, lengths.to(x.device))).outputs.data


class Step:
    """A variant: a full training step (forward, backward, fused Adam) over a fifth of the batches at each run.

    Args:
        modules: what is trained.
        read: how.
        batches: lengths.
        device: where.
        precision: autocast, or nothing.
        warmup: run all batches once before. oneDNN makes a kernel for every new shape, which a training that sees
            the shapes again and again pays for once. Else the longest batch alone, for the memory.
    """

    def __init__(
        self,
        modules: Sequence[nn.Module],
        read: Read,
        batches: Sequence[Tensor],
        device: torch.device,
        precision: Callable[[], AbstractContextManager[object]] = nullcontext,
        warmup: bool = True,
    ):
        self.optimizer = torch.optim.Adam([p for m in modules for p in m.parameters()], lr=1e-4, fused=True)
        self.read, self.batches, self.device, self.precision = read, batches, device, precision
        self.warm, self.warmup = False, warmup

    def __call__(self, run: int) -> float:
        """Microseconds per real token."""
        if not self.warm:
            self.warm = True
            for lengths in self.batches if self.warmup else [max(self.batches, key=lambda some: int(some.max()))]:
                self._step(lengths)
        chosen = self.batches[run % RUNS :: RUNS]
        return sum(map(self._step, chosen)) / float(sum(lengths.sum() for lengths in chosen)) * 1e6

    def _step(self, lengths: Tensor) -> float:
        x = torch.randn(len(lengths), int(lengths.max()), WIDTH, device=self.device, requires_grad=True)

        def work() -> None:
            self.optimizer.zero_grad()
            with self.precision():
                outputs = self.read(x, lengths)
            outputs.sum().backward()
            self.optimizer.step()

        return seconds(work, self.device)
