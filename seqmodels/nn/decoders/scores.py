"""What gives the next token its scores."""

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from seqmodels.nn.linear import linear
from seqmodels.nn.linear_cross_entropy import linear_cross_entropy
from seqmodels.types import Positive


class Scores(nn.Module, ABC):
    """Scores of every token from the features of a step: log p(token) but for a constant."""

    @abstractmethod
    def forward(self, features: Tensor) -> Tensor:
        """(..., C) for features (..., F)."""

    @abstractmethod
    def loss(self, features: Tensor, targets: Tensor, label_smoothing: float) -> Tensor:
        """The mean of -log p(target), a scalar, for features (N, F) and targets (N,)."""

    @abstractmethod
    def tie(self, table: nn.Parameter) -> None:
        """Take the embeddings (C, F) of the tokens as the matrix.

        Raises:
            ValueError: this kind cannot.
        """


class SoftmaxScores(Scores):
    """W f + b, a row of W for every token.

    Args:
        input_size: width F of the features.
        output_size: number of tokens C.

    Example:
        >>> from seqmodels.nn.decoders import SoftmaxScores
        >>> SoftmaxScores(4, 9)(torch.zeros(2, 3, 4)).shape
        torch.Size([2, 3, 9])
    """

    def __init__(self, input_size: Positive, output_size: Positive):
        super().__init__()
        self.out_features = int(output_size)
        bound = 1 / math.sqrt(input_size)  # as torch.nn.Linear begins
        self.weight = nn.Parameter(torch.empty(output_size, input_size).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(output_size).uniform_(-bound, bound))

    def forward(self, features: Tensor) -> Tensor:
        return linear(features, self.weight, self.bias)

    def loss(self, features: Tensor, targets: Tensor, label_smoothing: float) -> Tensor:
        return linear_cross_entropy(features, self.weight, self.bias, targets, label_smoothing)

    def tie(self, table: nn.Parameter) -> None:
        self.weight = table
