"""Running text: files as they are, to learn what comes next."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Literal

from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, blocks, ends_with_break, read_lines
from seqmodels.types import check_choice

Documents = Literal["file", "paragraph", "line"]
LONGEST = 2**31  # bytes of a line: some corpora are a single one


class PlainText(Reader):
    """Texts whose every next token is to be predicted, so that inputs and targets are the same.

    Of a file that is read as a whole every character stays, the line breaks too (those of CRLF become LF). It is no
    document of its own: it is read on and on, and no end is predicted. A paragraph or a line is one: its end is
    predicted, and what follows has nothing to do with it. Blank lines among lines are none; they are counted.

    Args:
        train: the training text, or the only file.
        val, test: those of the other splits; None where ``shares`` cuts them off the first one.
        shares: of the one file, such as [0.9, 0.05, 0.05], counted in characters and cut in their order; a document
            lies where it begins. With two the last part is both the validation and the test split, as most figures for
            tiny-shakespeare are made: its test score is then that of the checkpoint that did best on it.
        documents: ``file``, ``paragraph`` (blank lines stand between two) or ``line``.

    Raises:
        ValueError: both or neither of files and shares; shares that are not two or three and 1 together.

    Example:
        >>> from seqmodels.data import PlainText
        >>> PlainText("input.txt", shares=[0.9, 0.1]).read().val[0].inputs[:6]  # doctest: +SKIP
        '?\\n\\nGRE'
    """

    def __init__(
        self,
        train: str | Fetchable,
        val: str | Fetchable | None = None,
        test: str | Fetchable | None = None,
        shares: list[float] | None = None,
        documents: Documents = "file",
    ):
        check_choice("documents", documents, Documents)
        if (shares is None) != (val is not None) or (val is None) != (test is None):
            raise ValueError("wanted val and test, or one file and shares such as [0.9, 0.1]")
        if shares is not None and (len(shares) not in (2, 3) or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9):
            raise ValueError(f"shares={shares} found, wanted two or three above 0 that are 1 together")
        self.files = [train] if val is None or test is None else [train, val, test]
        self.shares = shares
        self.documents = documents

    def read(self, faults: Faults | None = None) -> Splits:
        if self.shares is None:
            return read_splits([[file] for file in self.files], self._read, faults)
        faults = faults or Faults()
        examples = self._read([local(self.files[0])], faults)
        faults.check()
        if not examples:
            raise InputError(f"{local(self.files[0])}: no text found in it, wanted some for every split")
        parts = self._parts(examples)
        return Splits(parts[0], parts[1], parts[-1])

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        lines = _sound(path, read_lines(path, LONGEST), faults)
        if self.documents == "file":
            text = "\n".join(line.text for line in lines) + "\n" * ends_with_break(path)
            return [Example(text, text, f"{path.name}:1", whole=False)] if text else []
        if self.documents == "line":
            return [_document(path, [line]) for line in _written(path, lines, faults)]
        return [_document(path, block) for block in blocks(lines, lambda text: not text.strip())]

    def _parts(self, examples: list[Example]) -> list[list[Example]]:
        """The examples by the shares of all characters."""
        assert self.shares is not None
        texts = [str(example.inputs) for example in examples]
        starts = [0, *accumulate(map(len, texts))]
        cuts = [0, *(int(starts[-1] * share + 1e-6) for share in accumulate(self.shares[:-1])), starts[-1]]
        if self.documents == "file":
            return [[_part(example, start, stop)] for example in examples for start, stop in pairwise(cuts)]
        places = list(zip(starts, examples, strict=False))
        return [[example for place, example in places if start <= place < stop] for start, stop in pairwise(cuts)]


def _sound(path: Path, lines: Iterable[Line], faults: Faults) -> Iterator[Line]:
    """The lines without those that are faulty, which are told."""
    for line in lines:
        if line.fault is None:
            yield line
        else:
            faults.skip(path, "line", [f"{path}:{line.number}: {line.fault}"])


def _written(path: Path, lines: Iterable[Line], faults: Faults) -> Iterator[Line]:
    """The lines in which something stands."""
    for line in lines:
        if line.text.strip():
            yield line
        else:
            faults.pass_over(path, "blank line")


def _document(path: Path, lines: Sequence[Line]) -> Example:
    text = "\n".join(line.text for line in lines)
    return Example(text, text, f"{path.name}:{lines[0].number}")


def _part(example: Example, start: int, stop: int) -> Example:
    whole = str(example.inputs)
    line = whole[:start].count("\n") + 1
    return Example(whole[start:stop], whole[start:stop], f"{example.origin.rpartition(':')[0]}:{line}", whole=False)
