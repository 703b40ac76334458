"""Share of right labels of one kind among several."""

from typing import Literal

from seqmodels.metrics.share import Share
from seqmodels.text import Field
from seqmodels.types import Padded, Size, check_choice

Per = Literal["step", "sequence"]


class PartAccuracy(Share):
    """Right labels of one kind / all of them, where targets have several: step by step, or one a sequence.

    Args:
        field: the targets', with parts.
        part: the kind's name; the first if not given.
        per: ``step``, or ``sequence`` for a label of the whole, which stands at every step.

    Raises:
        ValueError: the targets have no such part.

    Example:
        >>> from seqmodels.metrics import PartAccuracy
        >>> from seqmodels.text import JointLabels, Label, StepLabels
        >>> metric = PartAccuracy(JointLabels({"slots": StepLabels(), "intent": Label()}), "intent", per="sequence")
    """

    def __init__(self, field: Field, part: str | None = None, per: Per = "step"):
        super().__init__()
        check_choice("per", per, Per)
        parts = list(_parts(field))
        if part is not None and part not in parts:
            raise ValueError(f"part={part!r} found, and targets of {', '.join(parts) or 'one kind'}")
        self.column = parts.index(part) if part is not None else 0
        self.per = per

    def update(self, predictions: Padded, targets: Padded) -> None:
        """Count a batch, predictions and targets (B, T, K), or (B, T) where there is one kind."""
        both = (predictions.data, targets.data)
        said, wanted = (ids if ids.dim() == 2 else ids[..., self.column] for ids in both)  # (B, T)
        if said.shape != wanted.shape:
            raise ValueError(f"predictions {tuple(said.shape)} and targets {tuple(wanted.shape)} differ in shape")
        right = (said == wanted) & targets.mask  # (B, T)
        self.right += right[:, 0].sum() if self.per == "sequence" else right.sum()
        self.total += len(right) if self.per == "sequence" else targets.lengths.sum()


def _parts(field: Field) -> dict[str, Size]:
    size = field.size if field.fitted else field.expected_size()
    return dict(size.parts)
