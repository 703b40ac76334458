"""Targets that are longer than what they are written from, and such as a scheme does not allow."""

from collections.abc import Sequence
from functools import partial

import pytest
import torch

from seqmodels import Sizes
from seqmodels.audio import LogMel, Recording
from seqmodels.data import Batching, Example, Faults, Reader, SequenceData, Splits
from seqmodels.errors import InputError
from seqmodels.nn.embedders import FeatureEmbedder, JoinedEmbedder, TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead, CrfHead, CtcHead, JointHead, PooledHead
from seqmodels.nn.pool import Max
from seqmodels.run.targets import check_targets
from seqmodels.text import JointLabels, Label, StepLabels, Tokens
from seqmodels.topologies import ManyToMany


class Sounds(Reader):
    """Noise of so many frames, and what is said to be in it."""

    def __init__(self, texts: Sequence[str], frames: int):
        self.texts, self.frames = texts, frames

    def read(self, faults: Faults | None = None) -> Splits:
        sound = Recording(torch.randn((self.frames - 1) * 80), 8000)
        examples = [Example(sound, text, f"sound {i}") for i, text in enumerate(self.texts)]
        return Splits(examples, examples[:1], examples[:1])


def made(texts, frames, stride, head=CtcHead, on_bad="raise", elsewhere=()):
    sounds = Sounds(texts, frames)
    sounds.further = {"elsewhere": Elsewhere(elsewhere, frames)} if elsewhere else {}
    data = SequenceData(sounds, LogMel(), Tokens(), Batching(), on_bad=on_bad)
    data.setup("fit")
    model = ManyToMany(
        lambda size: FeatureEmbedder(size, 8, stride),
        lambda size: RecurrentEncoder(size, 8),
        head,
        Sizes(*data.sizes),
    )
    return model, data


def test_examples_that_have_no_alignment_are_counted_and_named_before_training():
    texts = ["1 2 3", "1 1 1", "1 2 3 4 5 6", "2 2"]
    model, data = made(texts, frames=7, stride=2)
    with pytest.raises(InputError) as caught:
        check_targets(model, data)
    assert caught.value.faults == [
        "sound 1: 3 targets need 5 steps, 4 found",
        "sound 2: 6 targets need 6 steps, 4 found",
        "a target needs a step for each id and one between equal ones: take these examples out, or set "
        "model.embedder.stride lower",
    ]
    check_targets(*made(texts, frames=7, stride=1))


def test_an_embedder_of_several_says_how_many_steps_it_makes():
    model, data = made(["1 2 3", "1 1 1"], frames=7, stride=2)
    two = {name: partial(FeatureEmbedder, embedding_size=8, stride=2) for name in ("one", "other")}
    model.embedder = JoinedEmbedder(int(data.sizes.inputs), two)
    with pytest.raises(InputError, match="sound 1: 3 targets need 5 steps, 4 found"):
        check_targets(model, data)


def test_many_are_counted():
    model, data = made(["1 1 1"] * 30, frames=3, stride=1)
    with pytest.raises(InputError, match="the train split: and 20 more faults"):
        check_targets(model, data)


def test_they_are_left_out_where_that_is_wanted_with_all_that_only_they_have():
    model, data = made(["1 2", "1 1 1", "1 2 3 4 5 6"], frames=7, stride=2, on_bad="skip")
    check_targets(model, data)
    assert [example.origin for example in data.splits.train] == ["sound 0"]
    assert data.targets.vocab.tokens[4:] == ["1", "2"]
    assert [len(split) for split in data.encoded.values()] == [1, 1, 1]
    assert data.faults.lines() == [
        "skipped 2 examples of the train split, the first: sound 1: 3 targets need 5 steps, 4 found"
    ]
    with pytest.raises(InputError) as caught:
        check_targets(*made(["1 1 1"], frames=3, stride=1, on_bad="skip"))
    assert caught.value.faults[0] == "the train split is empty, wanted at least one example"


def test_what_passes_has_a_finite_loss_and_another_head_is_not_asked():
    model, data = made(["1 1 1", "1 2 3 4 5"], frames=5, stride=1)
    check_targets(model, data)
    batch = next(iter(data.train_dataloader()))
    assert torch.isfinite(model.loss(batch))
    assert model.steps(batch) == 8
    check_targets(*made(["1 1 1"], frames=2, stride=1, head=CategoricalHead))


TAGGED = [(["I", "saw", "Ada"], ["O", "O", "B-x"]), (["Ada", "L"], ["B-x", "I-x"]), (["a", "b"], ["O", "I-x"])]


class Tagged(Reader):
    """Sentences, the last of which no scheme allows."""

    def read(self, faults: Faults | None = None) -> Splits:
        examples = [Example(*pair, f"a.conll:{i}") for i, pair in enumerate(TAGGED)]
        return Splits(examples[:2], examples[:2], examples)


def tagger(head, targets=None, on_bad="raise"):
    data = SequenceData(Tagged(), Tokens(), targets or StepLabels(), Batching(), on_bad=on_bad)
    data.setup("fit")
    with torch.device("meta"):  # as before a run
        model = ManyToMany(
            lambda size: TokenEmbedder(size, 8), lambda size: RecurrentEncoder(size, 8), head, data.sizes
        )
    return model, data


def test_labels_that_the_scheme_of_a_crf_does_not_allow_are_told_before_training():
    head = partial(CrfHead, scheme="bio")
    with pytest.raises(InputError) as caught:
        check_targets(*tagger(head))
    assert caught.value.faults[0].startswith("a.conll:2: I-x found behind O")
    assert "null for nothing" in caught.value.faults[-1]
    model, data = tagger(head, on_bad="skip")
    check_targets(model, data)
    assert [len(split) for split in data.splits] == [2, 2, 2]
    check_targets(*tagger(CrfHead))


def test_a_crf_among_several_heads_is_asked_for_its_own_labels():
    class Both(Tagged):
        def read(self, faults: Faults | None = None) -> Splits:
            def both(example: Example) -> Example:
                return example._replace(targets={"slots": example.targets, "intent": "x"})

            return Splits(*([both(example) for example in split] for split in super().read(faults)))

    fields = JointLabels({"intent": Label(), "slots": StepLabels()})
    data = SequenceData(Both(), Tokens(), fields, Batching())
    data.setup("fit")
    heads = {"intent": partial(PooledHead, pool=Max), "slots": partial(CrfHead, scheme="bio")}
    model = ManyToMany(
        lambda size: TokenEmbedder(size, 8),
        lambda size: RecurrentEncoder(size, 8),
        partial(JointHead, heads=heads),
        data.sizes,
    )
    with pytest.raises(InputError, match=r"a\.conll:2: I-x found behind O"):
        check_targets(model, data)


class Elsewhere(Sounds):
    """Another test split."""

    def read(self, faults: Faults | None = None) -> Splits:
        return Splits([], [], super().read(faults).train)


def test_they_are_left_out_of_further_test_splits_too():
    model, data = made(["1 2", "2"], frames=3, stride=1, on_bad="skip", elsewhere=["1 1 1", "1 2"])
    check_targets(model, data)
    assert [example.origin for example in data.encoded["elsewhere"].kept] == ["sound 1"]
    assert data.faults.lines() == ["skipped 1 example of the elsewhere split: sound 0: 3 targets need 5 steps, 3 found"]
    with pytest.raises(InputError, match="the elsewhere split is empty"):
        check_targets(*made(["1 2", "2"], frames=3, stride=1, on_bad="skip", elsewhere=["1 1 1"]))
