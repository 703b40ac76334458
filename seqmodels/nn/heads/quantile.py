"""Some quantiles of each number."""

from collections.abc import Sequence

from torch import Tensor

from seqmodels.nn.distributions import Quantiles, pinball
from seqmodels.nn.heads.values import ValueHead
from seqmodels.types import Positive, Probability

# Each stands for a tenth of the probability.
LEVELS = (0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95)


class QuantileHead(ValueHead):
    """q_τ = W_τ x + b_τ for each level τ; the loss is 2·pinball_τ, averaged over the levels (Koenker & Bassett 1978).

    Twice, because it is the absolute error then where τ is 0.5 alone, and close to CRPS for levels spread evenly.
    Quantiles that cross are put in order where they are read. The value for a number is its median.

    Args:
        input_size: width H of the features.
        output_size: how many numbers a step has.
        levels: rising, between 0 and 1.
        dropout: share of the features set to zero in training.

    Raises:
        ValueError: levels that do not rise, or none.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.heads import QuantileHead
        >>> QuantileHead(4, 3, [0.1, 0.5, 0.9])(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 9])
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        levels: Sequence[Probability] = LEVELS,
        dropout: Probability = 0.0,
    ):
        rising = all(a < b for a, b in zip([0.0, *levels], [*levels, 1.0], strict=True))
        if not levels or not rising:
            raise ValueError(f"levels={list(levels)} found, wanted rising numbers between 0 and 1")
        super().__init__(input_size, output_size, len(levels), dropout)
        self.at = list(levels)

    def shaped(self, raw: Tensor) -> Tensor:
        return raw

    def moved(self, parameters: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        return parameters * scale + shift

    def said(self, parameters: Tensor) -> Quantiles:
        return Quantiles(self.at, parameters)

    def losses(self, parameters: Tensor, y: Tensor) -> Tensor:
        return 2 * pinball(y[..., None], parameters, parameters.new_tensor(self.at)).mean(dim=-1)
