"""What the answers of a head cost, whatever its training adds to that."""

from torch import Tensor

from seqmodels.nn.heads.base import Head
from seqmodels.nn.heads.categorical import CategoricalHead
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.types import Padded


def nats(head: Head, scores: Padded, targets: Padded) -> Tensor:
    """Mean of -log p(target) over real steps: of a categorical head without smoothing, weights and focus; of others
    their loss.

    Args:
        head: that made the scores.
        scores: (B, T, C).
        targets: (B, T) with the same lengths.

    Returns:
        Scalar.

    Example:
        >>> import torch
        >>> from seqmodels.nn.heads import CategoricalHead, nats
        >>> head, lengths = CategoricalHead(4, 2, label_smoothing=0.5), torch.tensor([1])
        >>> scores = Padded(torch.tensor([[[9.0, 0.0]]]), lengths)
        >>> nats(head, scores, Padded(torch.zeros(1, 1).long(), lengths)) < 0.001
        tensor(True)
    """
    return cross_entropy(scores, targets) if isinstance(head, CategoricalHead) else head.loss(scores, targets)
