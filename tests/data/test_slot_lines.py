"""Requests with slots and an intent."""

import pytest

from seqmodels.data import Faults, SlotLines
from seqmodels.errors import InputError

GOOD = "play:O Help:B-track <=> PlayMusic\nat:O 12:30:B-time :O <=> BookRestaurant\n"


@pytest.fixture
def read(tmp_path):
    def made(text, faults=None, scheme=None):
        file = tmp_path / "requests"
        file.write_text(text, encoding="utf-8")
        return SlotLines(str(file), str(file), str(file), scheme).read(faults).train

    return made


def test_a_line_is_words_tags_and_an_intent(read):
    first, second = read(GOOD)
    assert first.inputs == ["play", "Help"]
    assert first.targets == {"slots": ["O", "B-track"], "intent": "PlayMusic"}
    assert first.origin == "requests:1"
    # A colon within a word belongs to it, and a word may be empty, as in the published files.
    assert second.inputs == ["at", "12:30", ""]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("play:O Help:B-track", "wanted words with their tags, an arrow and the intent"),
        ("play:O Help <=> PlayMusic", "'Help' found without a tag"),
        ("play:O Help: <=> PlayMusic", "'Help:' found without a tag"),
        ("play:O  Help:O <=> PlayMusic", "'' found without a tag"),
        (" <=> PlayMusic", "wanted words"),
        ("play:O <=>  ", "wanted words"),
        ("", "'' found"),
    ],
)
def test_a_faulty_line_is_told_or_left_out(line, words, read):
    with pytest.raises(InputError) as caught:
        read(GOOD + line + "\n")
    assert "requests:3: " in caught.value.faults[0]
    assert words in caught.value.faults[0]
    faults = Faults("skip")
    assert len(read(GOOD + line + "\n", faults)) == 2
    assert faults.lost == 1


def test_tags_are_held_against_a_scheme(read):
    line = "the:O Beatles:I-artist now:I-time <=> PlayMusic\n"
    assert len(read(line)) == 1
    assert len(read(GOOD, scheme="bio")) == 2
    told = "requests:1: I-artist found behind O, wanted .*; I-time found behind I-artist, wanted "
    with pytest.raises(InputError, match=told):
        read(line, scheme="bio")


def test_an_empty_file_is_refused(read):
    with pytest.raises(InputError, match="no line found"):
        read("")


def test_snips_has_as_many_requests_as_published(data_config):
    from seqmodels.data import Remote

    config = data_config("snips")
    files = [Remote(*(config[split][key] for key in ("url", "sha256", "folder"))) for split in ("train", "val", "test")]
    for file in files:
        if not file.path.is_file():
            pytest.skip(f"{file.path} is not there: set SEQMODELS_DATA to a folder that holds {file.folder}")
    splits = SlotLines(*files, config["scheme"]).read()
    assert [len(examples) for examples in splits] == [13_084, 700, 700]
    assert sum(word == "" for examples in splits for example in examples for word in example.inputs) == 12
    assert len({example.targets["intent"] for example in splits.train}) == 7
