"""Softmax whose gradient is the same for any number of threads."""

from typing import Any

import torch
from torch import Tensor


class _Softmax(torch.autograd.Function):
    """y = softmax(x) along the last dimension; dx = y·(dy - Σ y·dy)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = x.softmax(dim=-1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        weighted = y * dy
        return weighted - y * weighted.sum(dim=-1, keepdim=True)


def softmax(x: Tensor) -> Tensor:
    """Softmax along the last dimension.

    On a CPU torch's own backward is compiled twice, for one thread and for several, and only one of the two rounds
    y·dy before it is added up: rows longer than a vector of 16 get another gradient as soon as a second thread helps.

    Args:
        x: (..., S).

    Example:
        >>> softmax(torch.zeros(1, 2)).tolist()
        [[0.5, 0.5]]
    """
    return _Softmax.apply(x) if x.device.type == "cpu" else x.softmax(dim=-1)
