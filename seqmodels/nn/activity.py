"""What a recurrence's outputs cost by themselves."""

from torch import Tensor, nn

from seqmodels.nn.dropout import dropout
from seqmodels.types import NonNegativeFloat, Padded, Probability


class ActivityPenalty(nn.Module):
    """Dropout of the outputs, the same at every step, and penalties on large and on fast ones.

    With outputs h_t and the mask m of a sequence: α · mean((m·h_t)²) + β · mean((h_t - h_{t-1})²), the means over all
    steps and numbers (activation regularization and its temporal form, Merity, McCann & Socher 2017).

    Args:
        dropout: share of the outputs set to zero in training; the last of the encoder's own is then to be 0,
            or the outputs that are compared are dropped ones already.
        alpha: weight of the first penalty.
        beta: weight of the second.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.activity import ActivityPenalty
        >>> outputs = Padded(torch.tensor([[[1.0], [3.0]]]), torch.tensor([2]))
        >>> ActivityPenalty(alpha=1.0, beta=1.0)(outputs)[1]
        tensor(9.)
    """

    def __init__(self, dropout: Probability = 0.0, alpha: NonNegativeFloat = 2.0, beta: NonNegativeFloat = 1.0):
        super().__init__()
        self.dropout = dropout
        self.alpha = alpha
        self.beta = beta

    def forward(self, outputs: Padded) -> tuple[Padded, Tensor]:
        """The outputs (B, T, H) with dropout, and the penalty, a scalar.

        Args:
            outputs: (B, T, H), zero past every end.
        """
        data, mask, width = outputs.data, outputs.mask, outputs.data.shape[-1]
        if not self.training:
            return outputs, data.new_zeros(())
        dropped = data * dropout(data.new_ones(len(data), 1, width), self.dropout)  # (B, T, H)
        penalty = self.alpha * dropped.square().sum() / (mask.sum() * width)
        if self.beta:
            both = mask[:, 1:]  # (B, T - 1): of neighbours the later one, which is real only if the earlier one is
            moved = (data[:, 1:] - data[:, :-1]).masked_fill(~both[..., None], 0)
            penalty = penalty + self.beta * moved.square().sum() / (both.sum() * width).clamp(min=1)
        return Padded(dropped, outputs.lengths), penalty
