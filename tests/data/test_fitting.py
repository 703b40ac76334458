"""What fields learn from."""

import pytest

from seqmodels.data import Batching, Example, SequenceData, Splits
from seqmodels.data.fitting import fit_fields
from seqmodels.data.reader import Reader
from seqmodels.errors import InputError
from seqmodels.text import Subwords, Tokens

PAIRS = [("das Haus ist alt", "the house is old"), ("ein altes Haus", "an old house"), ("das Haus", "the house")]
EXAMPLES = [Example(one, other, f"memory:{i}") for i, (one, other) in enumerate(PAIRS * 3)]


class InMemory(Reader):
    def read(self, faults=None):
        return Splits(EXAMPLES, EXAMPLES[:2], EXAMPLES[:1])


def made(kind, joint):
    settings = {"vocab_size": 60} if kind is Subwords else {}
    return kind(joint=joint, **settings)


@pytest.mark.parametrize("kind", [Tokens, Subwords])
def test_joint_fields_learn_what_one_field_learns_of_both_sides(kind):
    fields = {side: made(kind, joint=True) for side in ("inputs", "targets")}
    fit_fields(fields, EXAMPLES)
    alone = made(kind, joint=False)
    alone.fit([example.inputs for example in EXAMPLES] + [example.targets for example in EXAMPLES])
    assert fields["inputs"].learnt() == fields["targets"].learnt() == alone.learnt()
    assert fields["inputs"].size.names == fields["targets"].size.names
    for text in ("das Haus ist alt", "an old house"):
        assert fields["inputs"].encode(text).tolist() == fields["targets"].encode(text).tolist()
        assert fields["targets"].decode(fields["inputs"].encode(text).tolist()) == text


@pytest.mark.parametrize("kind", [Tokens, Subwords])
def test_separate_fields_learn_from_their_own_side(kind):
    fields = {side: made(kind, joint=False) for side in ("inputs", "targets")}
    fit_fields(fields, EXAMPLES)
    for side, field in fields.items():
        alone = made(kind, joint=False)
        alone.fit(getattr(example, side) for example in EXAMPLES)
        assert field.learnt() == alone.learnt()


@pytest.mark.parametrize(
    "other", [Tokens(joint=True, lowercase=True), Tokens(), Subwords(joint=True), Tokens("characters", joint=True)]
)
def test_a_joint_field_wants_its_like_on_the_other_side(other):
    with pytest.raises(InputError, match=r"wanted the same settings twice, such as targets: \$\{fields.inputs\}"):
        fit_fields({"inputs": Tokens(joint=True), "targets": other}, EXAMPLES)


def test_joint_fields_may_differ_in_dropout_which_changes_nothing_that_is_learnt():
    fields = {"inputs": Subwords(60, joint=True, dropout=0.1), "targets": Subwords(60, joint=True)}
    fit_fields(fields, EXAMPLES)
    assert fields["inputs"].learnt() == fields["targets"].learnt()
    assert fields["inputs"].varies
    assert not fields["targets"].varies


def test_joint_fields_learn_from_the_training_split_of_a_reader():
    data = SequenceData(InMemory(), made(Subwords, joint=True), made(Subwords, joint=True), Batching(2))
    data.setup("fit")
    assert data.sizes.inputs.names == data.sizes.targets.names
    loaded = Subwords()
    loaded.load_learnt(data.inputs.learnt())
    assert loaded.encode("das house").tolist() == data.targets.encode("das house").tolist()
