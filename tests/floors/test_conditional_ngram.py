"""The n-gram floor of each class against the one of its own texts."""

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.floors import ConditionalNGram, NGram
from seqmodels.types import BOS, EOS

CLASSES = 9


def texts(kind, count, seed):
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, 7, (count,), generator=generator).tolist()
    return [4 + (torch.randint(3, (n,), generator=generator).cumsum(0) + kind) % 5 for n in lengths]


def as_read(sequences):
    """What a language model reads and says of whole texts."""
    read = [torch.cat([torch.tensor([BOS]), ids]) for ids in sequences]
    return read, [torch.cat([ids, torch.tensor([EOS])]) for ids in sequences]


@pytest.mark.parametrize("order", [0, 1, 3])
def test_each_class_has_the_n_gram_model_of_its_own_texts(order):
    kinds = {kind: (texts(kind, 30, kind), texts(kind, 10, 50 + kind)) for kind in range(3)}
    inputs = [torch.tensor([kind]) for kind in kinds for _ in range(30)]
    floor = ConditionalNGram(order)
    floor.fit(inputs, [ids for train, _ in kinds.values() for ids in train], CLASSES)
    for kind, (train, test) in kinds.items():
        alone = NGram(order)
        alone.fit(*as_read(train), CLASSES)
        found = floor.probabilities([torch.tensor([kind])] * 10, test)
        assert found.tolist() == pytest.approx(alone.probabilities(*as_read(test)).tolist(), rel=1e-12)


def test_what_may_come_next_is_certain_together():
    floor = ConditionalNGram(2)
    floor.fit([torch.tensor([0]), torch.tensor([1])], [torch.tensor([4, 5]), torch.tensor([5, 5, 6])], CLASSES)
    start = torch.tensor([5])
    ends = float(floor.probabilities([torch.tensor([1])], [start])[-1])
    goes_on = [float(floor.probabilities([torch.tensor([1])], [torch.tensor([5, w])])[1]) for w in range(CLASSES)]
    assert ends == pytest.approx(goes_on[EOS])
    assert sum(goes_on) == pytest.approx(1)


def test_a_class_that_training_lacks_is_told_nothing():
    floor = ConditionalNGram(2)
    floor.fit([torch.tensor([0])], [torch.tensor([4, 5])], CLASSES)
    assert floor.probabilities([torch.tensor([7])], [torch.tensor([4])]).tolist() == pytest.approx([1 / CLASSES] * 2)


@pytest.mark.parametrize("ids", [torch.tensor([1, 2]), torch.tensor([[1.0]])])
def test_an_input_that_is_no_class_is_refused(ids):
    with pytest.raises(InputError, match="wanted inputs of one id"):
        ConditionalNGram().fit([ids], [torch.tensor([4])], CLASSES)
