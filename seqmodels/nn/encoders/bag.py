"""The mean of the inputs, in whatever order."""

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.encoders.base import Encoder
from seqmodels.types import Encoded, Padded, Positive, Probability, State


class BagEncoder(Encoder):
    """The floor for every encoder that reads in order: each step as it came in, and the mean of them all.

        y_t = x_t,   h = (1/T) Σ x_t

    Over word vectors h is the average of Iyyer et al. 2015 (Deep Unordered Composition Rivals Syntactic Methods for
    Text Classification, section 2.1; their deeper layers would belong to a head), and of the continuous bag of words
    in word2vec (Mikolov et al. 2013, arXiv 1301.3781). The state is (h, T), so that reading on from a state is exact.

    Args:
        input_size: width D of the inputs, and so of the outputs and the state.
        dropout: share of the numbers set to zero in training.

    Example:
        >>> from seqmodels.nn.encoders import BagEncoder
        >>> BagEncoder(8).output_size
        8
    """

    def __init__(self, input_size: Positive, dropout: Probability = 0.0):
        # An output is its own step and nothing else; the state, as that of any encoder, has seen what was read.
        super().__init__(input_size, sees_future=False)
        self.dropout = Dropout(dropout)

    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        outputs = Padded(self.dropout(inputs.data), inputs.lengths).zeroed()  # (B, T, D)
        total = outputs.data.sum(dim=1)[None]  # (1, B, D)
        steps = inputs.lengths.to(total.dtype)[None, :, None]  # (1, B, 1)
        if state is not None:
            mean, before = state
            total, steps = total + mean * before, steps + before
        return Encoded(outputs, (total / steps, steps))
