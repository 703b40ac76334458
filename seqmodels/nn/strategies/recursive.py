"""Step by step, each read before the next."""

from collections.abc import Callable

import torch
from torch import Tensor

from seqmodels.nn.encoders import Encoder
from seqmodels.nn.strategies.base import Strategy
from seqmodels.types import Encoded, Padded, Positive


class Recursive(Strategy):
    """The state says the next steps, the encoder reads these, and its state says the next ones.

    Steps and their errors are read alike, in training too; of a distribution, its point is read.

    Args:
        input_size: width of what the encoder reads.
        output_size: width H of the encoder's state.
        sequences: of a window.
        horizon: steps to forecast.
        steps: how many are forecast and read at once; as many as the embedder makes one step of.

    Example:
        >>> from seqmodels.nn.strategies import Recursive
        >>> strategy = Recursive(16, 32, 7, horizon=24, steps=1); strategy.vectors
        24
    """

    feeds_back = True

    def __init__(
        self, input_size: Positive, output_size: Positive, sequences: Positive, horizon: Positive, steps: Positive = 1
    ):
        super().__init__(horizon, steps)

    def forward(self, encoded: Encoded, encoder: Encoder, embed: Callable[[Tensor], Padded]) -> Tensor:
        vectors = [encoded.state[0][-1]]  # (N, H)
        for _ in range(self.vectors - 1):
            read = embed(vectors[-1])
            if read.data.shape[1] != 1:
                raise ValueError(
                    f"steps={self.steps} found, and the embedder makes {read.data.shape[1]} steps of them: "
                    "wanted as many as it makes one of"
                )
            encoded = encoder(read, encoded.state)
            vectors.append(encoded.state[0][-1])
        return torch.stack(vectors, dim=1)  # (N, vectors, H)
