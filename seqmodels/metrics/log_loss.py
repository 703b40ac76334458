"""What labels cost."""

import torch
from torch import Tensor

from seqmodels.metrics.probability_metric import ProbabilityMetric, check_shapes
from seqmodels.types import Padded


class LogLoss(ProbabilityMetric):
    """The mean of -log p(y) over all steps, in nats: a loss without label smoothing or weights, of floors as well.

    Example:
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import LogLoss
        >>> metric, one = LogLoss(), torch.tensor([1])
        >>> metric.update(Padded(torch.tensor([[[0.5, 0.5]]]).log(), one), Padded(torch.tensor([[1]]), one))
        >>> metric.compute()
        tensor(0.6931, dtype=torch.float64)
    """

    higher_is_better = False

    total: Tensor
    count: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("total", torch.tensor(0.0, dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.tensor(0), dist_reduce_fx="sum")

    def update(self, log_probabilities: Padded, targets: Padded) -> None:
        """Count a batch, log p (B, T, C) and targets (B, T)."""
        check_shapes(log_probabilities, targets)
        wanted = targets.zeroed().data[..., None]  # (B, T, 1)
        costs = -log_probabilities.data.gather(2, wanted)[..., 0]  # (B, T)
        self.total += costs[targets.mask].double().sum()
        self.count += targets.lengths.sum()

    def compute(self) -> Tensor:
        """The mean."""
        return self.total / self.count
