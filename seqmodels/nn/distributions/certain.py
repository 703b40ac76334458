"""A value, and nothing of how sure it is."""

from torch import Tensor

from seqmodels.nn.distributions.base import Distribution


class Certain(Distribution):
    """All probability on one value, so that every quantile is that value and CRPS is the absolute error.

    Args:
        values: of any shape.

    Example:
        >>> import torch
        >>> from seqmodels.nn.distributions import Certain
        >>> Certain(torch.tensor([2.0])).crps(torch.tensor([5.0]))
        tensor([3.])
    """

    def __init__(self, values: Tensor):
        self.values = values

    def point(self) -> Tensor:
        return self.values

    def quantile(self, level: float) -> Tensor:
        return self.values

    def crps(self, y: Tensor) -> Tensor:
        return (y - self.values).abs()
