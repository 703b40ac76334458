"""Share of right steps."""

from seqmodels.metrics.share import Share
from seqmodels.types import Padded


class Accuracy(Share):
    """Right steps / all steps, over sequences of the same lengths; for single labels, the usual accuracy.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import Accuracy
        >>> metric, lengths = Accuracy(), torch.tensor([2])
        >>> metric.update(Padded(torch.tensor([[1, 2]]), lengths), Padded(torch.tensor([[1, 3]]), lengths))
        >>> metric.compute()
        tensor(0.5000, dtype=torch.float64)
    """

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions and targets (B, T)."""
        if predictions.data.shape != targets.data.shape:
            raise ValueError(
                f"predictions {tuple(predictions.data.shape)} and targets {tuple(targets.data.shape)} differ in shape: "
                "this metric compares step by step"
            )
        self.right += ((predictions.data == targets.data) & targets.mask).sum()
        self.total += targets.lengths.sum()
