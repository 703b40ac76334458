"""Folders of pictures, and tables that say what is seen in them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

from seqmodels.data.captions import Captioned, read_captions
from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_splits
from seqmodels.errors import InputError
from seqmodels.images import Picture, read_picture
from seqmodels.images.picture import resized
from seqmodels.types import Positive

SPLIT_SEED = 0  # which pictures are in which split is part of the data set, not of a run
SHARES = {"val": 0.1, "test": 0.1}

SplitName = Literal["train", "val", "test"]
SPLITS: tuple[SplitName, ...] = ("train", "val", "test")
File = str | Fetchable


class CaptionedPictures(Reader):
    """Pictures with their captions, by a CSV or JSON table for each split, or one for all of them.

    Of a single table, a hash of a picture's name decides which split it is in: the same in every run, and whatever
    other pictures there are. A picture may have several captions; they are examples of one split, each of them one to
    learn from, and in ``val`` and ``test`` a single one of which all captions count as right.

    Args:
        captions: the table, or one for each of ``train``, ``val`` and ``test`` (``seqmodels.data.captions`` says how
            they look).
        folder: where the pictures lie; that of the table if not given.
        file, caption: columns of the table.
        suffix: put behind every file's name, such as ``.png``.
        same: a pattern; pictures whose names are equal but for what it matches are in one split, since they look alike.
        shares: of a single table, the shares of ``val`` and ``test``.
        max_side: pixels; pictures with a longer side are kept smaller, in their proportions, and counted (all are in
            memory at once). None keeps every one as it is.

    Raises:
        InputError: the pattern is none, a split is missing, or the shares are none.

    Example:
        >>> from seqmodels.data import CaptionedPictures
        >>> CaptionedPictures("captions.csv").read().train[0].targets  # doctest: +SKIP
        'a dog on a beach'
    """

    def __init__(
        self,
        captions: File | Mapping[SplitName, File],
        folder: File | None = None,
        file: str = "file",
        caption: str = "caption",
        suffix: str = "",
        same: str = "",
        shares: Mapping[Literal["val", "test"], float] | None = None,
        max_side: Positive | None = None,
    ):
        self.captions: File | dict[SplitName, File] = dict(captions) if isinstance(captions, Mapping) else captions
        self.folder = folder
        self.columns = (file, caption)
        self.suffix = suffix
        self.max_side = max_side
        self.shares = SHARES | {str(name): share for name, share in (shares or {}).items()}
        if isinstance(self.captions, dict) and set(self.captions) != set(Splits._fields):
            raise InputError(f"data.captions: {', '.join(self.captions)} found, wanted a table or train, val and test")
        if set(self.shares) != set(SHARES) or min(self.shares.values()) < 0 or sum(self.shares.values()) >= 1:
            raise InputError(f"data.shares={self.shares} found, wanted val and test, together less than 1")
        try:
            self.same = re.compile(same) if same else None
        except re.error as error:
            raise InputError(f"data.same={same!r} found, which is no pattern: {error}") from error

    def read(self, faults: Faults | None = None) -> Splits:
        kept: dict[Path, Picture] = {}  # every file is read once
        names: list[str] = []  # of the examples

        def examples(paths: Sequence[Path], faults: Faults) -> list[Example]:
            return self._read(paths[0], kept, names, faults)

        if isinstance(self.captions, dict):
            return _together(read_splits([[self.captions[name]] for name in SPLITS], examples, faults))
        found = read_splits([[self.captions]] * len(SPLITS), examples, faults).train
        dealt: dict[str, list[Example]] = {name: [] for name in SPLITS}
        for example, name in zip(found, names, strict=True):
            dealt[self._split(name)].append(example)
        return _together(Splits(**dealt))

    def _read(self, table: Path, kept: dict[Path, Picture], names: list[str], faults: Faults) -> list[Example]:
        folder = self._folder(table)
        examples = []
        for row in read_captions(table, *self.columns, faults):
            try:
                picture = self._picture(folder, row, kept, faults)
            except InputError as error:
                faults.skip(table, "picture", [f"{table.parent / row.origin}: {fault}" for fault in error.faults])
                continue
            names.append(row.file)
            examples.append(Example(picture, row.caption, row.origin))
        return examples

    def _folder(self, table: Path) -> Path:
        if self.folder is None:
            return table.parent
        return self.folder.fetch() if isinstance(self.folder, Fetchable) else Path(self.folder).expanduser()

    def _picture(self, folder: Path, row: Captioned, kept: dict[Path, Picture], faults: Faults) -> Picture:
        name = row.file + self.suffix
        parts = PurePosixPath(name).parts
        if ".." in parts or Path(name).is_absolute() or "\0" in name or "\\" in name:
            raise InputError(f"{name[:60]!r} leads out of the folder of the pictures, wanted a file in it")
        if (path := folder / name) not in kept:  # tables with folders of their own may use the same names
            kept[path] = self._smaller(read_picture(path), folder, faults)
        return kept[path]

    def _smaller(self, picture: Picture, folder: Path, faults: Faults) -> Picture:
        height, width, _ = picture.pixels.shape
        if self.max_side is None or max(height, width) <= self.max_side:
            return picture
        faults.change(folder, "picture", f"made smaller, to {self.max_side} pixels a side at most (data.max_side)")
        share = self.max_side / max(height, width)
        return resized(picture, max(1, round(height * share)), max(1, round(width * share)))

    def _split(self, name: str) -> SplitName:
        group = self.same.sub("", name) if self.same else name
        digest = hashlib.sha256(f"{SPLIT_SEED} {group}".encode()).digest()
        place = int.from_bytes(digest[:8], "big") / 2**64
        test, val = self.shares["test"], self.shares["val"]
        return "test" if place < test else "val" if place < test + val else "train"


def _together(splits: Splits) -> Splits:
    """Of val and test the captions of a picture as one example."""
    return splits._replace(val=_once_each(splits.val), test=_once_each(splits.test))


def _once_each(examples: Sequence[Example]) -> list[Example]:
    found: dict[int, Example] = {}  # a file's picture is one object
    for example in examples:
        first = found.setdefault(id(example.inputs), example)
        if first is not example:
            found[id(example.inputs)] = first._replace(others=(*first.others, str(example.targets)))
    return list(found.values())
