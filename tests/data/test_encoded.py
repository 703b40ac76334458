"""Examples as tensors, and the texts beside them."""

from seqmodels.data import Batching, Example, Faults, Streams
from seqmodels.data.encoded import EncodedExamples
from seqmodels.data.loading import Drawn
from seqmodels.data.streams import Piece
from seqmodels.text import StepLabels, Subwords, Tokens

EXAMPLES = [
    Example("ab", "a é", "memory:0", others=("b", "c")),
    Example("b", "x", "memory:1"),
]


def encoded(examples, targets, seed=None, plan=None):
    inputs = Tokens("characters")
    inputs.fit(example.inputs for example in examples)
    targets.fit(example.targets for example in examples[1:])
    return EncodedExamples(examples, inputs, targets, plan or Batching(), Faults(), "the test split", seed)


def test_a_batch_has_the_texts_that_count_as_right_as_the_data_has_them():
    batch = encoded(EXAMPLES, Tokens())[Drawn(0, [1, 0])]
    assert batch.texts == [["x"], ["a é", "b", "c"]]


def test_training_batches_and_labels_have_none():
    assert encoded(EXAMPLES, Tokens(), seed=1)[Drawn(0, [0])].texts is None
    labels = [example._replace(targets=["x"] * len(example.inputs), others=()) for example in EXAMPLES]
    assert encoded(labels, StepLabels())[Drawn(0, [0])].texts is None


def test_parts_of_a_text_that_is_read_on_have_none():
    text = [Example("abc", "abc", "memory:0", whole=False)] * 2
    data = encoded(text, Tokens("characters"), plan=Streams())
    assert data[Drawn(0, [Piece(0, 0, 2, after=-1)])].texts is None


def test_what_is_learnt_from_is_written_in_other_pieces_every_epoch():
    field = Subwords(vocab_size=40, dropout=0.5)
    examples = [Example("a", "abcabc abcabc", f"memory:{i}") for i in range(5)]
    training, test = encoded(examples, field, seed=1), encoded(examples, field)
    first, again, later = (training[Drawn(epoch, [0, 1])].targets for epoch in (0, 0, 1))
    assert first.data.tolist() == again.data.tolist() != later.data.tolist()
    for batch in (first, later):
        for row, length in zip(batch.data, batch.lengths, strict=True):
            assert field.decode(row[:length].tolist()) == "abcabc abcabc"
    plain = test[Drawn(0, [0])].targets.data[0].tolist()
    assert plain == field.encode("abcabc abcabc").tolist()
    assert len(plain) < first.lengths.max()
    assert encoded(examples, field, seed=2)[Drawn(0, [0, 1])].targets.data.tolist() != first.data.tolist()
