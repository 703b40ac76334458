"""Dropout, with as few random numbers as it needs."""

import torch
from torch import Tensor, nn

LEVELS = 2**16  # a random number of 64 bits decides for four elements


def dropout(x: Tensor, share: float) -> Tensor:
    """x with a share of its numbers set to zero and the others made larger by as much (Srivastava et al. 2014).

    On a CPU torch draws a number for every element, one after the other: a tenth of the time of a tagger's training
    step on a processor that is not Intel's. Sixteen bits an element take a quarter of that; the share is kept to
    1 / 65536. On other devices it is torch's own.

    Args:
        x: any shape.
        share: of the numbers, from 0 to below 1.

    Raises:
        ValueError: another share.

    Example:
        >>> dropout(torch.ones(2, 3), 0.0).tolist()
        [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    if not 0 <= share < 1:
        raise ValueError(f"dropout={share} found, wanted at least 0 and less than 1")
    if x.device.type != "cpu":
        return nn.functional.dropout(x, share)
    dropped = min(round(share * LEVELS), LEVELS - 1)
    if not dropped:
        return x
    drawn = torch.empty((x.numel() + 3) // 4, dtype=torch.int64).random_(-(2**63), None)
    lanes = drawn.view(torch.int16)[: x.numel()].view(x.shape)  # -2¹⁵ to 2¹⁵ - 1
    return x * (lanes >= dropped - LEVELS // 2).to(x.dtype).mul_(LEVELS / (LEVELS - dropped))


class Dropout(nn.Module):
    """Dropout in training, nothing outside it.

    Args:
        share: of the numbers that are set to zero.

    Example:
        >>> from seqmodels.nn.dropout import Dropout
        >>> Dropout(0.5).eval()(torch.ones(2)).tolist()
        [1.0, 1.0]
    """

    def __init__(self, share: float):
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        return dropout(x, self.share) if self.training else x
