"""Running a recurrence over padded sequences, exactly and fast. Nobody else in this project packs."""

from seqmodels.nn.recurrence.run import Implementation, choose, run_recurrence

__all__ = ["Implementation", "choose", "run_recurrence"]
