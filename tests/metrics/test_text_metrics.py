"""Metrics of texts against the packages that define them, and against counting by hand."""

import itertools

import pytest
import torch
from sacrebleu.metrics import BLEU, CHRF
from torchtext.data.metrics import bleu_score
from torchtext.data.utils import get_tokenizer

from seqmodels.metrics import Accuracy, Bleu, Chrf, Distinct, NearestErrorRate, Scorer, SequenceErrorRate, TokenBleu
from seqmodels.text import Subwords, Tokens
from seqmodels.types import pad

SAID = [
    "The cat sat on a mat .",
    "the Dog's bowl",
    "it is 3.5 km, isn't it?",
    "",
    "猫 sat",
    "one two three four five six",
]
WANTED = [
    ["The cat sat on the mat."],
    ["The dog's bowl", "a bowl of the dog"],
    ["It is 3.5 km, is it not?"],
    ["Nothing", "nobody", "none"],
    ["猫坐了"],
    ["one two three four five six"],
]
ALONE = [right[:1] for right in WANTED]
SIZES = (1, 2, 6)


def counted(metric, said, wanted, size):
    for start in range(0, len(said), size):
        metric.update(said[start : start + size], wanted[start : start + size])
    return metric.compute().item()


def streams(wanted):
    return [list(stream) for stream in itertools.zip_longest(*wanted)]


@pytest.mark.parametrize("wanted", [ALONE, WANTED], ids=["one", "several"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Bleu(Tokens()), BLEU()),
        (Bleu(Tokens(), lowercase=True), BLEU(lowercase=True)),
        (Bleu(Tokens(), tokenize="char", smooth="floor"), BLEU(tokenize="char", smooth_method="floor")),
        (Bleu(Tokens(), tokenize="zh", smooth="none"), BLEU(tokenize="zh", smooth_method="none")),
        (Bleu(Tokens(), tokenize="intl", smooth="add-k"), BLEU(tokenize="intl", smooth_method="add-k")),
        (Chrf(Tokens()), CHRF()),
        (Chrf(Tokens(), lowercase=True, words=2), CHRF(lowercase=True, word_order=2)),
        (Chrf(Tokens(), order=3, beta=1), CHRF(char_order=3, beta=1)),
    ],
    ids=["bleu", "lowercase", "char", "zh", "intl", "chrf", "chrf++", "order"],
)
def test_the_score_and_the_signature_are_sacrebleus_of_the_whole_corpus(ours, theirs, size, wanted):
    metric = ours.clone()
    assert counted(metric, SAID, wanted, size) == theirs.corpus_score(SAID, streams(wanted)).score
    assert metric.signature == str(theirs.get_signature())
    assert metric.scored == len(SAID)


@pytest.mark.parametrize("cut", ["basic_english", "whitespace"])
@pytest.mark.parametrize("size", SIZES)
def test_bleu_of_tokens_is_torchtexts(cut, size):
    said = [text for text in SAID if text]  # of which torchtext counts a token in an empty one
    wanted = [right for text, right in zip(SAID, WANTED, strict=True) if text]
    tokens = get_tokenizer("basic_english") if cut == "basic_english" else str.split
    theirs = bleu_score(
        [tokens(text.lower()) for text in said], [[tokens(other.lower()) for other in right] for right in wanted]
    )
    assert counted(TokenBleu(Tokens(), cut), said, wanted, size) == pytest.approx(100 * theirs, abs=1e-4)


def test_what_is_said_is_compared_with_the_text_of_the_data_and_not_with_what_the_vocabulary_has_of_it():
    field = Tokens("characters")
    field.fit(["abc d"])
    wanted = ["abc xyz"]  # of which the field knows four characters
    said = pad([field.encode(text) for text in wanted])
    scorer = Scorer({"chrf": Chrf(field), "accuracy": Accuracy()})
    scorer.update_metrics(said, said, [wanted])
    scores = scorer.compute_metrics()
    assert scores["accuracy"] == 1
    assert scores["chrf"] == pytest.approx(CHRF().corpus_score(["abc <unk><unk><unk>"], [wanted]).score)


def test_texts_of_a_floor_are_compared_as_they_are():
    field = Subwords()
    field.fit(["low low"])
    scorer = Scorer({"bleu": Bleu(field)})
    said = ["a b c d"]
    scorer.update_metrics(pad([field.encode(said[0])]), pad([field.encode("low")]), [said], said)
    assert scorer.compute_metrics()["bleu"] == pytest.approx(100)


@pytest.mark.parametrize(("said", "wanted"), [(SAID, WANTED[:-1]), (SAID, None), (SAID[:1], [[]])])
def test_a_text_without_its_counterpart_is_an_error(said, wanted):
    with pytest.raises(ValueError, match="wanted one for each"):
        Bleu(Tokens()).update(said, wanted)


def test_words_that_are_none_are_refused():
    for make in (
        lambda: Bleu(Tokens(), tokenize="14a"),
        lambda: Bleu(Tokens(), smooth="exp2"),
        lambda: TokenBleu(Tokens(), "spacy"),
        lambda: NearestErrorRate(Tokens(), "token"),
        lambda: Distinct(Tokens(), unit="token"),
    ):
        with pytest.raises(ValueError, match="wanted one of"):
            make()


def distance(one, other):
    """Levenshtein's recursion (Wagner & Fischer 1974)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("unit", "cut"), [("word", str.split), ("character", list)])
def test_the_nearest_right_answer_is_the_one_that_counts(unit, cut, size):
    nearest = [
        min((distance(cut(text), cut(other)), -len(cut(other))) for other in right)
        for text, right in zip(SAID, WANTED, strict=True)
    ]
    rate = sum(edits for edits, _ in nearest) / -sum(units for _, units in nearest)
    assert counted(NearestErrorRate(Tokens(), unit), SAID, WANTED, size) == rate


def test_a_sequence_is_right_if_it_is_any_of_the_right_answers():
    said = ["K AE T", "K AE", "T OW", " D  AO G "]
    wanted = [["K AE T"], ["K AE T", "K EY"], ["T AH", "T OW"], ["D AO G"]]
    for size in SIZES:
        assert counted(SequenceErrorRate(Tokens()), said, wanted, size) == 1 / 4


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_distinct_is_the_share_of_different_n_grams_whatever_the_batches(n, size):
    for unit, cut in (("word", str.split), ("character", list)):
        grams = [tuple(cut(text)[i : i + n]) for text in SAID for i in range(len(cut(text)) - n + 1)]
        metric = Distinct(Tokens(), n, unit)
        assert counted(metric, SAID, WANTED, size) == len(set(grams)) / len(grams)


def test_nothing_said_is_not_distinct():
    assert counted(Distinct(Tokens()), ["", "a"], [["b"], ["c"]], 1) == 0


def test_scores_begin_anew_after_a_reset():
    for metric in (Bleu(Tokens()), Chrf(Tokens()), NearestErrorRate(Tokens()), Distinct(Tokens())):
        first = counted(metric, SAID, WANTED, 6)
        metric.reset()
        assert counted(metric, SAID, WANTED, 2) == first
        assert metric.scored == len(SAID)


def test_ids_are_read_as_text_by_the_field():
    field = Tokens("words", lowercase=True)
    field.fit(["the cat, the mat."])
    said = pad([field.encode("The cat."), torch.tensor([], dtype=torch.int64)])
    assert Bleu(field).texts(said) == ["the cat.", ""]
