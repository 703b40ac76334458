"""One label for a sequence, beside heads that label its steps."""

from collections.abc import Callable

import torch
from torch import Tensor

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import Head
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.nn.linear import Linear
from seqmodels.nn.pool import Pool
from seqmodels.types import Encoded, Padded, Positive, Probability


class PooledHead(Head):
    """p = softmax(W pool(x₁, ..., x_T) + b): one label for the whole, which stands at every step.

    The loss is a mean over steps, as those of the heads beside it are: a sequence counts by its length.

    Args:
        input_size: width H of the features.
        output_size: number of classes C.
        pool: makes the pool, called with H; the state that it is given is what stands at the last step.
        dropout: share of the pooled features set to zero in training.

    Example:
        >>> import torch
        >>> from seqmodels.nn.heads import PooledHead
        >>> from seqmodels.nn.pool import Max
        >>> PooledHead(4, 3, Max)(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 3])
    """

    sees_future = True

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        pool: Callable[[int], Pool],
        dropout: Probability = 0.0,
    ):
        super().__init__()
        self.pool = pool(input_size)
        self.dropout = Dropout(dropout)
        self.scores = Linear(self.pool.output_size, output_size)

    def forward(self, features: Padded) -> Padded:
        rows = torch.arange(len(features.lengths), device=features.data.device)
        last = features.data[rows, features.lengths - 1]  # (B, H)
        pooled = self.pool(Encoded(features, (last[None],)))  # (B, H)
        scores = self.scores(self.dropout(pooled))  # (B, C)
        steps = features.data.shape[1]
        return Padded(scores[:, None].expand(-1, steps, -1), features.lengths).zeroed()  # (B, T, C)

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        return cross_entropy(scores, targets)

    def predict(self, scores: Padded) -> Padded:
        return Padded(scores.data.argmax(dim=-1), scores.lengths).zeroed()  # (B, T)
