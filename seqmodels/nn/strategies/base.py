"""What every forecasting strategy promises."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from torch import Tensor, nn

from seqmodels.nn.encoders import Encoder
from seqmodels.types import Encoded, Padded


class Strategy(nn.Module, ABC):
    """Makes vectors of what an encoder read, of which each is the next few steps of the forecast.

    A strategy is made by ``strategy(input_size, output_size, sequences)``: widths of what the encoder reads and of its
    state, and how many sequences of a window stand side by side.

    Args:
        horizon: steps to forecast.
        steps: how many of them one vector stands for; the last one may stand for more than are wanted.
    """

    feeds_back = False  # whether it reads what it forecast

    def __init__(self, horizon: int, steps: int):
        super().__init__()
        self.horizon = horizon
        self.steps = steps
        self.vectors = -(-horizon // steps)

    @abstractmethod
    def forward(self, encoded: Encoded, encoder: Encoder, embed: Callable[[Tensor], Padded]) -> Tensor:
        """(N, vectors, H) for N sequences that were read.

        Args:
            encoded: what the encoder made of them.
            encoder: which can read on.
            embed: makes of a vector (N, H) what the encoder reads where its steps, as they are forecast, come next.
        """
