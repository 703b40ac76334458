"""Share of sequences that are right from end to end."""

import torch
from torch import Tensor
from torch.nn import functional as F
from torchmetrics import Metric

from seqmodels.types import Padded


class ExactMatch(Metric):
    """Sequences equal to their target in length and every token / all sequences.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import ExactMatch
        >>> metric, two, one = ExactMatch(), torch.tensor([2]), torch.tensor([1])
        >>> metric.update(Padded(torch.tensor([[1, 2]]), two), Padded(torch.tensor([[1]]), one))
        >>> metric.compute()
        tensor(0., dtype=torch.float64)
    """

    right: Tensor
    total: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("right", torch.tensor(0), dist_reduce_fx="sum")
        self.add_state("total", torch.tensor(0), dist_reduce_fx="sum")

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions (B, U) and targets (B, V)."""
        width = max(predictions.data.shape[1], targets.data.shape[1])
        said, wanted = _widened(predictions, width), _widened(targets, width)  # (B, max(U, V))
        same = (said == wanted).all(dim=1) & (predictions.lengths == targets.lengths)  # (B,)
        self.right += same.sum()
        self.total += len(same)

    def compute(self) -> Tensor:
        """The share, between 0 and 1."""
        return self.right.double() / self.total


def _widened(padded: Padded, width: int) -> Tensor:
    return F.pad(padded.zeroed().data, (0, width - padded.data.shape[1]))
