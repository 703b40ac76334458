"""Each step with its neighbours."""

import torch
from torch.nn import functional as F

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.encoders.base import Encoder
from seqmodels.types import Encoded, NonNegative, Padded, Positive, Probability, State


class WindowEncoder(Encoder):
    """The floor for every encoder that reads further: each step beside its neighbours, with nothing learnt.

        y_t = [x_{t-N}; ...; x_t; ...; x_{t+N}], zeros for the steps that a sequence has not

    The window of Collobert et al. 2011 (Natural Language Processing (Almost) from Scratch, section 3.2.1). Under a
    CrfHead it is a linear-chain conditional random field over the features of a window. The state is the last step's
    window.

    Args:
        input_size: width D of the inputs; that of the outputs is (2N + 1) D.
        width: how many neighbours N to either side.
        dropout: share of the numbers set to zero in training.

    Raises:
        ValueError: a state is given; this encoder reads from the beginning or not at all.

    Example:
        >>> from seqmodels.nn.encoders import WindowEncoder
        >>> encoder = WindowEncoder(1, width=1)
        >>> encoder(Padded(torch.tensor([[[1.0], [2.0], [3.0]]]), torch.tensor([3]))).outputs.data.tolist()
        [[[0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 0.0]]]
    """

    reads_on = False

    def __init__(self, input_size: Positive, width: NonNegative = 2, dropout: Probability = 0.0):
        super().__init__((2 * width + 1) * input_size, sees_future=width > 0)
        self.width = width
        self.dropout = Dropout(dropout)

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        if state is not None:
            raise ValueError("a WindowEncoder reads a sequence as a whole, so it cannot read on from a state")
        data = F.pad(inputs.zeroed().data, (0, 0, self.width, self.width))  # (B, N + T + N, D)
        steps = inputs.data.shape[1]
        beside = torch.cat([data[:, shift : shift + steps] for shift in range(2 * self.width + 1)], dim=2)
        outputs = Padded(self.dropout(beside), inputs.lengths).zeroed()  # (B, T, (2N + 1) D)
        last = (inputs.lengths - 1)[:, None, None].expand(-1, 1, self.output_size)
        return Encoded(outputs, (outputs.data.gather(1, last).transpose(0, 1),))
