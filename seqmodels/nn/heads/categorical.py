"""One of C classes at every step, each step by itself."""

from torch import Tensor

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import StepHead
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.nn.linear import Linear
from seqmodels.types import Padded, Positive, Probability


class CategoricalHead(StepHead):
    """p = softmax(W x + b) at every step, with cross-entropy as the loss.

    Args:
        input_size: width H of the features.
        output_size: number of classes C.
        dropout: share of the features set to zero in training.
        label_smoothing: share of the target's probability that is spread over all classes (Szegedy et al. 2016, 7).

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.nn.heads import CategoricalHead
        >>> CategoricalHead(4, 3)(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 3])
    """

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        dropout: Probability = 0.0,
        label_smoothing: Probability = 0.0,
    ):
        super().__init__()
        self.dropout = Dropout(dropout)
        self.scores = Linear(input_size, output_size)
        self.label_smoothing = label_smoothing

    def forward(self, features: Padded) -> Padded:
        return Padded(self.scores(self.dropout(features.data)), features.lengths).zeroed()  # (B, T, C)

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        return cross_entropy(scores, targets, self.label_smoothing)

    def log_probabilities(self, scores: Padded) -> Padded:
        return Padded(scores.data.log_softmax(dim=-1), scores.lengths).zeroed()  # (B, T, C)

    def predict(self, scores: Padded) -> Padded:
        return Padded(scores.data.argmax(dim=-1), scores.lengths).zeroed()  # (B, T)
