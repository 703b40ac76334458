"""A sigmoid whose numbers are the same for one thread and for two."""

from typing import Any

import torch
from torch import Tensor

SHARED = 32768  # a tensor of more elements is cut into as many equal parts as there are threads
TURN = 32  # elements, two vectors, that torch's loop takes at a time


def sigmoid_(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x)) of rows (N, H), written over them.

    What is left of a row, or of a thread's part, after the last whole vectors torch computes one by one, with another
    exp. Where a part begins amid the vectors of a single thread, that befalls other elements; there the steps are made
    one after the other, each of which torch rounds alike everywhere. Which way it is depends on the shape alone.

    Args:
        x: (N, H), of which nothing is to be learnt.

    Example:
        >>> sigmoid_(torch.zeros(1, 2)).tolist()
        [[0.5, 0.5]]
    """
    count = x.numel()
    if count <= SHARED or (count % (2 * TURN) == 0 and x.shape[1] % TURN == 0) or x.device.type != "cpu":
        return x.sigmoid_()
    return x.neg_().exp_().add_(1).reciprocal_()


class _Sigmoid(torch.autograd.Function):
    """y = σ(x); dx = dy·y·(1 - y)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = sigmoid_(x.clone(memory_format=torch.contiguous_format))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return dy * y * (1 - y)


def sigmoid(x: Tensor) -> Tensor:
    """The same as a new tensor, which can be learnt through.

    Args:
        x: (N, H).

    Example:
        >>> sigmoid(torch.zeros(1, 2)).tolist()
        [[0.5, 0.5]]
    """
    uneven = x.shape[1] % TURN or x.numel() % (2 * TURN)
    return _Sigmoid.apply(x) if uneven and x.device.type == "cpu" else torch.sigmoid(x)
