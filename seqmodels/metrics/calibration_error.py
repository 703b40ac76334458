"""Whether a model is as often right as it says that it is."""

from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.metrics.probability_metric import ProbabilityMetric, check_shapes
from seqmodels.types import Padded, Positive


class Reliability(NamedTuple):
    """How often a model is right where it is about as sure.

    Args:
        steps: (bins,) how many have their greatest p in each of the equal parts of 0 to 1.
        confidence: (bins,) the mean of that p; 0 where there is no step.
        accuracy: (bins,) the share of them that is right.
    """

    steps: Tensor
    confidence: Tensor
    accuracy: Tensor


class CalibrationError(ProbabilityMetric):
    """The expected calibration error (Guo et al. 2017, equation 3), over M equal bins of the greatest p of each step:

        ECE = Σ_m |B_m| / n · |accuracy(B_m) - confidence(B_m)|,  B_m the steps with p in ((m-1)/M, m/M]

    Less is better. It depends on M, so that only figures of the same M can be compared.

    Args:
        bins: M.

    Example:
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import CalibrationError
        >>> metric, two = CalibrationError(), torch.tensor([2])
        >>> p = torch.tensor([[[0.9, 0.1], [0.9, 0.1]]])
        >>> metric.update(Padded(p.log(), two), Padded(torch.tensor([[0, 1]]), two)); metric.compute()
        tensor(0.4000, dtype=torch.float64)
    """

    higher_is_better = False

    count: Tensor
    confidence: Tensor
    right: Tensor

    def __init__(self, bins: Positive = 15):
        super().__init__()
        self.bins = bins
        for state in ("count", "confidence", "right"):
            self.add_state(state, torch.zeros(bins, dtype=torch.float64), dist_reduce_fx="sum")

    def update(self, log_probabilities: Padded, targets: Padded) -> None:
        check_shapes(log_probabilities, targets)
        greatest, said = log_probabilities.data[targets.mask].max(dim=-1)  # (N,)
        p = greatest.double().exp()
        place = ((p * self.bins).ceil().long() - 1).clamp(0, self.bins - 1)
        right = (said == targets.data[targets.mask]).double()
        for state, values in ((self.count, torch.ones_like(p)), (self.confidence, p), (self.right, right)):
            state.index_add_(0, place, values)

    def compute(self) -> Tensor:
        """The error, between 0 and 1."""
        return (self.right - self.confidence).abs().sum() / self.count.sum()

    def reliability(self) -> Reliability:
        """What was counted, bin by bin."""
        least = self.count.clamp(min=1)
        return Reliability(self.count, self.confidence / least, self.right / least)
