"""Where the encoder ended."""

from torch import Tensor

from seqmodels.nn.pool.base import Pool
from seqmodels.types import Encoded, Positive


class LastState(Pool):
    """The state of the last layer after the last step: h_T, from both ends where the encoder has two directions.

    This is the vector that Sutskever et al. 2014 (arXiv 1409.3215) hand on for a whole sentence.

    Args:
        input_size: width H of the encoder's outputs and state, and of the vector.

    Example:
        >>> from seqmodels.nn.pool import LastState
        >>> LastState(512).output_size
        512
    """

    def __init__(self, input_size: Positive):
        super().__init__(input_size)

    def forward(self, encoded: Encoded) -> Tensor:
        return encoded.state[0][-1]  # (B, H)
