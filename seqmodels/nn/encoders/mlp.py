"""Dense layers over a sequence of fixed length."""

import warnings
from itertools import pairwise

from torch import nn
from torch.nn import functional as F

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.encoders.base import Encoder
from seqmodels.nn.linear import Linear
from seqmodels.types import Encoded, Padded, Positive, Probability, State


class MlpEncoder(Encoder):
    """The floor for every encoder that shares its weights over time: dense layers over the first steps, side by side.

        h⁰ = [x_1; ...; x_N], zeros for the steps that a sequence has not,   hˡ = relu(Wˡ hˡ⁻¹ + bˡ),   y_t = hᴸ

    A window of joined vectors as in Bengio et al. 2003 (A Neural Probabilistic Language Model), with the rectifier of
    Nair & Hinton 2010; the window is the whole sequence. Steps behind the N-th are not read. This is counted for as
    long as the encoder lives (``cut`` of ``sequences`` were longer) and said once, as a warning.

    Args:
        input_size: width D of the inputs.
        hidden_size: width H of every layer.
        length: how many steps N are read.
        num_layers: how many layers stand on one another.
        dropout: share of the numbers set to zero in training, before every layer and after the last one.

    Raises:
        ValueError: a state is given; this encoder reads from the beginning or not at all.

    Example:
        >>> from seqmodels.nn.encoders import MlpEncoder
        >>> MlpEncoder(8, hidden_size=16, length=20).layers[0]
        Linear(in_features=160, out_features=16, bias=True)
    """

    reads_on = False

    def __init__(
        self,
        input_size: Positive,
        hidden_size: Positive = 256,
        length: Positive = 64,
        num_layers: Positive = 1,
        dropout: Probability = 0.0,
    ):
        super().__init__(hidden_size, sees_future=True)
        self.length = length
        widths = [length * input_size] + [hidden_size] * num_layers
        self.layers = nn.ModuleList(Linear(below, above) for below, above in pairwise(widths))
        self.dropout = Dropout(dropout)
        self.sequences = 0  # that were read
        self.cut = 0  # of these, that were longer than what is read
        self.warned = False

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        if state is not None:
            raise ValueError("an MlpEncoder reads a sequence as a whole, so it cannot read on from a state")
        self._count(inputs)
        first = inputs.zeroed().data[:, : self.length]  # (B, T or length, D)
        fixed = F.pad(first, (0, 0, 0, self.length - first.shape[1]))  # (B, length, D)
        hidden = self.dropout(fixed.flatten(1))  # (B, length * D)
        for layer in self.layers:
            hidden = self.dropout(layer(hidden).relu())  # (B, H)
        everywhere = hidden[:, None].expand(-1, inputs.data.shape[1], -1)  # (B, T, H)
        return Encoded(Padded(everywhere, inputs.lengths).zeroed(), (hidden[None],))

    def _count(self, inputs: Padded) -> None:
        self.sequences += len(inputs.lengths)
        if inputs.data.shape[1] <= self.length:
            return  # known from the shape: lengths on a GPU would have to be waited for
        self.cut += int((inputs.lengths > self.length).sum())
        if self.cut and not self.warned:
            self.warned = True
            longest = int(inputs.lengths.max())
            warnings.warn(
                f"{self.cut} of the {self.sequences} sequences read so far are longer than the {self.length} steps "
                f"that this MlpEncoder reads, and lose the rest; the longest of them has {longest}: raise "
                "model.encoder.length (this is said once; the encoder's `cut` and `sequences` count on)",
                stacklevel=2,
            )
