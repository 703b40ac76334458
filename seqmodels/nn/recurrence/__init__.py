"""Running a recurrence over padded sequences, exactly and fast. Nobody else in this project packs."""

from seqmodels.nn.recurrence.choose import Implementation, Rule, choose
from seqmodels.nn.recurrence.dtype import compute_dtype
from seqmodels.nn.recurrence.options import StackOptions
from seqmodels.nn.recurrence.stack import Stack

__all__ = ["Implementation", "Rule", "Stack", "StackOptions", "choose", "compute_dtype"]
