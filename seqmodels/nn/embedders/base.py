"""What every embedder promises."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from seqmodels.types import Padded


class Embedder(nn.Module, ABC):
    """Turns what the data gives, step by step, into vectors.

    Args:
        output_size: the width D of the vectors.
    """

    reads_ids = True  # or vectors of numbers

    def __init__(self, output_size: int):
        super().__init__()
        self.output_size = output_size

    @abstractmethod
    def forward(self, inputs: Padded) -> Padded:
        """Vectors (B, T, D) for inputs (B, T) or (B, T, W), zero past every end."""


class Restepped(ABC):
    """What an embedder promises besides, if it may make another number of steps than it reads."""

    @abstractmethod
    def steps(self, lengths: Tensor) -> Tensor:
        """How many vectors (B,) become of sequences of these lengths (B,)."""


def steps_of(embedder: object, lengths: Tensor) -> Tensor:
    """How many vectors (B,) an embedder makes of sequences of these lengths (B,)."""
    return embedder.steps(lengths) if isinstance(embedder, Restepped) else lengths
