"""A linear layer and its cross-entropy in one, for many classes."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.nn.linear import FEW, linear
from seqmodels.nn.recurrence import compute_dtype


class _LinearCrossEntropy(torch.autograd.Function):
    """With s = W x + b, p = softmax(s), y the target, ε the smoothing, w̄ the mean of W's rows, means over N rows:

    loss = mean(log Σ exp s - (1 - ε) s_y - ε (w̄ x + b̄)),   ds = (p - (1 - ε) onehot(y) - ε / C) / N

    The scores are overwritten by p - (1 - ε) onehot(y); ε / C, the same in all of ds, is left to products of rank 1.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        dtype, low = x.dtype, compute_dtype(weight)
        with torch.autocast(x.device.type, enabled=False):
            x = x.to(weight.dtype)  # (N, D)
            if low == weight.dtype:
                scores = torch.addmm(bias, x, weight.t())  # (N, C)
            else:
                scores = (x.to(low) @ weight.to(low).t()).to(weight.dtype).add_(bias)
            wanted = scores.gather(1, targets[:, None]).sum()
            largest = scores.amax(dim=1)  # (N,)
            torch.softmax(scores, dim=1, out=scores)
            # The greatest p is at least 1 / C, so its logarithm is exact where that of another one may not be.
            loss = (largest - scores.amax(dim=1).log()).sum() - (1 - smoothing) * wanted
            if smoothing:
                loss -= smoothing * (x.sum(dim=0) @ weight.mean(dim=0) + len(x) * bias.mean())
            scores.scatter_add_(1, targets[:, None], scores.new_full((len(x), 1), smoothing - 1))
        ctx.save_for_backward(x, weight, scores.to(low))
        ctx.smoothing, ctx.dtype = smoothing, dtype
        return loss / len(x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, ds = ctx.saved_tensors
        rows, classes = ds.shape
        with torch.no_grad():
            dx = (ds @ weight.to(ds.dtype)).to(weight.dtype)  # (N, D)
            dweight = (ds.t() @ x.to(ds.dtype)).to(weight.dtype)  # (C, D)
            dbias = ds.sum(dim=0, dtype=weight.dtype)  # (C,)
            if ctx.smoothing:
                dx -= ctx.smoothing * weight.mean(dim=0)
                dweight -= ctx.smoothing / classes * x.sum(dim=0)
                dbias -= ctx.smoothing * rows / classes
            scale = grad / rows
            return dx.mul_(scale).to(ctx.dtype), dweight.mul_(scale), dbias.mul_(scale), None, None


def linear_cross_entropy(
    x: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, label_smoothing: float = 0.0
) -> Tensor:
    """Mean of -log softmax(W x + b)[target], a scalar in nats.

    On a CPU the scores are made once and become their own gradient: torch's two passes over them and as many more for
    the smoothing are left out, and half of the memory. The numbers are torch's, for one thread and for two.

    Args:
        x: (N, D).
        weight: (C, D).
        bias: (C,).
        targets: (N,) ids below C.
        label_smoothing: share of the target's probability spread over all classes (Szegedy et al. 2016, section 7).

    Example:
        >>> linear_cross_entropy(torch.ones(3, 2), torch.zeros(4, 2), torch.zeros(4), torch.tensor([0, 1, 3]))
        tensor(1.3863)
    """
    if x.device.type != "cpu" or min(len(x), len(weight)) <= FEW:
        return F.cross_entropy(linear(x, weight, bias), targets, label_smoothing=label_smoothing)
    loss: Tensor = _LinearCrossEntropy.apply(x, weight, bias, targets, label_smoothing)
    return loss
