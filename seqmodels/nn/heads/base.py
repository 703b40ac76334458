"""What every head promises."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from seqmodels.types import Padded


class Head(nn.Module, ABC):
    """Scores every step, and says what the scores cost and mean. A label of a whole sequence is a step alone."""

    @abstractmethod
    def forward(self, features: Padded) -> Padded:
        """Scores (B, T, C) of features (B, T, H), zero past every end."""

    @abstractmethod
    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        """Scalar: the mean loss over real steps."""

    @abstractmethod
    def predict(self, scores: Padded) -> Padded:
        """The best answer (B, T), zero past every end."""
