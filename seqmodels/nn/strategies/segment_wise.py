"""Segment by segment, none waiting for another one."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from seqmodels.nn.encoders import Encoder
from seqmodels.nn.strategies.base import Strategy
from seqmodels.types import Encoded, Padded, Positive


class SegmentWise(Strategy):
    """Each segment of the forecast is one step of the encoder from the state behind the last row:

        h_j = encoder([p_j; c], h)

    with an embedding p_j of the segment's place and c of the column, both learnt (SegRNN's "parallel multi-step
    forecasting", Lin et al. 2023, arXiv 2308.11200, section 3.2). Nothing that is forecast is read, so that errors do
    not add up.

    Args:
        input_size: width of what the encoder reads.
        output_size: width H of the encoder's state.
        sequences: of a window, side by side; each has a c of its own.
        horizon: steps to forecast.
        segment: how many of them make a segment.

    Raises:
        ValueError: a width of 1, which cannot be shared by both embeddings.

    Example:
        >>> from seqmodels.nn.strategies import SegmentWise
        >>> SegmentWise(16, 32, 7, horizon=96, segment=24).vectors
        4
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        sequences: Positive,
        horizon: Positive,
        segment: Positive = 24,
    ):
        if input_size < 2:
            raise ValueError(f"input_size={input_size} found, wanted 2 at least: for the place and for the column")
        super().__init__(horizon, segment)
        self.place = nn.Parameter(torch.randn(self.vectors, input_size - input_size // 2))
        self.column = nn.Parameter(torch.randn(sequences, input_size // 2))

    def forward(self, encoded: Encoded, encoder: Encoder, embed: Callable[[Tensor], Padded]) -> Tensor:
        columns, vectors = len(self.column), self.vectors
        windows = len(encoded.outputs.lengths) // columns
        both = [self.place.expand(columns, -1, -1), self.column[:, None].expand(-1, vectors, -1)]
        steps = torch.cat(both, dim=2).repeat(windows, 1, 1).flatten(0, 1)[:, None]  # (N vectors, 1, D)
        state = tuple(part.repeat_interleave(vectors, dim=1) for part in encoded.state)  # (L, N vectors, H)
        read = encoder(Padded(steps, encoded.outputs.lengths.new_ones(len(steps))), state)
        return read.state[0][-1].unflatten(0, (-1, vectors))  # (N, vectors, H)
