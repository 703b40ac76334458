"""Each column a sequence."""

import torch

from seqmodels.nn.channels.base import Channels, Seen
from seqmodels.types import Padded


class SharedChannels(Channels):
    """Each column that is forecast is a sequence of its own, and one model reads all of them ("channel independence",
    Nie et al. 2023, section 3.1); columns that are only read stand beside each.

    Args:
        input_size: columns that are read.
        output_size: columns that are forecast, which are read too.
        normalization: makes the normalisation of those, called with how many there are.

    Raises:
        ValueError: a column is forecast and not read.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.channels import LastValue, SharedChannels
        >>> seen = SharedChannels(7, 7, LastValue)(Padded(torch.zeros(2, 5, 7), torch.tensor([5, 5])))
        >>> seen.sequences.data.shape
        torch.Size([14, 5, 1])
    """

    @property
    def width(self) -> int:
        return 1 + self.besides

    @property
    def targets(self) -> int:
        return 1

    @property
    def sequences(self) -> int:
        return self.columns

    def forward(self, inputs: Padded) -> Seen:
        values, scale, shift = self.normalization(Padded(inputs.data[..., self.places], inputs.lengths))
        data = values.data.transpose(1, 2).flatten(0, 1)[..., None]  # (B C, T, 1)
        lengths = inputs.lengths.repeat_interleave(self.columns)
        if self.besides:
            beside = Padded(inputs.data[..., self.others], inputs.lengths).zeroed().data  # (B, T, D - 1)
            data = torch.cat([data, beside.repeat_interleave(self.columns, dim=0)], dim=2)  # (B C, T, D)
        return Seen(Padded(data, lengths), *(each.flatten()[:, None, None] for each in (scale, shift)))

    def joined(self, said: Padded) -> Padded:
        windows = said.data.unflatten(0, (-1, self.columns))  # (B, C, U, P)
        return Padded(windows.transpose(1, 2).flatten(2), said.lengths[:: self.columns])  # (B, U, C P)
