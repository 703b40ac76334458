"""From a reader and two fields to batches."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest
import torch
from pytorch_lightning import LightningModule, Trainer
from torch import Tensor

from seqmodels.data import Batching, BucketBatches, Example, Faults, Reader, SequenceData, Splits
from seqmodels.errors import InputError
from seqmodels.text import Label, StepLabels, Tokens
from seqmodels.types import UNK, Batch, Padded, Sizes


class InMemory(Reader):
    """Sentences that are given as "two/NUM cats/NOUN"."""

    def __init__(self, train: Sequence[str], val: Sequence[str], test: Sequence[str]):
        self.texts = (train, val, test)
        self.reads = 0

    def read(self, faults: Faults | None = None) -> Splits:
        self.reads += 1
        return Splits(*([self._example(text, i) for i, text in enumerate(texts)] for texts in self.texts))

    def _example(self, text: str, place: int) -> Example:
        pairs = [word.split("/") for word in text.split()]
        return Example([word for word, _ in pairs], [label for _, label in pairs], f"memory:{place}")


TRAIN = ["two/NUM cats/NOUN", "cats/NOUN", "the/DET cats/NOUN run/VERB ./PUNCT", "run/VERB", "the/DET run/NOUN"]
VAL = ["the/DET two/NUM", "dogs/NOUN run/VERB ./PUNCT", "cats/NOUN"]
TEST = ["run/VERB ./PUNCT"]


def tagging(
    train: Sequence[str] = TRAIN,
    val: Sequence[str] = VAL,
    test: Sequence[str] = TEST,
    batching: Batching | None = None,
    seed: int = 0,
) -> SequenceData:
    return SequenceData(InMemory(train, val, test), Tokens(), StepLabels(), batching, seed)


def texts_of(data: SequenceData, batches: Sequence[Batch]) -> list[str]:
    """Batches as the sentences that they were made of."""
    texts = []
    for batch in batches:
        assert batch.targets is not None
        for words, labels in zip(batch.inputs.rows(), batch.targets.rows(), strict=True):
            pairs = zip(data.inputs.vocab.decode(words), data.targets.decode(labels), strict=True)
            texts.append(" ".join("/".join(pair) for pair in pairs))
    return texts


def test_the_batches_of_an_epoch_hold_every_training_example_once() -> None:
    data = tagging(batching=Batching(batch_size=2))
    data.setup("fit")
    batches = list(data.train_dataloader())
    assert sorted(len(batch.inputs.lengths) for batch in batches) == [1, 2, 2]
    assert sorted(texts_of(data, batches)) == sorted(TRAIN)


def test_batches_are_padded_ids_with_zeros_behind_the_true_lengths() -> None:
    data = tagging(batching=Batching(batch_size=5))
    data.setup("fit")
    (batch,) = data.train_dataloader()
    assert isinstance(batch, Batch)
    assert batch.continues is None
    for side in batch[:2]:
        assert isinstance(side, Padded)
        assert side.data.dtype == side.lengths.dtype == torch.int64
        assert side.data.shape == (5, 4)
        assert sorted(side.lengths.tolist()) == [1, 1, 2, 2, 4]
        assert not side.data[~side.mask].any()
    assert (batch.inputs.data[batch.inputs.mask] > UNK).all()


def test_validation_and_test_batches_have_their_own_size_and_one_order() -> None:
    data = tagging(val=VAL * 2, batching=Batching(batch_size=1, max_tokens=1, eval_batch_size=4))
    data.setup("fit")
    data.setup("test")
    batches = list(data.val_dataloader())
    assert [len(batch.inputs.lengths) for batch in batches] == [4, 2]
    known = [text.replace("dogs", "<unk>") for text in VAL]
    assert texts_of(data, batches) == [known[2]] * 2 + [known[0]] * 2 + [known[1]] * 2
    assert texts_of(data, list(data.test_dataloader())) == TEST


@pytest.mark.parametrize(("count", "world_size"), [(3, 3), (7, 2), (10, 3)])
def test_every_process_has_a_batch_to_evaluate_and_no_example_is_judged_twice(count: int, world_size: int) -> None:
    data = tagging(test=["cats/NOUN"] * count)
    data.setup("test")
    dealt = []
    for rank in range(world_size):
        data.trainer = SimpleNamespace(global_rank=rank, world_size=world_size)  # type: ignore[assignment]
        dealt.append(list(data.batches("test")))
    assert all(dealt)
    assert sorted(i for batches in dealt for batch in batches for i in batch) == list(range(count))


def test_the_fields_learn_from_the_training_split_alone() -> None:
    data = tagging()
    data.setup("validate")
    (batch,) = data.val_dataloader()
    assert "dogs" not in data.inputs.vocab.tokens
    assert (batch.inputs.data == UNK).sum() == 1


def test_sizes_are_those_of_the_vocabularies() -> None:
    data = tagging()
    data.setup("fit")
    assert data.sizes == Sizes(inputs=4 + 5, targets=5)


def test_a_label_for_the_whole_input_is_a_sequence_of_one() -> None:
    examples = [Example("abc", "de", "1"), Example("d", "fr", "2")]

    class Languages(Reader):
        def read(self, faults: Faults | None = None) -> Splits:
            return Splits(examples, examples, examples)

    data = SequenceData(Languages(), Tokens("characters"), Label())
    data.setup("test")
    (batch,) = data.test_dataloader()
    assert batch.inputs.lengths.tolist() == [1, 3]
    assert batch.targets.data.tolist() == [[1], [0]]
    assert batch.targets.lengths.tolist() == [1, 1]


@pytest.mark.parametrize("split", Splits._fields)
def test_an_empty_split_is_refused_by_name_before_anything_is_built(split: str) -> None:
    data = tagging(**{split: []})
    with pytest.raises(InputError, match=f"the {split} split is empty"):
        data.prepare_data()


@pytest.mark.parametrize("text", ["", " \t\n"])
def test_an_input_without_a_token_is_refused_with_its_origin(text: str) -> None:
    class Texts(Reader):
        def read(self, faults: Faults | None = None) -> Splits:
            good = [Example("a b", "x", "a.csv:1")]
            return Splits(good, [*good, Example(text, "x", "a.csv:2")], good)

    data = SequenceData(Texts(), Tokens(), Label())
    with pytest.raises(InputError, match=r"a\.csv:2: nothing left of .* wanted at least one token"):
        data.setup("fit")


def test_a_label_that_training_does_not_have_is_refused_with_its_origin_and_the_known_ones() -> None:
    data = tagging(test=["cats/NOUN", "run/VERB oh/INTJ"])
    with pytest.raises(InputError) as caught:
        data.setup("fit")
    assert str(caught.value).startswith("memory:1: label 'INTJ' does not occur in the training split")
    assert "DET, NOUN, NUM, PUNCT, VERB" in str(caught.value)


def test_setting_up_twice_reads_once_and_changes_nothing() -> None:
    data = tagging()
    data.prepare_data()
    data.setup("fit")
    vocab, encoded = data.inputs.vocab, dict(data.encoded)
    data.prepare_data()
    data.setup("fit")
    data.setup("test")
    assert data.reader.reads == 1
    assert data.inputs.vocab is vocab
    assert data.encoded["train"] is encoded["train"]
    assert sorted(data.encoded) == ["test", "train", "val"]


@pytest.mark.parametrize("stage", ["fit", "validate", "test"])
def test_every_stage_finds_all_splits_encoded_so_that_no_fault_waits(stage: str) -> None:
    data = tagging()
    data.setup(stage)
    assert sorted(data.encoded) == ["test", "train", "val"]


def test_fields_that_came_from_a_checkpoint_are_not_fitted_again() -> None:
    inputs, targets = Tokens(), StepLabels()
    inputs.load_learnt({"tokens": ["<pad>", "<unk>", "<bos>", "<eos>", "cats"]})
    targets.load_learnt({"tokens": ["VERB", "PUNCT", "NUM", "NOUN", "DET"]})
    data = SequenceData(InMemory(TRAIN, VAL, TEST), inputs, targets)
    data.setup("test")
    (batch,) = data.test_dataloader()
    assert batch.inputs.data.tolist() == [[UNK, UNK]]
    assert batch.targets.data.tolist() == [[0, 1]]


class Recorder(LightningModule):
    """Learns nothing and remembers what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))
        self.seen: dict[int, list[list[list[int]]]] = {}

    def training_step(self, batch: Batch) -> Tensor:
        rows = [row.tolist() for row in batch.inputs.rows()]
        self.seen.setdefault(self.current_epoch, []).append(rows)
        return self.weight * 0

    def validation_step(self, batch: Batch) -> None:
        pass

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def test_a_trainer_shows_every_epoch_in_the_order_of_its_seed_and_number() -> None:
    train = [" ".join(["cats/NOUN"] * n + ["run/VERB"] * (9 - n)) for n in range(9)] * 2 + TRAIN
    data = tagging(train=train, batching=Batching(batch_size=2), seed=5)
    model = Recorder()
    Trainer(
        max_epochs=3,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        num_sanity_val_steps=0,
    ).fit(model, datamodule=data)
    ids = [row.tolist() for row in data.encoded["train"].inputs]
    sampler = BucketBatches([len(row) for row in ids], Batching(batch_size=2), True, seed=5)
    for epoch in range(3):
        sampler.set_epoch(epoch)
        assert model.seen[epoch] == [[ids[i] for i in batch] for batch in sampler]
    assert model.seen[0] != model.seen[1] != model.seen[2]


class Unequal(Reader):
    """Tagging examples, every one with a label too few."""

    def read(self, faults: Faults | None = None) -> Splits:
        examples = [Example(["two", "cats"], ["NUM"], f"file:{line}") for line in range(1, 13)]
        return Splits(examples, examples, examples)


def test_a_label_too_few_is_told_for_ten_examples_of_every_split_and_the_others_are_counted() -> None:
    with pytest.raises(InputError) as error:
        SequenceData(Unequal(), Tokens(), StepLabels()).setup("fit")
    assert error.value.faults[0] == "file:1: 1 labels found for 2 tokens, wanted one for each"
    assert len(error.value.faults) == 3 * 11
    assert error.value.faults[10::11] == [f"the {split} split: and 2 more faults" for split in Splits._fields]


class Listed(Reader):
    """Examples that are given as they are."""

    def __init__(self, train: Sequence[Example], val: Sequence[Example], test: Sequence[Example]):
        self.examples = (train, val, test)

    def read(self, faults: Faults | None = None) -> Splits:
        return Splits(*map(list, self.examples))


GOOD = [Example(["two", "cats"], ["NUM", "NOUN"], "a:1"), Example(["cats"], ["NOUN"], "a:2")]
SHORT = Example(["old", "cats"], ["ADJ"], "a:3")
EMPTY = Example([], [], "a:4")
UNSEEN = Example(["old", "cats"], ["ADJ", "NOUN"], "a:5")


def lenient(train: Sequence[Example], val: Sequence[Example], test: Sequence[Example]) -> SequenceData:
    return SequenceData(Listed(train, val, test), Tokens(), StepLabels(), on_bad="skip")


def test_what_cannot_be_encoded_is_left_out_counted_and_said() -> None:
    data = lenient([EMPTY, *GOOD, SHORT], GOOD, [UNSEEN, *GOOD])
    data.setup("fit")
    assert data.splits == Splits(GOOD, GOOD, GOOD)
    assert [len(data.encoded[split]) for split in Splits._fields] == [2, 2, 2]
    assert data.faults.lost == 3
    assert data.faults.lines() == [
        "skipped 2 examples of the train split, the first: a:4: nothing left of [] after tokenizing, "
        "wanted at least one token",
        "skipped 1 example of the test split: a:5: label 'ADJ' does not occur in the training split, which has NOUN, "
        "NUM; correct it if it is a slip, else add training examples of it or choose other labels, or count it as a "
        "wrong answer (others=true in the field of these labels)",
    ]


def test_what_is_left_out_of_training_leaves_no_word_and_no_label_behind() -> None:
    data = lenient([*GOOD, SHORT], GOOD, GOOD)
    data.setup("fit")
    assert "old" not in data.inputs.vocab.tokens
    assert data.targets.vocab.tokens == ["NOUN", "NUM"]


def test_the_order_of_what_is_kept_is_that_of_the_reader_and_the_batches() -> None:
    data = lenient([GOOD[0], SHORT, GOOD[1]], GOOD, GOOD)
    data.setup("fit")
    lengths = [len(row) for row in data.encoded["train"].inputs]
    assert lengths == [len(example.inputs) for example in data.splits.train] == [2, 1]


@pytest.mark.parametrize("split", Splits._fields)
def test_a_split_of_which_nothing_is_kept_is_an_error_that_says_why(split: str) -> None:
    examples = {name: [EMPTY] if name == split else GOOD for name in Splits._fields}
    with pytest.raises(InputError) as caught:
        lenient(**examples).setup("fit")
    assert caught.value.faults[0] == f"the {split} split is empty, wanted at least one example"
    assert caught.value.faults[-1].startswith(f"skipped 1 example of the {split} split: a:4: nothing left of []")


def test_a_setup_that_failed_tells_the_same_again_and_no_fault_twice() -> None:
    data = SequenceData(Listed(GOOD, GOOD, [SHORT._replace(targets=["NOUN"])]), Tokens(), StepLabels())
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            data.setup("fit")
        assert caught.value.faults == ["a:3: 1 labels found for 2 tokens, wanted one for each"]


def test_a_choice_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="on_bad='ignore' found, wanted raise or skip"):
        SequenceData(Listed(GOOD, GOOD, GOOD), Tokens(), StepLabels(), on_bad="ignore")  # type: ignore[arg-type]
