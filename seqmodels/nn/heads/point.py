"""One value for each number."""

from typing import Literal

from torch import Tensor
from torch.nn import functional as F

from seqmodels.nn.distributions import Certain
from seqmodels.nn.heads.values import ValueHead
from seqmodels.types import Positive, PositiveFloat, Probability, check_choice

PointLoss = Literal["squared", "absolute", "huber"]


class PointHead(ValueHead):
    """ŷ = W x + b at every step.

    The squared error (y - ŷ)² asks for the mean, the absolute error |y - ŷ| for the median, and Huber's for something
    between: half the square up to δ, δ·(|y - ŷ| - δ/2) beyond (Huber 1964).

    Args:
        input_size: width H of the features.
        output_size: how many numbers a step has.
        error: ``squared``, ``absolute`` or ``huber``.
        delta: δ of Huber's.
        dropout: share of the features set to zero in training.

    Raises:
        ValueError: another error.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.heads import PointHead
        >>> PointHead(4, 3)(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 3])
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        error: PointLoss = "squared",
        delta: PositiveFloat = 1.0,
        dropout: Probability = 0.0,
    ):
        check_choice("error", error, PointLoss)
        super().__init__(input_size, output_size, 1, dropout)
        self.error = error
        self.delta = delta

    def shaped(self, raw: Tensor) -> Tensor:
        return raw

    def moved(self, parameters: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        return parameters * scale + shift

    def said(self, parameters: Tensor) -> Certain:
        return Certain(parameters[..., 0])

    def losses(self, parameters: Tensor, y: Tensor) -> Tensor:
        value = parameters[..., 0]
        if self.error == "huber":
            return F.huber_loss(value, y, reduction="none", delta=self.delta)
        return (y - value).square() if self.error == "squared" else (y - value).abs()
