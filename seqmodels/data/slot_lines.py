"""Requests with slots and an intent, one a line."""

from collections.abc import Sequence
from pathlib import Path

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines
from seqmodels.text.schemes import Scheme
from seqmodels.text.schemes import faults as tag_faults
from seqmodels.types import check_choice

ARROW = " <=> "
FORM = "wanted words with their tags, an arrow and the intent, such as play:O Help:B-track <=> PlayMusic"


class SlotLines(Reader):
    """Lines such as "play:O Help:B-track <=> PlayMusic": slots as tags, and the intent of the whole.

    The tag stands behind the last colon of a word. A word may be empty (":O"), as the published Snips files have a
    dozen: they stay, so that scores are of the same words as those of others.

    Args:
        train, val, test: the files.
        scheme: what the tags are held against, as ``Columns`` does; None: they are not looked at.

    Example:
        >>> from seqmodels.data import SlotLines
        >>> SlotLines("train", "valid", "test").read().train[0].targets["intent"]  # doctest: +SKIP
        'AddToPlaylist'
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable,
        test: str | Fetchable,
        scheme: Scheme | None = None,
    ):
        self.files = (train, val, test)
        check_choice("scheme", scheme or "bio", Scheme)
        self.scheme = scheme

    def read(self, faults: Faults | None = None) -> Splits:
        return read_splits([[file] for file in self.files], self._read, faults)

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        examples: list[Example] = []
        empty = True
        for line in read_lines(path):
            empty = False
            example, fault = _request(path, line, self.scheme)
            if example is not None:
                examples.append(example)
            else:
                faults.skip(path, "request", [f"{path}:{line.number}: {fault}"])
        if empty:
            raise InputError(f"{path}: no line found, wanted at least one; is the file empty?")
        return examples


def _request(path: Path, line: Line, scheme: Scheme | None) -> tuple[Example | None, str | None]:
    """What a line says, or what is wrong with it."""
    if line.fault is not None:
        return None, line.fault
    said, arrow, intent = line.text.rpartition(ARROW)
    pairs = [cell.rpartition(":") for cell in said.split(" ")]
    if not arrow or not intent.strip() or not said:
        return None, f"{line.text[:60]!r} found, {FORM}"
    untagged = [cell for cell, (_, colon, tag) in zip(said.split(" "), pairs, strict=True) if not colon or not tag]
    if untagged:
        return None, f"{untagged[0]!r} found without a tag, {FORM}"
    words, _, tags = zip(*pairs, strict=True)
    if scheme and (wrong := tag_faults(tags, scheme)):
        return None, "; ".join(wrong)
    origin = f"{path.name}:{line.number}"
    return Example(list(words), {"slots": list(tags), "intent": intent.strip()}, origin), None
