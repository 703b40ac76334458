"""F1 of every label, all of them counting the same."""

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.text import Field
from seqmodels.types import Padded


class MacroF1(Metric):
    """The mean over labels of F1 = 2 · right / (said + wanted); labels neither said nor wanted in a split are left out,
    as scikit-learn leaves them out.

    Args:
        field: the targets', which says how many labels there are.

    Example:
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import MacroF1
        >>> from seqmodels.text import Label
        >>> field = Label(); field.fit(["a", "b", "c"])
        >>> metric, lengths = MacroF1(field), torch.tensor([3])
        >>> metric.update(Padded(torch.tensor([[0, 0, 1]]), lengths), Padded(torch.tensor([[0, 1, 1]]), lengths))
        >>> metric.compute()
        tensor(0.6667, dtype=torch.float64)
    """

    higher_is_better = True

    right: Tensor
    said: Tensor
    wanted: Tensor

    def __init__(self, field: Field):
        super().__init__()
        self.classes = int(field.size if field.fitted else field.expected_size())
        for state in ("right", "said", "wanted"):
            self.add_state(state, torch.zeros(self.classes, dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions and targets (B, T)."""
        if predictions.data.shape != targets.data.shape or targets.data.dim() != 2:
            raise ValueError(
                f"predictions {tuple(predictions.data.shape)} and targets {tuple(targets.data.shape)} found, wanted "
                "(B, T) twice: this metric compares step by step"
            )
        said, wanted = predictions.data[targets.mask], targets.data[targets.mask]  # (N,)
        self.right += self._count(wanted[said == wanted])
        self.said += self._count(said)
        self.wanted += self._count(wanted)

    def compute(self) -> Tensor:
        """The mean, between 0 and 1."""
        both = self.said + self.wanted  # (C,)
        return (2 * self.right.double() / both.clamp(min=1))[both > 0].mean()

    def _count(self, ids: Tensor) -> Tensor:
        return torch.bincount(ids, minlength=self.classes)
