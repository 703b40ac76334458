"""All columns in one sequence."""

import torch

from seqmodels.nn.channels.base import Channels, Seen
from seqmodels.types import Padded


class TogetherChannels(Channels):
    """A row is a step, with all its columns: what happens in one can say something of another.

    Args:
        input_size: columns that are read.
        output_size: columns that are forecast, which are read too.
        normalization: makes the normalisation of those, called with how many there are.

    Raises:
        ValueError: a column is forecast and not read.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.channels import LastValue, TogetherChannels
        >>> seen = TogetherChannels(7, 7, LastValue)(Padded(torch.zeros(2, 5, 7), torch.tensor([5, 5])))
        >>> seen.sequences.data.shape
        torch.Size([2, 5, 7])
    """

    @property
    def width(self) -> int:
        return self.columns + self.besides

    @property
    def targets(self) -> int:
        return self.columns

    @property
    def sequences(self) -> int:
        return 1

    def forward(self, inputs: Padded) -> Seen:
        values, scale, shift = self.normalization(Padded(inputs.data[..., self.places], inputs.lengths))
        data = values.data
        if self.besides:
            beside = Padded(inputs.data[..., self.others], inputs.lengths).zeroed().data
            data = torch.cat([data, beside], dim=2)  # (B, T, D)
        return Seen(Padded(data, inputs.lengths), scale, shift)

    def joined(self, said: Padded) -> Padded:
        return said
