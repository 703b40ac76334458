"""Linear warm-up, then a cosine."""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from seqmodels.types import Probability


class WarmupCosine(LambdaLR):
    """Raise the rate linearly over the first steps, then lower it along half a cosine.

    For step s of n, with w·n steps of warm-up: lr · s/(w·n) up to there, then
    lr · (f + (1 - f) · (1 + cos(π · (s - w·n)/(n - w·n))) / 2) (Loshchilov & Hutter 2017, equation 5, one period).

    Args:
        optimizer: whose rate to set.
        total_steps: n, the optimiser steps of the whole training.
        warmup: w, the share of them that warms up.
        floor: f, the share of the rate that is left at the end.

    Example:
        >>> import torch
        >>> from seqmodels.learning import WarmupCosine
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        >>> WarmupCosine(optimizer, total_steps=100, warmup=0.1).get_last_lr()
        [0.1]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_steps: int,
        warmup: Probability = 0.05,
        floor: Probability = 0.02,
    ):
        rising = max(1, round(warmup * total_steps))

        def share(step: int) -> float:
            s = step + 1  # torch counts from 0
            if s <= rising:
                return s / rising
            done = min(1.0, (s - rising) / max(1, total_steps - rising))
            return floor + (1 - floor) * (1 + math.cos(math.pi * done)) / 2

        super().__init__(optimizer, share)
