"""Splits of examples that come as a whole, or with fewer files than there are splits."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import Part
from seqmodels.data.reader import Example, Splits, read_splits


class Split(ABC):
    """Says which of the examples of one file are learnt from, chosen by, and judged with."""

    @abstractmethod
    def deal(
        self, examples: Sequence[Example], strata: Sequence[str], cut: Sequence[Part], faults: Faults
    ) -> list[Part | None]:
        """Of each example its split; None of one that is in none.

        Args:
            examples: in the order in which they stand.
            strata: of each, what every split is to have its share of, such as the label.
            cut: the splits that are to be cut off, ``val``, ``test`` or both; the rest is ``train``.
            faults: told of examples that are in no split.

        Raises:
            InputError: a split would be empty.
        """


def read_or_cut(
    files: Sequence[str | Fetchable | None],
    read: Callable[[Sequence[Path], Faults], list[Example]],
    split: Split,
    stratum: Callable[[Example], str],
    faults: Faults | None = None,
) -> Splits:
    """Each split from its file; those that have none are cut off the first.

    Args:
        files: for train, val and test; None where there is none, never for the first.
        read: makes examples of a file.
        split: how to cut.
        stratum: of an example, what every split is to have its share of.
        faults: as ``Reader.read`` was given it.

    Raises:
        InputError: as ``Reader.read``; a split would be empty.
    """
    faults = faults or Faults()
    cut = to_cut(files)
    splits = read_splits([[file or files[0] or ""] for file in files], read, faults)
    if not cut:
        return splits
    parts = split.deal(splits.train, [stratum(example) for example in splits.train], cut, faults)
    faults.check()
    dealt: dict[Part | None, list[Example]] = {"train": [], **{name: [] for name in cut}, None: []}
    for example, part in zip(splits.train, parts, strict=True):
        dealt[part].append(example)
    return splits._replace(train=dealt["train"], **{str(name): dealt[name] for name in cut})


def to_cut(files: Sequence[str | Fetchable | None]) -> tuple[Part, ...]:
    """The splits that have no file of their own."""
    names: tuple[Part, ...] = ("train", "val", "test")
    return tuple(name for name, file in zip(names, files, strict=True) if file is None)
