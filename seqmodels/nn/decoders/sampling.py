"""Scheduled sampling."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from seqmodels.types import Padded, Positive, Probability


@dataclass(frozen=True)
class ScheduledSampling:
    """How many of a target's tokens training shows to the decoder, the others being what it would say itself.

        linear:           ε_i = 1 - (1 - least) · min(i / steps, 1)
        inverse_sigmoid:  ε_i = max(least, k / (k + exp(i / k))),  k = steps

    for optimiser step i (Bengio et al. 2015, section 2.4). What it would say comes of a first pass over the whole
    target (Mihaylova & Martins 2019, section 3), through which no gradient goes, so that every decoder can do it.

    Args:
        decay: ``linear`` or ``inverse_sigmoid``.
        steps: how fast.
        least: the share that is shown in the end.

    Raises:
        ValueError: another decay, or a number out of its range.

    Example:
        >>> from seqmodels.nn.decoders import ScheduledSampling
        >>> ScheduledSampling(decay="linear", steps=100, least=0.5).shown(50)
        0.75
    """

    decay: Literal["linear", "inverse_sigmoid"] = "linear"
    steps: Positive = 10_000
    least: Probability = 0.5

    def __post_init__(self) -> None:
        if self.decay not in ("linear", "inverse_sigmoid"):
            raise ValueError(f"decay={self.decay!r} is not known; choose one of: linear, inverse_sigmoid")
        if self.steps <= 0:
            raise ValueError(f"steps={self.steps} found, wanted more than 0")
        if not 0 <= self.least < 1:
            raise ValueError(f"least={self.least} found, wanted at least 0 and less than 1")

    def shown(self, step: int) -> float:
        """The share of the target's tokens that are shown at a step, ε_i."""
        if self.decay == "linear":
            return 1 - (1 - self.least) * min(step / self.steps, 1.0)
        spent = min(step / self.steps, 500.0)  # exp would run over
        return max(self.least, self.steps / (self.steps + math.exp(spent)))

    def hidden(self, inputs: Padded, step: int) -> Tensor:
        """(B, U) bool, drawn: true where a token is to be the decoder's own; never the beginning."""
        drawn = torch.rand(inputs.data.shape, device=inputs.data.device) >= self.shown(step)
        drawn[:, 0] = False
        return drawn & inputs.mask
