"""One of C classes at every step, each step by itself."""

from collections.abc import Mapping

from torch import Tensor

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import StepHead
from seqmodels.nn.heads.class_weights import Balanced, class_weights
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.nn.heads.focal import focal_loss
from seqmodels.nn.linear import Linear
from seqmodels.types import NonNegativeFloat, Padded, Positive, PositiveFloat, Probability


class CategoricalHead(StepHead):
    """p = softmax(W x + b) at every step, with cross-entropy as the loss.

    Args:
        input_size: width H of the features.
        output_size: number of classes C.
        dropout: share of the features set to zero in training.
        label_smoothing: share of the target's probability that is spread over all classes (Szegedy et al. 2016, 7).
        weights: how much a class counts in the loss: ``balanced``, or by label, 1 where none is given.
        focus: γ of the focal loss, (1 - p)^γ times as much (Lin et al. 2017); 0 is cross-entropy.

    Raises:
        ValueError: weights that do not fit the labels; a focus with label smoothing.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.heads import CategoricalHead
        >>> CategoricalHead(4, 3)(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 3])
    """

    weights: Tensor | None

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        dropout: Probability = 0.0,
        label_smoothing: Probability = 0.0,
        weights: Balanced | Mapping[str, PositiveFloat] | None = None,
        focus: NonNegativeFloat = 0.0,
    ):
        super().__init__()
        self.dropout = Dropout(dropout)
        self.scores = Linear(input_size, output_size)
        self.label_smoothing = label_smoothing
        self.focus = focus
        self.register_buffer("weights", None if weights is None else class_weights(weights, output_size))  # (C,)
        if focus and label_smoothing:
            raise ValueError(f"focus={focus} and label_smoothing={label_smoothing} found, wanted one of them")

    def forward(self, features: Padded) -> Padded:
        return Padded(self.scores(self.dropout(features.data)), features.lengths).zeroed()  # (B, T, C)

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        if self.focus:
            return focal_loss(scores, targets, self.focus, self.weights)
        return cross_entropy(scores, targets, self.label_smoothing, self.weights)

    def log_probabilities(self, scores: Padded) -> Padded:
        return Padded(scores.data.log_softmax(dim=-1), scores.lengths).zeroed()  # (B, T, C)

    def predict(self, scores: Padded) -> Padded:
        return Padded(scores.data.argmax(dim=-1), scores.lengths).zeroed()  # (B, T)
