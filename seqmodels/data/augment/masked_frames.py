"""Frames of sound hidden and bent, so that a model learns more than the voices that it hears."""

from collections.abc import Sequence
from random import Random

import torch
from torch import Tensor

from seqmodels.data.augment.base import Augmentation
from seqmodels.errors import InputError
from seqmodels.types import NonNegative


class MaskedFrames(Augmentation):
    """Runs of frames and of filters set to zero, their mean (SpecAugment, Park et al. 2019, without its time warp), on
    a scale of frequencies that is stretched before that (vocal tract length perturbation, Jaitly & Hinton 2013).

    Frame t of filter d becomes x[t, d / s] between neighbours, s uniform from 1 - warp to 1 + warp; then all frames get
    one slope and one bend along the filters, as a microphone would give them. Each mask is of 0 to so many frames or
    filters, wherever it fits.

    Args:
        time_masks, frequency_masks: how many there are.
        time_width, frequency_width: frames and filters that one hides at most.
        warp: largest share that the scale is stretched by.
        colour: deviation of the slope along the filters, and of the bend, in units of the inputs.

    Raises:
        ValueError: warp or colour is negative, or the scale could vanish.

    Example:
        >>> from random import Random
        >>> augment = MaskedFrames(time_masks=1, time_width=3); augment.fit([], size=4)
        >>> augment.change(torch.ones(9, 4), Random(0)).shape
        torch.Size([9, 4])
    """

    def __init__(
        self,
        time_masks: NonNegative = 2,
        time_width: NonNegative = 10,
        frequency_masks: NonNegative = 2,
        frequency_width: NonNegative = 8,
        warp: float = 0.0,
        colour: float = 0.0,
    ):
        if not 0 <= warp < 1 or colour < 0:
            raise ValueError(f"warp={warp}, colour={colour} found, wanted a share from 0 to below 1 and at least 0")
        self.masks = ((0, time_masks, time_width), (1, frequency_masks, frequency_width))
        self.warp = warp
        self.colour = colour

    def fit(self, inputs: Sequence[Tensor], size: int) -> None:
        """Nothing to look at but their kind."""
        if any(not item.is_floating_point() for item in inputs):
            raise InputError(
                "augment: MaskedFrames found with inputs of ids, wanted frames of numbers; choose another one"
            )

    def change(self, item: Tensor, draw: Random) -> Tensor:
        frames = _stretched(item, 1 + draw.uniform(-self.warp, self.warp)) if self.warp else item.clone()  # (T, D)
        if self.colour:
            places = torch.linspace(-1, 1, frames.shape[1])  # (D,)
            slope, bend = draw.gauss(0, self.colour), draw.gauss(0, self.colour)
            frames = frames + slope * places + bend * (1.5 * places**2 - 0.5)
        for dim, count, width in self.masks:
            length = frames.shape[dim]
            for _ in range(count):
                hidden = draw.randint(0, min(width, length))
                start = draw.randint(0, length - hidden)
                frames.narrow(dim, start, hidden).zero_()
        return frames


def _stretched(frames: Tensor, scale: float) -> Tensor:
    """(T, D), filter d read at d / scale; past the last filter its value stays."""
    width = frames.shape[1]
    places = (torch.arange(width) / scale).clamp(max=width - 1)  # (D,)
    below = places.long().clamp(max=max(0, width - 2))
    share = (places - below).to(frames.dtype)
    return frames[:, below] * (1 - share) + frames[:, (below + 1).clamp(max=width - 1)] * share
