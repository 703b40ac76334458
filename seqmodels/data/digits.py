"""Handwritten digits as numbers or as sequences, from what scikit-learn carries."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import Part
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.data.split import Split
from seqmodels.data.stratified_split import StratifiedSplit
from seqmodels.images import Picture
from seqmodels.text.fields import Item
from seqmodels.types import check_choice

WHITE, STEPS = 255, 16  # the scans count ink from 0 to 16
CUT: tuple[Part, ...] = ("val", "test")
By = Literal["picture", "rows", "pixels"]


class Scans(NamedTuple):
    """The 1,797 scans of Alpaydin & Kaynak 1998 that scikit-learn carries.

    Args:
        ink: (N, 8, 8) float64, whole numbers from 0 to 16.
        digits: which each of them is.
    """

    ink: Tensor
    digits: list[int]


class Digits(Reader):
    """1,797 handwritten digits of 8 × 8 pixels (Alpaydin & Kaynak 1998), and which each of them is.

    All are different, and the same ones are in a split however they are read. The scans do not say who wrote them, so
    the same hand is in all splits.

    Args:
        by: ``picture``, a text of 64 numbers, ink from 0 to 16, row by row; ``rows``, a picture, of which each row can
            be a step; ``pixels``, a picture of a single column, of which each pixel can be one.
        split: how to cut; a tenth of every digit to validate and a fifth to test if not given.

    Raises:
        ValueError: another way to read.

    Example:
        >>> from seqmodels.data import Digits
        >>> one, other = (Digits(by).read().test[0] for by in ("picture", "rows"))
        >>> one.targets == other.targets, len(one.inputs.split()), str(other.inputs)
        (True, 64, 'a picture of 8 × 8 pixels')
    """

    def __init__(self, by: By = "picture", split: Split | None = None):
        check_choice("by", by, By)
        self.by: By = by
        self.split = split or StratifiedSplit()

    def read(self, faults: Faults | None = None) -> Splits:
        scans = read_scans()
        texts = [" ".join(str(int(ink)) for ink in scan.flatten()) for scan in scans.ink]
        labels = [str(digit) for digit in scans.digits]
        examples = [Example(texts[i], labels[i], f"scan:{i}") for i in range(len(texts))]
        parts = self.split.deal(examples, labels, CUT, faults or Faults())
        inputs: list[Item] = list(texts)
        if self.by != "picture":
            pictures = (picture_of(scan) for scan in scans.ink)
            inputs = [p if self.by == "rows" else Picture(p.pixels.reshape(-1, 1, 1)) for p in pictures]
        dealt: dict[Part | None, list[Example]] = {"train": [], "val": [], "test": [], None: []}
        for example, item, part in zip(examples, inputs, parts, strict=True):
            dealt[part].append(example._replace(inputs=item))
        return Splits(dealt["train"], dealt["val"], dealt["test"])


def read_scans() -> Scans:
    """All scans in scikit-learn's order."""
    from sklearn.datasets import load_digits  # a second to import, for this alone

    scans, digits = load_digits(return_X_y=True)
    return Scans(torch.from_numpy(scans).view(-1, 8, 8), [int(digit) for digit in digits])


def picture_of(ink: Tensor) -> Picture:
    """A scan (H, W) as dark ink on white paper.

    Example:
        >>> picture_of(torch.tensor([[0.0, 16.0]])).pixels.flatten().tolist()
        [255, 0]
    """
    return Picture((WHITE - ink * WHITE / STEPS).round().to(torch.uint8)[..., None])
