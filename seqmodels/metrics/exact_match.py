"""Share of sequences that are right from end to end."""

from torch import Tensor
from torch.nn import functional as F

from seqmodels.metrics.share import Share
from seqmodels.types import Padded


class ExactMatch(Share):
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

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions (B, U) and targets (B, V), or both with several columns (B, U, K)."""
        width = max(predictions.data.shape[1], targets.data.shape[1])
        said, wanted = _widened(predictions, width), _widened(targets, width)  # (B, max(U, V))
        same = (said == wanted).flatten(1).all(dim=1) & (predictions.lengths == targets.lengths)  # (B,)
        self.right += same.sum()
        self.total += len(same)


def _widened(padded: Padded, width: int) -> Tensor:
    columns = (0, 0) * (padded.data.dim() - 2)
    return F.pad(padded.zeroed().data, (*columns, 0, width - padded.data.shape[1]))
