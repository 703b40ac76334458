"""What every head promises."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from seqmodels.types import Padded


class Head(nn.Module, ABC):
    """Scores every step, and says what the scores cost and mean. A label of a whole sequence is a step alone."""

    sees_future = False  # whether what it says of a step depends on later ones: causal models refuse such a head

    @abstractmethod
    def forward(self, features: Padded) -> Padded:
        """Scores (B, T, C) of features (B, T, H), zero past every end."""

    @abstractmethod
    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        """Scalar: the mean loss over real steps."""

    @abstractmethod
    def predict(self, scores: Padded) -> Padded:
        """The best answer (B, T), zero past every end."""


class StepHead(Head, ABC):
    """A head that answers each step by itself: p(y | x) = Π_t p(y_t | x_t)."""

    @abstractmethod
    def log_probabilities(self, scores: Padded) -> Padded:
        """log p of every class (B, T, C), of what ``forward`` returned; zero past every end."""
