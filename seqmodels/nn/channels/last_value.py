"""Windows as differences from their last row."""

import torch

from seqmodels.nn.channels.normalization import Level, Normalization
from seqmodels.types import Padded, Positive


class LastValue(Normalization):
    """x_t - x_T: what is forecast is how far the series goes from its last row (NLinear: Zeng et al. 2023, section 4).

    Args:
        input_size: columns K.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.channels import LastValue
        >>> LastValue(1)(Padded(torch.tensor([[[3.0], [5.0]]]), torch.tensor([2]))).values.data.tolist()
        [[[-2.0], [0.0]]]
    """

    def __init__(self, input_size: Positive):
        super().__init__()

    def forward(self, values: Padded) -> Level:
        rows = torch.arange(len(values.lengths), device=values.data.device)
        last = values.data[rows, values.lengths - 1][:, None]  # (B, 1, K)
        return Level(Padded(values.data - last, values.lengths).zeroed(), torch.ones_like(last), last)
