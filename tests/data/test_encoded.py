"""Examples as tensors, and the texts beside them."""

from seqmodels.data import Batching, Example, Faults, Streams
from seqmodels.data.encoded import EncodedExamples
from seqmodels.data.loading import Drawn
from seqmodels.data.streams import Piece
from seqmodels.text import StepLabels, Tokens

EXAMPLES = [
    Example("ab", "a é", "memory:0", others=("b", "c")),
    Example("b", "x", "memory:1"),
]


def encoded(examples, targets, training=False, plan=None):
    inputs = Tokens("characters")
    inputs.fit(example.inputs for example in examples)
    targets.fit(example.targets for example in examples[1:])
    return EncodedExamples(examples, inputs, targets, plan or Batching(), Faults(), "the test split", training)


def test_a_batch_has_the_texts_that_count_as_right_as_the_data_has_them():
    batch = encoded(EXAMPLES, Tokens())[Drawn(0, [1, 0])]
    assert batch.texts == [["x"], ["a é", "b", "c"]]


def test_training_batches_and_labels_have_none():
    assert encoded(EXAMPLES, Tokens(), training=True)[Drawn(0, [0])].texts is None
    labels = [example._replace(targets=["x"] * len(example.inputs), others=()) for example in EXAMPLES]
    assert encoded(labels, StepLabels())[Drawn(0, [0])].texts is None


def test_parts_of_a_text_that_is_read_on_have_none():
    text = [Example("abc", "abc", "memory:0", whole=False)] * 2
    data = encoded(text, Tokens("characters"), plan=Streams())
    assert data[Drawn(0, [Piece(0, 0, 2, after=-1)])].texts is None
