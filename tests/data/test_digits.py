"""Digits: the same scans in the same splits, however they are read."""

from collections import Counter
from itertools import chain

import pytest
import torch

from seqmodels.data import Digits, StratifiedSplit
from seqmodels.data.digits import read_scans


@pytest.fixture(scope="module")
def splits():
    return {by: Digits(by).read() for by in ("picture", "rows", "pixels")}


def test_every_scan_is_in_one_split_the_same_one_however_it_is_read(splits):
    origins = {by: [[e.origin for e in split] for split in found] for by, found in splits.items()}
    assert origins["picture"] == origins["rows"] == origins["pixels"]
    assert sorted(chain.from_iterable(origins["rows"])) == sorted(f"scan:{i}" for i in range(1797))


def test_every_digit_has_its_share_in_every_split(splits):
    counts = [Counter(e.targets for e in split) for split in splits["picture"]]
    whole = sum(counts, Counter())
    for digit, count in whole.items():
        assert [found[digit] for found in counts[1:]] == [int(0.1 * count + 0.5), int(0.2 * count + 0.5)]


def test_what_is_read_is_the_scan_in_the_same_order_of_pixels(splits):
    ink = read_scans().ink
    for example, rows, pixels in zip(*(splits[by].val for by in splits), strict=True):
        scan = ink[int(example.origin.removeprefix("scan:"))]
        assert [float(number) for number in example.inputs.split()] == scan.flatten().tolist()
        paper = (255 - scan * 255 / 16).round()
        assert torch.equal(rows.inputs.pixels[..., 0].double(), paper)
        assert torch.equal(pixels.inputs.pixels[:, 0, 0].double(), paper.flatten())


def test_another_seed_cuts_otherwise():
    one, other = (Digits(split=StratifiedSplit(seed=seed)).read().test for seed in (0, 1))
    assert {e.origin for e in one} != {e.origin for e in other}
    assert len(one) == len(other)
