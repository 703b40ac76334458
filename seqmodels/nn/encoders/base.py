"""What every encoder promises."""

from abc import ABC, abstractmethod

from torch import nn

from seqmodels.types import Encoded, Padded, State


class Encoder(nn.Module, ABC):
    """Reads a sequence of vectors.

    Args:
        output_size: width H of the outputs and of ``state[0]``.
        sees_future: whether an output depends on later steps. Causal models refuse such an encoder.
    """

    reads_on = True  # whether it can start from a state that another call returned

    def __init__(self, output_size: int, sees_future: bool):
        super().__init__()
        self.output_size = output_size
        self.sees_future = sees_future

    @abstractmethod
    def forward(self, inputs: Padded, state: State | None = None) -> Encoded:
        """Outputs (B, T, H) and final state for inputs (B, T, D).

        Args:
            inputs: (B, T, D); what stands past the ends is not read.
            state: the state to start from, as another call returned it; zeros if not given.
        """
