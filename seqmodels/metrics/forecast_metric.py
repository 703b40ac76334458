"""What all metrics promise that compare numbers."""

from abc import ABC, abstractmethod
from typing import Literal

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.nn.distributions import Certain, Distribution
from seqmodels.text import Field
from seqmodels.text.scale import ScaledField
from seqmodels.types import Padded, check_choice

Unit = Literal["scaled", "original"]


class ForecastMetric(Metric, ABC):
    """The mean of a score over all numbers: rows, steps ahead and columns alike. Less is better.

    Args:
        field: of the targets, which knows what they were scaled by.
        unit: ``scaled``, where every column counts the same, or ``original``, that of each column.

    Raises:
        ValueError: the field scales nothing; another unit.
    """

    power = 1  # of its unit that the score grows with
    total: Tensor
    count: Tensor

    def __init__(self, field: Field, unit: Unit = "scaled"):
        check_choice("unit", unit, Unit)
        if not isinstance(field, ScaledField):
            raise ValueError(f"{type(field).__name__} found for targets, wanted numbers: seqmodels.series.Values")
        super().__init__()
        self.field = field
        self.unit = unit
        self.add_state("total", torch.tensor(0.0, dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.tensor(0), dist_reduce_fx="sum")

    @abstractmethod
    def score(self, said: Distribution, y: Tensor) -> Tensor:
        """The score of each number y (B, U, K), in scaled units."""

    def update(self, predictions: Padded, targets: Padded, distribution: Distribution | None = None) -> None:
        """Count a batch, predictions and targets (B, U, K); of a prediction alone, it is taken to be certain.

        Raises:
            ValueError: they differ in shape.
        """
        if predictions.data.shape != targets.data.shape:
            raise ValueError(
                f"predictions {tuple(predictions.data.shape)} and targets {tuple(targets.data.shape)} differ in shape"
            )
        assert isinstance(self.field, ScaledField)
        scores = self.score(distribution or Certain(predictions.data), targets.data)  # (B, U, K)
        if self.unit == "original":
            scores = scores * self.field.scale.deviation.to(scores.device) ** self.power
        found = scores[targets.mask].double()  # (real steps, K)
        self.total += found.sum()
        self.count += found.numel()

    def compute(self) -> Tensor:
        """The mean."""
        return self.total / self.count
