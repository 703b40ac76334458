"""Wav files, and tables that say what is heard in them."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from seqmodels.audio import read_wave
from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines


class Recordings(Reader):
    """Recordings with what is said in them: a line ``file<TAB>text`` a recording, without a header.

    Files are looked for from the folder that the table lies in; they are wav files of 16-bit PCM, of any rate.

    Args:
        train, val, test: the tables.

    Example:
        >>> from seqmodels.data import Recordings
        >>> splits = Recordings("train.tsv", "dev.tsv", "test.tsv").read()  # doctest: +SKIP
    """

    def __init__(self, train: str | Fetchable, val: str | Fetchable, test: str | Fetchable):
        self.files = (train, val, test)

    def read(self, faults: Faults | None = None) -> Splits:
        return read_splits([[file] for file in self.files], self._read, faults)

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (table,) = paths
        examples: list[Example] = []
        seen: dict[str, tuple[int, str]] = {}
        empty = True
        for line in read_lines(table):
            empty = False
            where = f"{table}:{line.number}"
            try:
                name, text = _cells(line)
                number, said = seen.setdefault(name, (line.number, text))
                if said != text:
                    raise InputError(f"{name} stands in line {number} with another text, wanted one for a recording")
                examples.append(Example(read_wave(table.parent / name), text, f"{table.name}:{line.number}"))
            except InputError as error:
                faults.skip(table, "recording", [f"{where}: {fault}" for fault in error.faults])
        if empty:
            raise InputError(f"{table}: no line found, wanted at least one; is the file empty?")
        return examples


def _cells(line: Line) -> list[str]:
    cells = line.text.split("\t")
    if line.fault:
        raise InputError(line.fault)
    if len(cells) != 2:
        hint = "; are there blanks instead of a tab?" if len(cells) == 1 else ""
        raise InputError(f"{len(cells)} cells found, wanted a wav file, a tab and its text{hint}")
    if not cells[0].strip() or not cells[1].strip():
        raise InputError(f"an empty {'file name' if not cells[0].strip() else 'text'} found, wanted both")
    if ".." in PurePosixPath(cells[0]).parts or Path(cells[0]).is_absolute():
        raise InputError(f"{cells[0]} leads out of the table's folder, wanted a file in it")
    return cells
