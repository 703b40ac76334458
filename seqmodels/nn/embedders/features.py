"""Frames of numbers, such as log-mel frames."""

from torch import Tensor
from torch.nn import functional as F

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder, Restepped
from seqmodels.nn.linear import Linear
from seqmodels.types import Padded, Positive, Probability


class FeatureEmbedder(Embedder, Restepped):
    """A linear map of several frames at once, moved on by ``stride`` frames: a convolution in time.

        y[j] = W [x[js - a], ..., x[js - a + w - 1]] + b,  a = ⌊(w - s) / 2⌋

    with w frames read, a stride of s, and zeros before the first frame and behind the last. T frames become ⌈T / s⌉.

    Args:
        input_size: width of a frame.
        embedding_size: width D of what is made of them.
        stride: frames that one output stands for.
        frames: frames that one output reads, ``stride`` at least; as many as that if not given.
        dropout: share of the numbers set to zero in training.

    Raises:
        ValueError: fewer frames than the stride, so that some would never be read.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.embedders import FeatureEmbedder
        >>> embedder = FeatureEmbedder(40, 64, stride=3)
        >>> embedder(Padded(torch.zeros(2, 10, 40), torch.tensor([10, 4]))).lengths
        tensor([4, 2])
    """

    reads_ids = False

    def __init__(
        self,
        input_size: Positive,
        embedding_size: Positive = 128,
        stride: Positive = 1,
        frames: Positive | None = None,
        dropout: Probability = 0.0,
    ):
        if frames is not None and frames < stride:
            raise ValueError(
                f"frames={frames} found with stride={stride}, wanted at least {stride}: none is passed over"
            )
        super().__init__(embedding_size)
        self.stride = stride
        self.frames = stride if frames is None else frames
        self.linear = Linear(int(input_size) * self.frames, embedding_size)
        self.dropout = Dropout(dropout)

    def steps(self, lengths: Tensor) -> Tensor:
        return (lengths + self.stride - 1) // self.stride

    def forward(self, inputs: Padded) -> Padded:
        frames = inputs.zeroed().data.to(self.linear.weight.dtype)  # (B, T, W)
        steps = -(-frames.shape[1] // self.stride)
        before = (self.frames - self.stride) // 2
        behind = (steps - 1) * self.stride + self.frames - before - frames.shape[1]
        padded = F.pad(frames, (0, 0, before, max(0, behind)))
        windows = padded.unfold(1, self.frames, self.stride)[:, :steps].transpose(2, 3).flatten(2)  # (B, T', frames W)
        vectors = self.dropout(self.linear(windows))  # (B, T', D)
        return Padded(vectors, self.steps(inputs.lengths)).zeroed()
