"""Training inputs that are changed at random: the same for every way in which they are put into batches."""

from collections.abc import Sequence
from random import Random

import pytest
import torch
from torch import Tensor

from seqmodels.data import Batching, Example, Faults, Reader, SequenceData, Splits
from seqmodels.data.augment import Augmentation, MaskedFrames, RareAsUnknown
from seqmodels.errors import InputError
from seqmodels.text import Label, Tokens
from seqmodels.types import UNK, Batch

WORDS = [f"w{i}" for i in range(12)]


class Sentences(Reader):
    """Sentences that can be told from one another by their label."""

    def __init__(self, count: int = 30):
        draw = Random(0)
        self.texts = [[draw.choice(WORDS) for _ in range(draw.randint(1, 9))] for _ in range(count)]

    def read(self, faults: Faults | None = None) -> Splits:
        examples = [Example(text, str(i), f"memory:{i}") for i, text in enumerate(self.texts)]
        return Splits(examples, examples[:3], examples[3:6])


def test_inputs_of_another_kind_are_refused() -> None:
    with pytest.raises(InputError, match=r"augment: MaskedFrames found with inputs of ids, wanted frames of numbers"):
        MaskedFrames().fit([torch.tensor([4, 5])], size=9)
    with pytest.raises(InputError, match=r"augment: RareAsUnknown found with frames of numbers, wanted inputs of ids"):
        RareAsUnknown().fit([torch.zeros(3, 40)], size=40)


class Noise(Augmentation):
    """Every id becomes a random one; it notes what it was shown."""

    def __init__(self) -> None:
        self.seen: tuple[int, int] | None = None

    def fit(self, inputs: Sequence[Tensor], size: int) -> None:
        self.seen = (len(inputs), size)

    def change(self, item: Tensor, draw: Random) -> Tensor:
        return torch.tensor([draw.randrange(4, 1000) for _ in item])


def made(augment: Augmentation | None, batching: Batching | None = None, seed: int = 0) -> SequenceData:
    data = SequenceData(Sentences(), Tokens(), Label(), batching or Batching(4), seed, augment=augment)
    data.setup("fit")
    return data


def by_example(data: SequenceData, batches: Sequence[Batch]) -> dict[str, list[int]]:
    """The inputs, by the label of their example."""
    found = {}
    for batch in batches:
        assert batch.targets is not None
        for ids, label in zip(batch.inputs.rows(), batch.targets.rows(), strict=True):
            found[str(data.targets.decode(label.tolist()))] = ids.tolist()
    return found


def epochs(data: SequenceData, count: int = 3) -> list[dict[str, list[int]]]:
    """What some epochs give out."""
    loader, found = data.train_dataloader(), []
    for epoch in range(count):
        loader.sampler.set_epoch(epoch)
        found.append(by_example(data, list(loader)))
    return found


@pytest.mark.parametrize(
    "batching",
    [Batching(1), Batching(7), Batching(100), Batching(max_tokens=20), Batching(4, workers=1), Batching(4, workers=2)],
    ids=str,
)
def test_an_example_is_changed_in_the_same_way_whatever_batch_and_worker_it_comes_from(batching: Batching) -> None:
    assert epochs(made(Noise(), batching)) == epochs(made(Noise()))


def test_every_epoch_and_seed_and_example_draws_anew() -> None:
    found = [epoch for seed in (0, 1) for epoch in epochs(made(Noise(), seed=seed))]
    drawn = [tuple(ids) for epoch in found for ids in epoch.values() if len(ids) > 3]
    assert len(drawn) > 50
    assert len(set(drawn)) == len(drawn)


def test_what_was_drawn_before_makes_no_difference() -> None:
    data = made(Noise())
    wanted = epochs(data)[2]
    torch.rand(3)
    assert epochs(data)[2] == wanted
    loader = data.train_dataloader()
    loader.sampler.set_epoch(2)
    assert by_example(data, list(loader)) == wanted


def test_only_training_inputs_are_changed_and_only_when_they_are_given_out() -> None:
    plain, noisy = made(None), made(Noise())
    assert epochs(noisy)[0] != epochs(plain)[0]
    assert noisy.sizes == plain.sizes
    for split in ("train", "val", "test"):
        for ours, theirs in zip(noisy.encoded[split].inputs, plain.encoded[split].inputs, strict=True):
            assert torch.equal(ours, theirs)
    for ours, theirs in (
        (noisy.val_dataloader(), plain.val_dataloader()),
        (noisy.test_dataloader(), plain.test_dataloader()),
    ):
        assert by_example(noisy, list(ours)) == by_example(plain, list(theirs))


def test_it_looks_at_the_training_split_and_its_vocabulary_first() -> None:
    noise = Noise()
    data = made(noise)
    assert noise.seen == (30, data.sizes.inputs)


def test_without_augmentation_all_epochs_are_the_same() -> None:
    first, *others = epochs(made(None))
    assert others == [first, first]


def test_rare_tokens_are_hidden_as_often_as_the_formula_says() -> None:
    share, size = 0.5, 9
    inputs = [torch.tensor([4] * 8 + [5] * 3), torch.tensor([5, 6, 7, 7])]
    counts = {4: 8, 5: 4, 6: 1, 7: 2}
    augment = RareAsUnknown(share)
    augment.fit(inputs, size)
    wanted = {token: share / (share + count) for token, count in counts.items()}
    assert augment.probabilities.tolist() == pytest.approx([wanted.get(token, 0.0) for token in range(size)])

    tries = 4000
    hidden = dict.fromkeys(counts, 0)
    item = torch.tensor(list(counts))
    for i in range(tries):
        changed = augment.change(item, Random(i))
        assert all(new in (old, UNK) for old, new in zip(item.tolist(), changed.tolist(), strict=True))
        for old, new in zip(item.tolist(), changed.tolist(), strict=True):
            hidden[old] += new == UNK
    assert item.tolist() == list(counts), "the item itself was changed"
    for token, probability in wanted.items():
        # Four standard deviations of a share.
        slack = 4 * (probability * (1 - probability) / tries) ** 0.5
        assert hidden[token] / tries == pytest.approx(probability, abs=slack)


def test_what_training_does_not_have_is_never_hidden() -> None:
    augment = RareAsUnknown(1e9)
    augment.fit([torch.tensor([4])], 7)
    assert augment.change(torch.tensor([4, 5, 6, 5]), Random(0)).tolist() == [UNK, 5, 6, 5]


def test_hiding_keeps_lengths_and_types_and_needs_nothing_but_its_draw() -> None:
    data = made(RareAsUnknown(2.0))
    inputs = data.encoded["train"].inputs
    augment = data.augment
    assert augment is not None
    for i, item in enumerate(inputs):
        first, second = augment.change(item, Random(i)), augment.change(item, Random(i))
        assert torch.equal(first, second)
        assert (first.shape, first.dtype) == (item.shape, item.dtype)
    assert any(UNK in ids for ids in epochs(data)[0].values())
