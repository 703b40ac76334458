"""Where the file of somebody who means harm says what a field has learnt."""

from collections.abc import Sequence

from seqmodels.audio import LogMel
from seqmodels.text import Field, JointLabels, Label, StepLabels, Subwords, Tokens, Words

# Every kind of field, with the names of what it reads from a checkpoint.
FIELDS: Sequence[tuple[Field, Sequence[str]]] = [
    (Tokens(), ["tokens"]),
    (Words(), Words().parts),
    (Subwords(), ["tokens", "merges"]),
    (StepLabels(), ["tokens"]),
    (Label(), ["tokens"]),
    (JointLabels({"tags": StepLabels()}), ["tags"]),
    (LogMel(mels=1), ["mean", "deviation"]),
]
