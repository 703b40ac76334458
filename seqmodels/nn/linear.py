"""A linear map whose numbers are the same for one thread and for two."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FEW = 11  # rows of a matrix product, and fewer, that threads may change


def whole(rows: int) -> int:
    """How many of a matrix product's rows to make at once: all, or as many as two threads make like one.

    MKL makes four rows at a time, and what is left of up to 11 with one kernel in a single thread and with another,
    which adds up in another order, in several: 5 to 7 and 9 to 11 rows come out different. 1 to 4, 8 and all from 12
    on do not. Measured with MKL 2024.2 on an AMD EPYC, for all widths.

    Example:
        >>> [whole(rows) for rows in (4, 5, 8, 11, 12)]
        [4, 4, 8, 8, 12]
    """
    return rows if rows > FEW or rows < 4 else rows // 4 * 4


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x Wᵀ + b; on a CPU it and its gradients are the same for one thread and for two.

    Args:
        x: (..., D).
        weight: (C, D), whose gradient is a product of C rows.
        bias: (C,).

    Example:
        >>> linear(torch.ones(5, 2), torch.ones(9, 2)).shape
        torch.Size([5, 9])
    """
    outputs = len(weight)
    rows = len(x) if x.dim() == 2 else x.shape[:-1].numel()
    if min(rows, outputs) > FEW or x.device.type != "cpu":
        return F.linear(x, weight, bias)
    if whole(outputs) < outputs:  # a class count such as 6 or 9: a few rows of zeros more
        more = -outputs % 4
        padded = F.pad(weight, (0, 0, 0, more)), None if bias is None else F.pad(bias, (0, more))
        return linear(x, *padded)[..., :outputs]
    if whole(rows) < rows:
        parts = x.flatten(0, -2).tensor_split([whole(rows)])
        return torch.cat([F.linear(part, weight, bias) for part in parts]).view(*x.shape[:-1], outputs)
    return F.linear(x, weight, bias)


class Linear(nn.Linear):
    """``torch.nn.Linear`` by ``linear``.

    Args:
        in_features: width D of what is read.
        out_features: width C of what is written.
        bias: whether there is a b.

    Example:
        >>> from seqmodels.nn.linear import Linear
        >>> Linear(4, 3)(torch.zeros(2, 4)).shape
        torch.Size([2, 3])
    """

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight, self.bias)
