"""Scores of very many tokens, the rare ones in groups."""

import torch
from torch import Tensor, nn

from seqmodels.nn.adaptive_softmax import adaptive_softmax
from seqmodels.nn.decoders.scores import Scores
from seqmodels.types import Positive, PositiveFloat, Probability


class AdaptiveScores(Scores):
    """The adaptive softmax (Grave et al. 2017) over tokens in the order of their frequency, as a vocabulary's are.

    Training works out no group at steps whose token is not in it. ``forward`` gives log p of every token.

    Args:
        input_size: width F of the features.
        output_size: number of tokens C.
        cutoffs: rising shares of the tokens at which the frequent ones end, and each group but the last.
        divisor: by how much each group's width is narrower than the one before.

    Raises:
        ValueError: as ``adaptive_softmax`` says.

    Example:
        >>> from seqmodels.nn.decoders import AdaptiveScores
        >>> AdaptiveScores(16, 90)(torch.zeros(2, 3, 16)).shape
        torch.Size([2, 3, 90])
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        cutoffs: list[Probability] | tuple[Probability, ...] = (0.05, 0.25),
        divisor: PositiveFloat = 4.0,
    ):
        super().__init__()
        self.softmax = adaptive_softmax(input_size, output_size, cutoffs, divisor)

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            flat = features.flatten(0, -2).to(self.softmax.head.weight.dtype)  # (N, F)
            scores: Tensor = self.softmax.log_prob(flat)  # (N, C)
        return scores.view(*features.shape[:-1], -1)

    def loss(self, features: Tensor, targets: Tensor, label_smoothing: float) -> Tensor:
        if label_smoothing:
            self.refuse(label_smoothing)
        with torch.autocast(features.device.type, enabled=False):  # torch's module mixes the kinds of numbers
            loss: Tensor = self.softmax(features.to(self.softmax.head.weight.dtype), targets).loss
        return loss

    def tie(self, table: nn.Parameter) -> None:
        raise ValueError("tied: adaptive scores have no matrix of the embeddings' width: set tied=none")

    def refuse(self, label_smoothing: float) -> None:
        """Say that these scores cannot be smoothed."""
        raise ValueError(
            f"label_smoothing={label_smoothing} found, but adaptive scores leave out the tokens that it would be "
            "spread over: set label_smoothing=0, or take SoftmaxScores"
        )
