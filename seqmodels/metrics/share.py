"""Counts of right ones among all."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.types import Padded


class Share(Metric, ABC):
    """Right ones / all of them; a kind of share says what it counts."""

    higher_is_better = True

    right: Tensor
    total: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("right", torch.tensor(0), dist_reduce_fx="sum")
        self.add_state("total", torch.tensor(0), dist_reduce_fx="sum")

    @abstractmethod
    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions (B, U) and targets (B, V)."""

    def compute(self) -> Tensor:
        """The share, between 0 and 1."""
        return self.right.double() / self.total
