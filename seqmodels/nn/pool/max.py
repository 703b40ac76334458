"""The largest values over steps."""

from torch import Tensor

from seqmodels.nn.pool.base import Pool
from seqmodels.types import Encoded, Positive


class Max(Pool):
    """The largest value over real steps, number by number: max_t y_t (Collobert et al. 2011, "max over time").

    Args:
        input_size: width H of the encoder's outputs, and of the vector.

    Example:
        >>> from seqmodels.nn.pool import Max
        >>> Max(512).output_size
        512
    """

    def __init__(self, input_size: Positive):
        super().__init__(input_size)

    def forward(self, encoded: Encoded) -> Tensor:
        outputs, mask = encoded.outputs, encoded.outputs.mask
        return outputs.data.masked_fill(~mask[..., None], float("-inf")).amax(dim=1)  # (B, H)
