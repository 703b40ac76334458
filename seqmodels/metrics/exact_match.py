"""Share of sequences that are right from end to end."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.metrics.share import Share
from seqmodels.text import Field
from seqmodels.types import Padded


class ExactMatch(Share):
    """Sequences equal to their target in length and every token / all sequences.

    Args:
        field: of the targets; with it, a sequence may equal any of several texts that count as right, and one with a
            token that training never saw equals none.

    Example:
        >>> import torch
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import ExactMatch
        >>> metric, two, one = ExactMatch(), torch.tensor([2]), torch.tensor([1])
        >>> metric.update(Padded(torch.tensor([[1, 2]]), two), Padded(torch.tensor([[1]]), one))
        >>> metric.compute()
        tensor(0., dtype=torch.float64)
    """

    def __init__(self, field: Field | None = None):
        super().__init__()
        self.field = field

    def update(self, predictions: Padded, targets: Padded, texts: Sequence[Sequence[str]] | None = None) -> None:
        """Count a batch.

        Args:
            predictions, targets: (B, U) and (B, V), or both with several columns (B, U, K).
            texts: for each row all that would have been right, the target first.
        """
        width = max(predictions.data.shape[1], targets.data.shape[1])
        said, wanted = _widened(predictions, width), _widened(targets, width)  # (B, max(U, V))
        same = (said == wanted).flatten(1).all(dim=1) & (predictions.lengths == targets.lengths)  # (B,)
        if self.field is not None and texts is not None:
            for place in torch.nonzero(~same).flatten().tolist():
                same[place] = any(self._is(predictions, place, text) for text in texts[place][1:])
        if self.field is not None and self.field.unknown is not None:
            same &= ~(said == self.field.unknown).flatten(1).any(dim=1)
        self.right += same.sum()
        self.total += len(same)

    def _is(self, predictions: Padded, place: int, text: str) -> bool:
        assert self.field is not None
        said = predictions.data[place, : int(predictions.lengths[place])]
        return said.tolist() == self.field.encode(text).tolist()


def _widened(padded: Padded, width: int) -> Tensor:
    columns = (0, 0) * (padded.data.dim() - 2)
    return F.pad(padded.zeroed().data, (*columns, 0, width - padded.data.shape[1]))
