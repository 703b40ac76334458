"""Tokens to ids and back."""

import json
import random
from collections import Counter

import pytest
from torchtext.vocab import Vocab as TorchtextVocab

from seqmodels.errors import InputError
from seqmodels.text import Tokens, Vocab
from seqmodels.text.vocab import SPECIALS
from seqmodels.types import BOS, EOS, PAD, UNK

TEXTS = [["b", "a", "b", "c"], ["é", "a", "Z"], ["b"]]  # b three times, a twice, the others once


def random_texts(seed: int) -> list[list[str]]:
    draw = random.Random(seed)
    return [[chr(97 + min(draw.randrange(26), draw.randrange(26))) for _ in range(9)] for _ in range(20)]


def test_the_special_symbols_have_the_ids_that_decoders_know() -> None:
    vocab = Vocab.of_texts(TEXTS)
    assert [vocab.tokens[i] for i in (PAD, UNK, BOS, EOS)] == ["<pad>", "<unk>", "<bos>", "<eos>"]
    assert tuple(vocab.tokens[:4]) == SPECIALS


def test_tokens_stand_by_falling_frequency_then_by_alphabet() -> None:
    assert Vocab.of_texts(TEXTS).tokens[4:] == ["b", "a", "Z", "c", "é"]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("min_freq", "max_size"), [(1, None), (3, None), (1, 5), (3, 5), (99, None)])
def test_the_order_is_torchtexts(seed: int, min_freq: int, max_size: int | None) -> None:
    texts = random_texts(seed)
    counts = Counter(token for text in texts for token in text)
    theirs = TorchtextVocab(counts, max_size=max_size, min_freq=min_freq, specials=list(SPECIALS))
    ours = Vocab.of_texts(texts, min_freq, max_size)
    assert ours.tokens == theirs.itos
    assert ours.ids == dict(theirs.stoi)


def test_the_order_does_not_depend_on_the_order_of_the_texts() -> None:
    texts = random_texts(0)
    assert Vocab.of_texts(texts).tokens == Vocab.of_texts(reversed(texts)).tokens


@pytest.mark.parametrize(("min_freq", "kept"), [(1, ["b", "a", "Z", "c", "é"]), (2, ["b", "a"]), (3, ["b"]), (4, [])])
def test_tokens_seen_less_often_than_min_freq_are_left_out(min_freq: int, kept: list[str]) -> None:
    assert Vocab.of_texts(TEXTS, min_freq=min_freq).tokens[4:] == kept


@pytest.mark.parametrize(("max_size", "kept"), [(1, ["b"]), (3, ["b", "a", "Z"]), (9, ["b", "a", "Z", "c", "é"])])
def test_max_size_counts_the_special_symbols_not(max_size: int, kept: list[str]) -> None:
    assert Vocab.of_texts(TEXTS, max_size=max_size).tokens[4:] == kept


def test_a_special_symbol_in_a_text_is_not_taken_twice() -> None:
    assert Vocab.of_texts([["<unk>", "a", "<pad>"]]).tokens == [*SPECIALS, "a"]


def test_labels_stand_once_by_alphabet_without_special_symbols() -> None:
    assert Vocab.of_labels(["fr", "de", "fr", "_"]).tokens == ["_", "de", "fr"]


def test_an_id_is_the_place_in_the_list() -> None:
    vocab = Vocab.of_texts(TEXTS)
    assert len(vocab) == 9
    texts = vocab.tokens[4:]
    assert vocab.encode(texts) == list(range(4, 9))


def test_a_text_that_looks_like_a_special_symbol_is_unknown() -> None:
    assert Vocab.of_texts(TEXTS).encode(["<pad>", "<unk>", "<bos>", "<eos>"]) == [UNK] * 4


def test_decoding_turns_encoding_back_and_unknown_tokens_are_unk() -> None:
    vocab = Vocab.of_texts(TEXTS)
    assert vocab.decode(vocab.encode(["b", "é", "B", ""])) == ["b", "é", "<unk>", "<unk>"]
    assert vocab.encode([]) == vocab.decode([]) == []


def test_a_token_that_stands_twice_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="'b' stands in it twice"):
        Vocab(["a", "b", "c", "b"])


@pytest.mark.parametrize("wrong", [None, 3, b"a", ["a"]])
def test_a_token_that_is_no_string_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="wanted strings only") as caught:
        Vocab(["a", wrong])  # type: ignore[list-item]
    assert repr(wrong) in str(caught.value)


def test_tokens_survive_a_json_file_and_load_learnt() -> None:
    field = Tokens("characters")
    field.fit(["4 марта 2026\u202fг.", '"\\\n', "年\U0001f600", "a\u0301"])
    again = Tokens("characters")
    again.load_learnt(json.loads(json.dumps(field.learnt())))
    assert again.vocab.tokens == field.vocab.tokens
    assert again.encode("年 г.?").tolist() == field.encode("年 г.?").tolist()


def test_changing_the_list_afterwards_changes_no_vocabulary() -> None:
    tokens = ["a", "b"]
    vocab = Vocab(tokens)
    tokens.append("c")
    assert vocab.tokens == ["a", "b"]
