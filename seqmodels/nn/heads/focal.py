"""A loss that looks away from what is said already."""

from torch import Tensor
from torch.nn import functional as F

from seqmodels.types import Padded


def focal_loss(scores: Padded, targets: Padded, focus: float, weights: Tensor | None = None) -> Tensor:
    """Mean over real steps of -α_y (1 - p_y)^γ log p_y (Lin et al. 2017, equation 5).

    Args:
        scores: (B, T, C).
        targets: (B, T) with the same lengths.
        focus: γ; at 0 it is cross-entropy.
        weights: α (C,), 1 if not given.

    Returns:
        Scalar.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> lengths = torch.tensor([1])
        >>> focal_loss(Padded(torch.zeros(1, 1, 2), lengths), Padded(torch.zeros(1, 1).long(), lengths), 2.0)
        tensor(0.1733)
    """
    mask = targets.mask
    wanted = targets.data[mask]  # (N,)
    costs = F.cross_entropy(scores.data[mask], wanted, reduction="none")  # (N,)
    missing = -(-costs).expm1()  # 1 - p
    # What is quite sure costs nothing; its root, of a γ below 1, would have an infinite gradient.
    costs = missing.clamp(min=1e-12) ** focus * costs
    return (costs if weights is None else costs * weights[wanted]).mean()
