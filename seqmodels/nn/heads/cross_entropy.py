"""Cross-entropy over real steps."""

from torch import Tensor
from torch.nn import functional as F

from seqmodels.types import Padded

IGNORED = -100  # a target that F.cross_entropy leaves out


def cross_entropy(
    scores: Padded, targets: Padded, label_smoothing: float = 0.0, weights: Tensor | None = None
) -> Tensor:
    """Mean of -log softmax(scores)[target] over all real steps of the batch.

    Args:
        scores: (B, T, C).
        targets: (B, T) with the same lengths.
        label_smoothing: share of the target's probability spread over all classes.
        weights: (C,), by which each class counts; the mean is over steps all the same.

    Returns:
        Scalar, in nats.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> lengths = torch.tensor([1])
        >>> cross_entropy(Padded(torch.zeros(1, 1, 2), lengths), Padded(torch.zeros(1, 1).long(), lengths))
        tensor(0.6931)
    """
    wanted = targets.data.masked_fill(~targets.mask, IGNORED)  # (B, T)
    rows, ids = scores.data.flatten(0, 1), wanted.flatten()
    if weights is None:
        return F.cross_entropy(rows, ids, ignore_index=IGNORED, label_smoothing=label_smoothing)
    total = F.cross_entropy(rows, ids, weights.to(rows.dtype), None, IGNORED, None, "sum", label_smoothing)
    return total / targets.lengths.sum()
