"""Share of right steps at the end."""

import torch

from seqmodels.metrics.share import Share
from seqmodels.types import Padded, Positive


class EndAccuracy(Share):
    """Right steps / all steps among the last ones of every sequence, where what stands before is easy or known.

    Args:
        steps: how many of each sequence count; all of one that has no more.

    Example:
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import EndAccuracy
        >>> metric, lengths = EndAccuracy(1), torch.tensor([2])
        >>> metric.update(Padded(torch.tensor([[1, 2]]), lengths), Padded(torch.tensor([[0, 2]]), lengths))
        >>> metric.compute()
        tensor(1., dtype=torch.float64)
    """

    def __init__(self, steps: Positive = 1):
        super().__init__()
        self.steps = steps

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions and targets (B, T).

        Raises:
            ValueError: they differ in shape.
        """
        said, wanted = predictions.data, targets.data
        if said.shape != wanted.shape or said.dim() != 2:
            raise ValueError(f"predictions {tuple(said.shape)} and targets {tuple(wanted.shape)} found, wanted (B, T)")
        early = torch.arange(wanted.shape[1], device=wanted.device) < (targets.lengths - self.steps)[:, None]  # (B, T)
        counted = targets.mask & ~early  # (B, T)
        self.right += ((said == wanted) & counted).sum()
        self.total += counted.sum()
