"""Running a recurrence over padded sequences, exactly. Nobody else in this project packs."""

from seqmodels.nn.recurrence.packed import run_packed

__all__ = ["run_packed"]
