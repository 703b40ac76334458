"""Splits of examples that come as a whole, or with fewer files than there are splits."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import Part
from seqmodels.data.reader import Example, Splits, as_json, read_splits


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
    found = splits._replace(train=dealt["train"], **{str(name): dealt[name] for name in cut})
    _tell_copies(found, cut, str(local(files[0] or "")), faults)
    return found


def _tell_copies(splits: Splits, cut: Sequence[Part], source: str, faults: Faults) -> None:
    """Count what is learnt from and stands in a file of its own for validation or test besides: nothing is left out."""
    own = [name for name in ("val", "test") if name not in cut]
    judged = {_said(example) for name in own for example in getattr(splits, name)}
    for example in splits.train if judged else ():
        if _said(example) in judged:
            faults.change(source, "example", f"to learn from, with the input of one in data.{' or data.'.join(own)}")


def _said(example: Example) -> str:
    return repr(as_json(example.inputs))


def to_cut(files: Sequence[str | Fetchable | None]) -> tuple[Part, ...]:
    """The splits that have no file of their own."""
    names: tuple[Part, ...] = ("train", "val", "test")
    return tuple(name for name, file in zip(names, files, strict=True) if file is None)
