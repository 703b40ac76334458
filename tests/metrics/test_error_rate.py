"""Error rates against the edit distance's recursion."""

import pytest
import torch

from seqmodels.metrics import ErrorRate, Scorer
from seqmodels.text import Tokens
from seqmodels.types import Padded, pad

TEXTS = [("the cat sat", "the cat sat"), ("a cat", "the cat"), ("on the mat today", "mat on the"), ("dog", "dog dog")]


def distance(one, other):
    """Levenshtein's recursion (Wagner & Fischer 1974)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


@pytest.fixture
def field():
    made = Tokens("whitespace")
    made.fit([text for pair in TEXTS for text in pair])
    return made


def encoded(field, texts):
    return pad([field.encode(text) for text in texts])


@pytest.mark.parametrize(("unit", "cut"), [("word", str.split), ("token", str.split), ("character", list)])
def test_the_rate_is_the_edit_distance_over_what_was_wanted_however_batches_are_cut(unit, cut, field):
    wanted, said = zip(*TEXTS, strict=True)
    edits = sum(distance(cut(w), cut(s)) for w, s in TEXTS)
    for size in (1, 3, 4):
        metric = ErrorRate(field, unit)
        for start in range(0, len(TEXTS), size):
            part = slice(start, start + size)
            metric.update(encoded(field, said[part]), encoded(field, wanted[part]))
        assert metric.compute().item() == edits / sum(len(cut(text)) for text in wanted)


def test_what_training_never_saw_is_one_character_or_word_and_never_said():
    field = Tokens("characters")
    field.fit(["abc"])
    for said, wanted, rate in (("ab", "abé", 1 / 3), ("abé", "abé", 1 / 3), ("é", "é", 1.0), ("abc", "abc", 0.0)):
        metric = ErrorRate(field, "character")
        metric.update(encoded(field, [said]), encoded(field, [wanted]))
        assert metric.compute() == pytest.approx(rate)
    words = Tokens("whitespace")
    words.fit(["the cat"])
    metric = ErrorRate(words, "word")
    metric.update(encoded(words, ["the dog"]), encoded(words, ["the dog"]))
    assert metric.compute() == 0.5
    metric = ErrorRate(words, "token")
    metric.update(encoded(words, ["the dog"]), encoded(words, ["the dog"]))
    assert metric.compute() == 0.5


def test_random_sequences_have_the_distance_of_the_recursion(field):
    for _ in range(30):
        lengths = torch.randint(0, 7, (2,)).tolist()
        said, wanted = (torch.randint(4, 8, (length,)) for length in lengths)
        metric = ErrorRate(field, "token")
        metric.update(pad([said]), pad([wanted]))
        assert metric.edits == distance(wanted.tolist(), said.tolist())
        assert metric.wanted == len(wanted)


def test_nothing_wanted_and_nothing_said_crash_nothing(field):
    nothing = Padded(torch.zeros(1, 0, dtype=torch.int64), torch.tensor([0]))
    some = encoded(field, ["the cat"])
    for unit in ("token", "word", "character"):
        metric = ErrorRate(field, unit)
        metric.update(nothing, nothing)
        assert metric.compute() == 0
        metric.update(some, nothing)  # all inserted
        metric.update(nothing, some)  # all deleted
        assert metric.edits == 2 * metric.wanted
        assert metric.compute() == 2


def test_padding_is_not_read(field, noisy):
    said, wanted = encoded(field, ["the cat", "a"]), encoded(field, ["the dog", "mat"])
    one, other = ErrorRate(field), ErrorRate(field)
    one.update(said, wanted)
    other.update(noisy(said, 5, 2), noisy(wanted, 6, 1))
    assert one.compute() == other.compute()


def test_a_scorer_copies_it_with_its_field(field):
    scorer = Scorer({"wer": ErrorRate(field)})
    scorer.update_metrics(encoded(field, ["the cat"]), encoded(field, ["the dog"]))
    assert scorer.compute_metrics()["wer"] == 0.5


def test_a_field_need_not_be_fitted_and_another_unit_is_refused():
    ErrorRate(Tokens())
    with pytest.raises(ValueError, match="unit='phone' found, wanted one of: token, word, character"):
        ErrorRate(Tokens(), "phone")
