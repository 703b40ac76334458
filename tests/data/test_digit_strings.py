"""Strings joined from single digits, here tones that tell speaker, digit and recording."""

import pytest
import torch

from seqmodels.audio import Recording, read_wave, write_wave
from seqmodels.data import Checkout, DigitStrings
from seqmodels.data.digit_strings import PAUSE
from seqmodels.data.reader import fingerprint
from seqmodels.errors import InputError

SPEAKERS = {"train": ["ada", "bob"], "val": ["cem"], "test": ["dee"]}
STRINGS = {"train": 30, "val": 8, "test": 8}
LENGTH = 400


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("fsdd")
    (path / "recordings").mkdir()
    for s, speaker in enumerate(["ada", "bob", "cem", "dee"]):
        for digit in range(10):
            for index in range(2, 12, 3):  # 2 for test, 5 and 8 for val, 11 for train
                tone = torch.sin(torch.arange(LENGTH) * (0.1 + 0.1 * s + 0.01 * digit + 0.003 * index)) / 2
                write_wave(path / "recordings" / f"{digit}_{speaker}_{index}.wav", Recording(tone, 8000))
    return path


def strings(folder, **settings):
    return DigitStrings(str(folder), **{"speakers": SPEAKERS, "strings": STRINGS} | settings).read()


def similarity(one, other):
    return float(torch.nn.functional.cosine_similarity(one, other, dim=0))


def heard(example, folder, speakers, count, indices=frozenset({2, 5, 8, 11})):
    """The digits of a string, by the recording that each stretch of it is most like."""
    sound = example.inputs.waveform

    def wanted(file):
        _, speaker, index = file.stem.split("_")
        return speaker in speakers and int(index) in indices

    files = [file for file in (folder / "recordings").iterdir() if wanted(file)]
    found, at = [], 0
    known = [(file.stem[0], read_wave(file).waveform) for file in sorted(files)]
    while len(found) < count:
        scored = []
        for digit, tone in known:
            stretches = sound[at : at + 4000].unfold(0, LENGTH, 1)
            likes = torch.nn.functional.cosine_similarity(stretches, tone[None], dim=1)
            begins = int((likes > 0.98).nonzero()[0]) if (likes > 0.98).any() else 10**6
            scored.append(
                (begins // 50, -float(likes[begins : begins + 50].max()) if begins < 10**6 else 0.0, digit, begins)
            )
        _, _, digit, begins = min(scored)
        found.append(digit)
        at += begins + LENGTH
    return found


def test_what_a_string_says_is_what_is_heard_in_it(folder):
    for example in strings(folder, longest=3).test[:1]:
        wanted = example.targets.split()
        assert heard(example, folder, {"dee"}, len(wanted)) == wanted


def test_reading_twice_gives_the_same_and_a_split_does_not_depend_on_others(folder):
    first, again = strings(folder), strings(folder, strings={**STRINGS, "train": 3}, speeds=[90, 110])
    assert fingerprint(first.train) == fingerprint(strings(folder).train)
    assert fingerprint(first.val) == fingerprint(again.val)
    assert fingerprint(first.test) == fingerprint(again.test)
    assert [len(split) for split in first] == [30, 8, 8]


def test_lengths_pauses_and_speeds_are_as_they_were_asked_for(folder):
    for speed in (50, 100, 200):
        for example in strings(folder, speeds=[speed]).train:
            digits = len(example.targets.split())
            assert 3 <= digits <= 7
            spoken = digits * LENGTH * 100 / speed / 8000
            pauses = example.inputs.seconds - spoken
            assert PAUSE[0] * (digits + 1) - 0.01 <= pauses <= PAUSE[1] * (digits + 1) + 0.01


def test_ends_of_training_recordings_alone_are_cut_off(folder, tmp_path):
    for file in (folder / "recordings").iterdir():
        tone = read_wave(file).waveform
        quiet = torch.cat([tone[:80] * 0.03, tone, tone[:160] * 0.003])  # 30 and 50 decibels below
        write_wave(tmp_path / file.name, Recording(quiet, 8000))
    for trims, kept in (([], 640), ([60.0], 640), ([40.0], 480), ([20.0], 400)):
        for split, samples in zip(strings(tmp_path, trims=trims), (kept, 640, 640), strict=True):
            for example in split:
                digits = len(example.targets.split())
                pauses = example.inputs.seconds - digits * samples / 8000
                assert PAUSE[0] * (digits + 1) - 0.01 <= pauses <= PAUSE[1] * (digits + 1) + 0.01


def test_speakers_are_in_one_split_each(folder):
    for split, names in zip(strings(folder), SPEAKERS.values(), strict=True):
        assert {example.origin.split()[-1] for example in split} == set(names)
    with pytest.raises(InputError, match="'ada' stands twice, wanted every speaker in one split"):
        strings(folder, speakers={**SPEAKERS, "test": ["ada"]})


def test_without_speakers_the_recordings_are_shared_out(folder):
    for split, tones in zip(strings(folder, speakers=None, longest=3), ({11}, {5, 8}, {2}), strict=True):
        example = split[0]
        speaker = example.origin.split()[-1]
        digits = example.targets.split()
        assert heard(example, folder, {speaker}, len(digits), tones) == digits
        assert len({e.origin.split()[-1] for e in split}) > 2


def test_speakers_that_no_split_names_share_out_their_recordings_among_the_others(folder):
    splits = strings(folder, speakers={"test": ["dee"]}, longest=3)
    train, val = ({e.origin.split()[-1] for e in split} for split in splits[:2])
    assert train | val == {"ada", "bob", "cem"}
    assert {e.origin.split()[-1] for e in splits.test} == {"dee"}
    for split, tones in zip(splits, ({11}, {2, 5, 8}, {2, 5, 8, 11}), strict=True):
        example = split[0]
        digits = example.targets.split()
        assert heard(example, folder, {example.origin.split()[-1]}, len(digits), tones) == digits


def test_a_split_that_nobody_is_left_for_is_told(folder):
    with pytest.raises(InputError, match=r"no speaker left for train; there are ada, bob, cem, dee"):
        strings(folder, speakers={"val": ["ada", "bob"], "test": ["cem", "dee"]})
    with pytest.raises(InputError) as caught:
        strings(folder, speakers={"train": ["ada"], "test": ["bob"]})
    assert caught.value.faults == ["data.speakers: no val found"]


def test_what_is_missing_is_told(folder, tmp_path):
    with pytest.raises(InputError, match=r"no file such as 7_jackson_32\.wav found"):
        strings(tmp_path)
    with pytest.raises(InputError, match=r"no test recording of 0 by 'eve' found; speakers there: ada, bob, cem, dee"):
        strings(folder, speakers={**SPEAKERS, "test": ["eve"]})
    with pytest.raises(InputError) as caught:
        strings(folder, speakers={"train": ["ada"], "val": [], "test": ["bob"]}, shortest=5, longest=4, speeds=[])
    assert len(caught.value.faults) == 3


def test_a_checkout_is_held_against_its_hash(folder, monkeypatch):
    monkeypatch.setenv("SEQMODELS_DATA", str(folder.parent))
    settings = {"url": "https://example.org/a", "commit": "c0ffee", "folder": folder.name, "files": "recordings/*.wav"}
    with pytest.raises(InputError, match=r"160 files found, with sha256 (\w+)") as caught:
        Checkout(**settings, sha256="0" * 64).fetch()
    found = str(caught.value).split("sha256 ")[1].split()[0]
    assert Checkout(**settings, sha256=found).fetch() == folder
    splits = DigitStrings(Checkout(**settings, sha256=found), SPEAKERS, STRINGS).read()
    assert fingerprint(splits.test) == fingerprint(strings(folder).test)
    with pytest.raises(InputError, match=r"git clone https://example\.org/a .* checkout c0ffee"):
        Checkout(**{**settings, "folder": "elsewhere"}, sha256=found).fetch()
    for wrong in ({"folder": "../a"}, {"files": "/etc/*"}, {"sha256": "12"}):
        with pytest.raises(InputError, match="wanted"):
            Checkout(**{**settings, "sha256": found} | wrong)
