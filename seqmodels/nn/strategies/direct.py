"""The whole forecast at once."""

from collections.abc import Callable

from torch import Tensor

from seqmodels.nn.encoders import Encoder
from seqmodels.nn.strategies.base import Strategy
from seqmodels.types import Encoded, Padded, Positive


class Direct(Strategy):
    """One vector, the state behind the last row, says every step of the forecast (Ben Taieb et al. 2012, "MIMO").

    Args:
        input_size: width of what the encoder reads.
        output_size: width H of the encoder's state.
        sequences: of a window.
        horizon: steps to forecast.

    Example:
        >>> from seqmodels.nn.strategies import Direct
        >>> strategy = Direct(16, 32, 7, horizon=24); strategy.steps, strategy.vectors
        (24, 1)
    """

    def __init__(self, input_size: Positive, output_size: Positive, sequences: Positive, horizon: Positive):
        super().__init__(horizon, horizon)

    def forward(self, encoded: Encoded, encoder: Encoder, embed: Callable[[Tensor], Padded]) -> Tensor:
        return encoded.state[0][-1][:, None]  # (N, 1, H)
