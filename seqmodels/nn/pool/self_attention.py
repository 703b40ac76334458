"""Weighted means over steps, the weights learnt."""

import torch
from torch import Tensor

from seqmodels.nn.linear import Linear
from seqmodels.nn.pool.base import Pool
from seqmodels.nn.softmax import softmax
from seqmodels.types import Encoded, Padded, Positive


class SelfAttention(Pool):
    """Several weighted means over real steps, joined: each hop learns what to look for.

        A = softmax(W₂ tanh(W₁ Yᵀ)) over the steps,   M = A Y

    for the encoder's outputs Y (T, H), W₁ (attention_size, H) and W₂ (hops, attention_size) (Lin et al. 2017, arXiv
    1703.03130, equations 5 and 6; they call the outputs H). Their penalty for hops that look alike (equation 8) is no
    part of it.

    Args:
        input_size: width H of the encoder's outputs; the vector is ``hops`` times as wide.
        attention_size: width in which a step is judged.
        hops: how many weighted means.

    Example:
        >>> from seqmodels.nn.pool import SelfAttention
        >>> SelfAttention(512, hops=4).output_size
        2048
    """

    def __init__(self, input_size: Positive, attention_size: Positive = 128, hops: Positive = 1):
        super().__init__(hops * input_size)
        self.key = Linear(input_size, attention_size, bias=False)
        self.energy = Linear(attention_size, hops, bias=False)

    def weights(self, outputs: Padded) -> Tensor:
        """How much of each step every hop takes.

        Args:
            outputs: (B, T, H).

        Returns:
            (B, hops, T), each row sums to 1, zero past the ends.
        """
        scores = self.energy(torch.tanh(self.key(outputs.zeroed().data))).transpose(1, 2)  # (B, hops, T)
        return softmax(scores.masked_fill(~outputs.mask[:, None], float("-inf")))

    def forward(self, encoded: Encoded) -> Tensor:
        # A weight of zero does not silence NaN, so what it is multiplied with has to be zero too.
        means = self.weights(encoded.outputs) @ encoded.outputs.zeroed().data  # (B, hops, H)
        return means.flatten(1)  # (B, hops * H)
