"""What every embedder promises."""

from abc import ABC, abstractmethod

from torch import nn

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
