"""DigitNames: scans with their names in some languages."""

import pytest

from seqmodels.data import DigitNames
from seqmodels.errors import InputError


@pytest.fixture(scope="module")
def splits():
    return DigitNames(["en", "ar"]).read()


def test_every_scan_is_there_once_for_each_language_and_in_one_split(splits):
    assert [len(split) for split in splits] == [2 * 1197, 2 * 200, 2 * 400]
    scans = [{e.origin.split()[1] for e in split} for split in splits]
    assert [len(scan) for scan in scans] == [1197, 200, 400]
    assert len(set.union(*scans)) == 1797


def test_names_are_those_of_the_digit(splits):
    english = {e.origin.split()[1]: e.targets for e in splits.test if e.inputs["language"] == "en"}
    arabic = {e.origin.split()[1]: e.targets for e in splits.test if e.inputs["language"] == "ar"}
    pairs = {(english[scan], arabic[scan]) for scan in english}
    assert len(pairs) == 10
    assert ("three", "ثلاثة") in pairs


def test_ink_is_dark(splits):
    pixels = splits.train[0].inputs["picture"].pixels
    assert pixels.shape == (8, 8, 1)
    assert (int(pixels.min()), int(pixels.max())) == (0, 255)


def test_what_cannot_be_is_told():
    for settings, told in (
        ({"languages": []}, "empty"),
        ({"languages": ["xx"]}, "'xx' is not a language"),
        ({"languages": ["en"], "val": 1000, "test": 1000}, "wanted fewer than the 1797"),
    ):
        with pytest.raises(InputError, match=told):
            DigitNames(**settings).read()
