"""A padded batch as it stands, with the index tables that the backward direction and the ends ask for."""

from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.nn.recurrence.layout import check_lengths
from seqmodels.types import Padded, State


class PaddedSteps(NamedTuple):
    """Tables of a padded batch, made once for all layers and directions.

    Args:
        lengths: (B,).
        mask: (B, T) true on real steps.
        turned: (B · T,) for every step in a row, the one that takes its place when each sequence is turned round by its
            own length.
        last: (B, 1, 1) each sequence's last step.
        full: whether there is no padding.
    """

    lengths: Tensor
    mask: Tensor
    turned: Tensor
    last: Tensor
    full: bool

    @classmethod
    def of(cls, padded: Padded) -> "PaddedSteps":
        """The tables of a batch.

        Raises:
            ValueError: a length is less than 1 or more than T.
        """
        lengths, mask = padded.lengths, padded.mask  # (B,), (B, T)
        check_lengths(lengths, mask.shape[1])
        steps = torch.arange(mask.shape[1], device=mask.device)  # (T,)
        flip = torch.where(mask, lengths[:, None] - 1 - steps, steps)  # (B, T)
        rows = torch.arange(len(lengths), device=mask.device)[:, None] * mask.shape[1]  # (B, 1)
        return cls(lengths, mask, (rows + flip).flatten(), (lengths - 1)[:, None, None], padded.full)

    @property
    def shape(self) -> tuple[int, int]:
        """(B, T)."""
        return self.mask.shape[0], self.mask.shape[1]

    def enter(self, data: Tensor) -> Tensor:
        """(B, T, D) with zeros past every end: oneDNN reads what stands there, and a NaN would spread."""
        return data if self.full else data.masked_fill(~self.mask[..., None], 0)

    def leave(self, data: Tensor) -> Tensor:
        """(B, T, H) with zeros past every end."""
        return self.enter(data)

    def sort(self, state: State) -> State:
        """States in the order of this form: that of the batch."""
        return state

    def unsort(self, state: State) -> State:
        """States in the order of the batch."""
        return state

    def spread(self, noise: Tensor) -> Tensor:
        """(B, 1, D), one row of noise (B, D) for all steps of a sequence."""
        return noise[:, None]

    def turn(self, data: Tensor) -> Tensor:
        """(B, T, D), each sequence turned round by its own length."""
        if self.full:
            return data.flip(1)
        # Rows of D numbers at a time: a gather, number by number, takes at least twice as long.
        return data.flatten(0, 1).index_select(0, self.turned).view_as(data)
