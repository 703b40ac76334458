"""The mean over steps."""

from torch import Tensor

from seqmodels.nn.pool.base import Pool
from seqmodels.types import Encoded, Positive


class Mean(Pool):
    """The mean over real steps, (1/T) Σ y_t.

    Args:
        input_size: width H of the encoder's outputs, and of the vector.

    Example:
        >>> from seqmodels.nn.pool import Mean
        >>> Mean(512).output_size
        512
    """

    def __init__(self, input_size: Positive):
        super().__init__(input_size)

    def forward(self, encoded: Encoded) -> Tensor:
        outputs = encoded.outputs.zeroed()
        return outputs.data.sum(dim=1) / outputs.lengths[:, None]  # (B, H)
