"""Byte-pair encoding: what comes back, what is counted as unknown, and what damaged files are told."""

from collections import Counter
from itertools import pairwise

import pytest

from seqmodels.errors import InputError
from seqmodels.text import Subwords
from seqmodels.types import EOS, UNK

TEXTS = [
    "The quick brown fox jumps over the lazy dog.",
    "the  lazy dog\n\nsleeps: it is 12 o'clock",
    "Straße, 東京 🦊",
    " the dog ",
]


def fitted(**settings):
    field = Subwords(**{"vocab_size": 150, **settings})
    field.fit(TEXTS * 3)
    return field


@pytest.fixture(scope="module")
def field():
    return fitted()


def bpe_by_hand(texts, joins):
    """The most frequent pair is joined, again and again: byte pairs of one word, ties to none."""
    words = Counter(tuple(word) for text in texts for word in text.split("|"))
    merges = []
    for _ in range(joins):
        pairs = Counter()
        for word, count in words.items():
            for pair in pairwise(word):
                pairs[pair] += count
        (best, count), *others = pairs.most_common()
        assert all(other < count for _, other in others), "the case must have no ties"
        merges.append(" ".join(best))
        words = Counter({joined(word, best): count for word, count in words.items()})
    return merges


def joined(word, pair):
    result, i = [], 0
    while i < len(word):
        if word[i : i + 2] == pair:
            result.append("".join(pair))
            i += 2
        else:
            result.append(word[i])
            i += 1
    return tuple(result)


def test_merges_are_those_of_the_most_frequent_pairs():
    words = ["abcd"] * 9 + ["bcd"] * 8 + ["cd"] * 4 + ["ax"] * 3
    field = Subwords(vocab_size=4 + len("abcdx") + 3)
    field.fit(words)
    assert field.learnt()["merges"] == bpe_by_hand(words, 3) == ["c d", "b cd", "a bcd"]


@pytest.mark.parametrize("text", [*TEXTS, "", " ", "\n\n", "dog" * 50, "東ß東🦊", "o'clock  \n the"])
def test_a_text_of_known_letters_comes_back_as_it_was(field, text):
    ids = field.encode(text)
    assert UNK not in ids.tolist()
    assert field.decode(ids.tolist()) == text
    assert "".join(field.split(text)) == text or any(ord(letter) > 127 for letter in text)


def test_frequent_words_are_one_piece_and_all_ids_are_used(field):
    assert field.split(" the dog") == [" the", " dog"]
    assert int(field.size) == len(field.vocab) <= 150
    assert field.size.names == tuple(field.vocab.tokens)


def test_unknown_bytes_are_unk_each_and_nothing_is_lost(field):
    assert field.encode("Q").tolist() == [UNK]
    assert field.encode("dĀ").tolist()[1:] == [UNK] * len("Ā".encode())
    assert field.decode(field.encode("the Q dog").tolist()) == "the <unk> dog"


@pytest.mark.parametrize("symbol", ["<pad>", "<unk>", "<bos>", "<eos>"])
def test_the_letters_of_a_special_symbol_are_letters(symbol):
    field = Subwords(vocab_size=400)
    field.fit([f"a{symbol}b {symbol} {symbol}{symbol}"] * 5)
    ids = field.encode(f"{symbol}a {symbol}").tolist()
    assert min(ids) > EOS
    assert field.decode(ids) == f"{symbol}a {symbol}"


def test_special_symbols_come_first_and_then_pieces_by_falling_frequency(field):
    assert field.vocab.tokens[:4] == ["<pad>", "<unk>", "<bos>", "<eos>"]
    counts = Counter(i for text in TEXTS for i in field.encode(text).tolist())
    order = [counts[i] for i in range(4, field.size)]
    assert order == sorted(order, reverse=True)


def test_lowercase_makes_a_capital_the_same_piece():
    field = fitted(lowercase=True)
    assert field.encode("THE Dog").tolist() == field.encode("the dog").tolist()
    assert field.decode(field.encode("THE Dog").tolist()) == "the dog"
    assert fitted().encode("The").tolist() != fitted().encode("the").tolist()


def test_a_list_is_its_words_with_blanks_between(field):
    assert field.encode(["the", "dog"]).tolist() == field.encode("the dog").tolist()


def test_what_was_learnt_is_plain_and_the_same_every_time_and_rebuilds_the_field(field):
    learnt = field.learnt()
    assert learnt == fitted().learnt()
    assert all(type(entry) is str for entries in learnt.values() for entry in entries)
    other = Subwords()
    other.load_learnt(learnt)
    assert other.fitted
    assert other.learnt() == learnt
    for text in [*TEXTS, "never seen: Q"]:
        assert other.encode(text).tolist() == field.encode(text).tolist()
        assert other.split(text) == field.split(text)


def test_a_field_that_was_not_fitted_says_so():
    assert not Subwords().fitted
    for ask in (lambda f: f.size, lambda f: f.encode("a"), lambda f: f.decode([0]), lambda f: f.split("a")):
        with pytest.raises(ValueError, match="Subwords was not fitted"):
            ask(Subwords())


def test_too_few_ids_for_the_bytes_are_told():
    with pytest.raises(InputError, match="vocab_size=6 found, wanted at least 7"):
        Subwords(vocab_size=6).fit(["abc"])


@pytest.mark.parametrize("act", ["fit", "encode"])
def test_a_text_that_is_no_unicode_is_told(act):
    field = fitted()
    with pytest.raises(InputError, match="wanted text that can be written as UTF-8"):
        field.fit(["a\ud800"]) if act == "fit" else field.encode("a\ud800")


SPECIALS = ["<pad>", "<unk>", "<bos>", "<eos>"]


@pytest.mark.parametrize(
    ("learnt", "fault"),
    [
        ({}, "vocabulary 'tokens': NoneType found"),
        ({"tokens": SPECIALS}, "merges: NoneType found"),
        ({"tokens": '{"model": 1}', "merges": []}, "str found, wanted a list"),
        ({"tokens": ['{"version": "1.0"'], "merges": []}, "it begins with"),
        ({"tokens": ["a"], "merges": []}, "it begins with"),
        ({"tokens": [*SPECIALS, "a", "a"], "merges": []}, "'a' stands in it twice"),
        ({"tokens": [*SPECIALS, 7], "merges": []}, "7 found, wanted strings only"),
        ({"tokens": [*SPECIALS, ""], "merges": []}, "'' found, wanted bytes"),
        ({"tokens": [*SPECIALS, "a b"], "merges": []}, "'a b' found, wanted bytes"),
        ({"tokens": [*SPECIALS, "\ud800"], "merges": []}, "found, wanted bytes"),
        ({"tokens": [*SPECIALS, "a", "b"], "merges": ["a b"]}, "'a b' found, wanted two pieces"),
        ({"tokens": [*SPECIALS, "a", "ab"], "merges": ["a b"]}, "'a b' found, wanted two pieces"),
        ({"tokens": [*SPECIALS, "a", "aa"], "merges": ["a"]}, "'a' found, wanted two pieces"),
        ({"tokens": [*SPECIALS, "a", "aa"], "merges": ["a  a"]}, "wanted two pieces"),
        ({"tokens": [*SPECIALS, "a", "aa"], "merges": [" aa"]}, "wanted two pieces"),
        ({"tokens": [*SPECIALS, "<", "eos>"], "merges": ["< eos>"]}, "wanted two pieces"),
        ({"tokens": [*SPECIALS, "a", "aa"], "merges": [["a", "a"]]}, "wanted two pieces"),
        ({"tokens": [*SPECIALS, "a", "aa"], "merges": [b"a a"]}, "wanted two pieces"),
    ],
)
def test_damaged_files_are_told(learnt, fault):
    with pytest.raises(InputError, match=fault):
        Subwords().load_learnt(learnt)
