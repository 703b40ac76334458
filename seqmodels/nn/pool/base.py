"""What every pool promises."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from seqmodels.types import Encoded


class Pool(nn.Module, ABC):
    """Makes one vector of what an encoder read.

    Args:
        output_size: width of that vector.
    """

    def __init__(self, output_size: int):
        super().__init__()
        self.output_size = output_size

    @abstractmethod
    def forward(self, encoded: Encoded) -> Tensor:
        """(B, output_size) for outputs (B, T, H); what stands past the ends is not read."""
