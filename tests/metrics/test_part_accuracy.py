"""Right labels of one kind among several."""

import pytest
import torch

from seqmodels import Padded
from seqmodels.metrics import ExactMatch, PartAccuracy
from seqmodels.text import JointLabels, Label, StepLabels

FIELD = JointLabels({"slots": StepLabels(), "intent": Label()})
FIELD.fit([{"slots": ["O", "B-x", "I-x"], "intent": "a"}, {"slots": ["O"], "intent": "b"}])
LENGTHS = torch.tensor([3, 1])
# The second row's padding says what would be right.
WANTED = Padded(torch.tensor([[[0, 1], [1, 1], [2, 1]], [[2, 0], [0, 0], [0, 0]]]), LENGTHS)
SAID = Padded(torch.tensor([[[0, 1], [1, 1], [1, 1]], [[2, 1], [0, 0], [0, 0]]]), LENGTHS)


@pytest.mark.parametrize(
    ("part", "per", "wanted"),
    [(None, "step", 3 / 4), ("slots", "step", 3 / 4), ("intent", "step", 3 / 4), ("intent", "sequence", 1 / 2)],
)
def test_right_ones_of_a_kind_are_counted(part, per, wanted):
    metric = PartAccuracy(FIELD, part, per)
    metric.update(SAID, WANTED)
    assert metric.compute() == wanted


def test_counts_add_up_over_batches():
    metric = PartAccuracy(FIELD, "intent", "sequence")
    for row in range(2):
        metric.update(*(Padded(p.data[row : row + 1], p.lengths[row : row + 1]) for p in (SAID, WANTED)))
    assert metric.compute() == 1 / 2


def test_labels_of_one_kind_need_no_part():
    field = StepLabels()
    field.fit([["a", "b"]])
    metric = PartAccuracy(field)
    metric.update(Padded(torch.tensor([[0, 1]]), torch.tensor([2])), Padded(torch.tensor([[0, 0]]), torch.tensor([2])))
    assert metric.compute() == 1 / 2
    with pytest.raises(ValueError, match="part='x' found, and targets of one kind"):
        PartAccuracy(field, "x")


def test_a_sequence_is_right_if_all_its_kinds_are():
    metric = ExactMatch()
    metric.update(SAID, WANTED)
    assert metric.compute() == 0
    metric.update(WANTED, WANTED)
    assert metric.compute() == 1 / 2
