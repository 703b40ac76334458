"""A step's matrix products, whose numbers do not depend on how many threads make them."""

import torch
from torch import Tensor

from seqmodels.nn.linear import FEW, whole


def add_product(size: int, total: Tensor, rows: Tensor, weight: Tensor) -> Tensor:
    """total += rows weight, in place.

    Args:
        size: B, the step's sequences; where they are few, ``whole`` says why they are parted.
        total: (B, K).
        rows: (B, H).
        weight: (H, K).
    """
    cut = size if size > FEW else whole(size)
    if cut == size:
        return total.addmm_(rows, weight)
    total[:cut].addmm_(rows[:cut], weight)
    total[cut:].addmm_(rows[cut:], weight)
    return total


def put_product(size: int, rows: Tensor, weight: Tensor, out: Tensor, bias: Tensor | None = None) -> Tensor:
    """rows weight, plus a bias (K,) if there is one, into ``out`` (B, K)."""
    if size <= FEW and whole(size) < size:
        return add_product(size, out.zero_() if bias is None else out.copy_(bias), rows, weight)
    return torch.mm(rows, weight, out=out) if bias is None else torch.addmm(bias, rows, weight, out=out)
