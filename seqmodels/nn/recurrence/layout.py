"""Where the real steps of a padded batch lie when they stand together without the padding."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqmodels.types import Padded, State


class Layout(NamedTuple):
    """Real steps as rows: all first steps, then all second steps, the longest sequence at the front of each.

    Made once a batch, for all layers and directions. N is the number of real steps.

    Args:
        order: (B,) the sequences by falling length.
        rank: (B,) each sequence's place in that order.
        sizes: for each step, how many sequences have it.
        rows: (N,) each row's place among the B * T steps of the padded batch.
        before: (N,) the row of the step before; N + rank for a first step.
        after: (N,) the row of the step after; N + rank for a last step.
        sequence: (N,) which sequence, counted in that order, a row is of.
        shape: (B, T) of the padded batch.
    """

    order: Tensor
    rank: Tensor
    sizes: list[int]
    rows: Tensor
    before: Tensor
    after: Tensor
    sequence: Tensor
    shape: tuple[int, int]

    def enter(self, data: Tensor) -> Tensor:
        """(N, D) rows of a padded batch (B, T, D)."""
        return data.flatten(0, 1).index_select(0, self.rows)

    def leave(self, rows: Tensor) -> Tensor:
        """(B, T, H) padded batch of rows (N, H), zero past every end."""
        batch, steps = self.shape
        return rows.new_zeros(batch * steps, rows.shape[1]).index_copy(0, self.rows, rows).unflatten(0, self.shape)

    def steps(self, reverse: bool, *rows: Tensor) -> list[tuple[Any, ...]]:
        """For each step, as it is read: how many sequences have it, and their rows of each tensor (N, ·).

        Args:
            reverse: the last step first.
            rows: the tensors to cut. What comes out are views: a kernel writes into them.
        """
        steps = list(zip(self.sizes, *(tensor.split(self.sizes) for tensor in rows), strict=True))
        return steps[::-1] if reverse else steps

    def sort(self, state: State) -> State:
        """States (B, H) in this order."""
        return tuple(part.index_select(0, self.order) for part in state)

    def unsort(self, state: State) -> State:
        """States (B, H) in the order of the batch."""
        return tuple(part.index_select(0, self.rank) for part in state)

    def spread(self, noise: Tensor) -> Tensor:
        """(N, D), one row of noise (B, D) for all steps of a sequence."""
        return noise.index_select(0, self.sequence)


def layout_of(padded: Padded) -> Layout:
    """The layout of a batch.

    Raises:
        ValueError: a length is less than 1 or more than T.
    """
    lengths, steps = padded.lengths, padded.data.shape[1]
    check_lengths(lengths, steps)
    if steps == 1:  # a step of decoding: nothing to order
        each = torch.arange(len(lengths), device=lengths.device)  # (B,)
        return Layout(
            each, each, [len(lengths)], each, each + len(lengths), each + len(lengths), each, (len(lengths), 1)
        )
    ordered, order = torch.sort(lengths, descending=True, stable=True)  # (B,), (B,)
    steps = int(ordered[0])
    time = torch.arange(steps, device=lengths.device)  # (T,)
    there = time[:, None] < ordered  # (T, B)
    sizes = there.sum(dim=1)  # (T,)
    starts = torch.cumsum(sizes, dim=0) - sizes  # (T,)
    at, rank = there.nonzero(as_tuple=True)  # (N,), (N,)
    count = len(at)
    before = torch.where(at > 0, starts[(at - 1).clamp(min=0)] + rank, count + rank)  # (N,)
    last = at + 1 == ordered[rank]  # (N,)
    after = torch.where(last, count + rank, starts[(at + 1).clamp(max=steps - 1)] + rank)  # (N,)
    rows = order[rank] * padded.data.shape[1] + at  # (N,)
    shape = (padded.data.shape[0], padded.data.shape[1])
    return Layout(order, torch.argsort(order), sizes.tolist(), rows, before, after, rank, shape)


def check_lengths(lengths: Tensor, steps: int) -> None:
    """Refuse lengths that torch itself would clip without a word.

    Raises:
        ValueError: a length is less than 1 or more than the steps there are.
    """
    shortest, longest = int(lengths.min()), int(lengths.max())
    if shortest < 1 or longest > steps:
        raise ValueError(f"lengths from {shortest} to {longest} found, wanted 1 to {steps}")
