"""Segments of a series, each a step."""

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder, Restepped
from seqmodels.nn.linear import Linear
from seqmodels.types import Padded, Positive, Probability


class SegmentEmbedder(Embedder, Restepped):
    """w rows of numbers become one step, and none is read twice: T rows are ⌈T / w⌉ steps for the encoder.

        y[j] = relu(W [x[jw], ..., x[jw + w - 1]] + b)

    The value embedding of SegRNN (Lin et al. 2023, arXiv 2308.11200, section 3.2), and its shorter way through time.
    The last segment ends with the last row; where T is no multiple of w, the first one begins with zeros.

    Args:
        input_size: numbers in a row.
        embedding_size: width D of a step.
        segment: w, rows of a segment.
        dropout: share of the numbers set to zero in training.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.embedders import SegmentEmbedder
        >>> SegmentEmbedder(1, 64, segment=24)(Padded(torch.zeros(2, 96, 1), torch.tensor([96, 40]))).lengths
        tensor([4, 2])
    """

    reads_ids = False

    def __init__(
        self,
        input_size: Positive,
        embedding_size: Positive = 256,
        segment: Positive = 24,
        dropout: Probability = 0.0,
    ):
        super().__init__(embedding_size)
        self.segment = segment
        self.linear = Linear(int(input_size) * segment, embedding_size)
        self.dropout = Dropout(dropout)

    def steps(self, lengths: Tensor) -> Tensor:
        return (lengths + self.segment - 1) // self.segment

    def forward(self, inputs: Padded) -> Padded:
        steps = -(-inputs.data.shape[1] // self.segment)
        rows = _at_the_end(inputs.zeroed(), steps * self.segment, self.segment).to(self.linear.weight.dtype)
        segments = rows.unflatten(1, (steps, self.segment)).flatten(2)  # (B, T', w D)
        vectors = self.dropout(self.linear(segments).relu())  # (B, T', D)
        return Padded(vectors, self.steps(inputs.lengths)).zeroed()


def _at_the_end(inputs: Padded, rows: int, segment: int) -> Tensor:
    """Each sequence moved back so that it fills its last segment, with zeros before it and behind: (B, rows, D)."""
    back = (-inputs.lengths) % segment  # (B,)
    data = F.pad(inputs.data, (0, 0, 0, rows - inputs.data.shape[1]))
    if data.device.type == "cpu" and not bool(back.any()):  # on a GPU the answer would have to be waited for
        return data
    places = torch.arange(rows, device=data.device) - back[:, None]  # (B, rows)
    moved = data.gather(1, places.clamp(min=0)[..., None].expand_as(data))
    return moved.masked_fill((places < 0)[..., None], 0)
