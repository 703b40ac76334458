"""Windows on the level of the series."""

from seqmodels.nn.channels.normalization import Level, Normalization
from seqmodels.types import Padded, Positive


class Raw(Normalization):
    """Windows as they are.

    Args:
        input_size: columns K.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.channels import Raw
        >>> Raw(1)(Padded(torch.tensor([[[3.0], [5.0]]]), torch.tensor([2]))).values.data.tolist()
        [[[3.0], [5.0]]]
    """

    def __init__(self, input_size: Positive):
        super().__init__()

    def forward(self, values: Padded) -> Level:
        zeros = values.data.new_zeros(len(values.data), 1, values.data.shape[2])  # (B, 1, K)
        return Level(values.zeroed(), zeros + 1, zeros)
