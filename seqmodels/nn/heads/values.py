"""What heads promise that write numbers."""

from abc import ABC, abstractmethod

from torch import Tensor

from seqmodels.nn.distributions import Distribution
from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import Head
from seqmodels.nn.linear import Linear
from seqmodels.nn.precision import at_least_single
from seqmodels.types import Padded


class ValueHead(Head, ABC):
    """A head that writes K numbers at every step: of each number a few parameters, side by side.

    Args:
        input_size: width H of the features.
        output_size: K, how many numbers a step has.
        parameters: P, how many of them say what there is to say of one number.
        dropout: share of the features set to zero in training.
    """

    def __init__(self, input_size: int, output_size: int, parameters: int, dropout: float):
        super().__init__()
        self.parameters_each = parameters
        self.dropout = Dropout(dropout)
        self.scores = Linear(input_size, int(output_size) * parameters)

    @abstractmethod
    def shaped(self, raw: Tensor) -> Tensor:
        """Parameters (..., P) of what a linear map gives."""

    @abstractmethod
    def moved(self, parameters: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """The parameters (..., P) of scale·y + shift, for parameters of y; scale and shift (..., 1)."""

    @abstractmethod
    def said(self, parameters: Tensor) -> Distribution:
        """What parameters (..., P) say of numbers (...)."""

    @abstractmethod
    def losses(self, parameters: Tensor, y: Tensor) -> Tensor:
        """What each number y (...) costs, for parameters (..., P)."""

    def forward(self, features: Padded) -> Padded:
        raw = self.scores(self.dropout(features.data))  # (B, T, K * P)
        shaped = self.shaped(self._apart(at_least_single(raw)))  # (B, T, K, P)
        return Padded(shaped.flatten(-2), features.lengths).zeroed()

    def rescaled(self, scores: Padded, scale: Tensor, shift: Tensor) -> Padded:
        """The scores of scale·y + shift, for scores (B, T, K·P) of y; scale and shift (B, 1, K)."""
        moved = self.moved(self._apart(scores.data), scale[..., None], shift[..., None])  # (B, T, K, P)
        return Padded(moved.flatten(-2), scores.lengths).zeroed()

    def distribution(self, scores: Padded) -> Distribution:
        """What scores (B, T, K·P) say of the numbers (B, T, K)."""
        return self.said(self._apart(scores.data))

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        """Scalar: the mean over all numbers of real steps, targets (B, T, K)."""
        mask = targets.mask
        return self.losses(self._apart(scores.data)[mask], targets.data[mask].to(scores.data.dtype)).mean()

    def predict(self, scores: Padded) -> Padded:
        """One value for each number, (B, T, K)."""
        return Padded(self.distribution(scores).point(), scores.lengths).zeroed()

    def _apart(self, data: Tensor) -> Tensor:
        return data.unflatten(-1, (-1, self.parameters_each))  # (B, T, K, P)
