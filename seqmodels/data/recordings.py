"""Wav files, and what is heard in them: by a table, or in a text file beside each."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from seqmodels.audio import read_wave
from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines


class Recordings(Reader):
    """Recordings with what is said in them: wav files of 16-bit PCM, of any rate.

    A table has a line ``file<TAB>text`` a recording, without a header; files are looked for from the folder that it
    lies in. Of a folder every NAME.wav in it, however deep, is a recording, in the order of their names, and its text
    stands in NAME.txt beside it.

    Args:
        train, val, test: tables or folders.

    Example:
        >>> from seqmodels.data import Recordings
        >>> splits = Recordings("train.tsv", "dev.tsv", "test.tsv").read()  # doctest: +SKIP
    """

    def __init__(self, train: str | Fetchable, val: str | Fetchable, test: str | Fetchable):
        self.files = (train, val, test)

    def read(self, faults: Faults | None = None) -> Splits:
        return read_splits([[_source(file)] for file in self.files], self._read, faults)

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (table,) = paths
        if table.is_dir():
            return _folder(table, faults)
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


class _Folder(Fetchable):
    """A folder that is there."""

    def __init__(self, path: Path):
        self.path = path

    def fetch(self) -> Path:
        return self.path


def _source(file: str | Fetchable) -> str | Fetchable:
    there = isinstance(file, str) and Path(file).expanduser().is_dir()
    return _Folder(Path(str(file)).expanduser()) if there else file


def _folder(folder: Path, faults: Faults) -> list[Example]:
    """The recordings of a folder; a wav file without a text and a text without a wav file are faults."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".wav", ".txt") and path.is_file())
    if not files:
        raise InputError(f"{folder}: no wav file found, wanted NAME.wav and NAME.txt beside it")
    examples: list[Example] = []
    for name in dict.fromkeys(path.with_suffix("") for path in files):
        wav, txt = (_beside(name, end) for end in (".wav", ".txt"))
        try:
            if not wav.is_file() or not txt.is_file():
                there, gone = (txt, wav) if txt.is_file() else (wav, txt)
                raise InputError(f"{there}: no {gone.name} found beside it; put it there, or take this file away")
            examples.append(Example(read_wave(wav), _text(txt), str(wav.relative_to(folder))))
        except InputError as error:
            faults.skip(folder, "recording", error.faults)
    return examples


def _beside(name: Path, end: str) -> Path:
    """NAME.wav, or NAME.WAV as many recorders write it, where that is there alone."""
    small, large = (name.with_name(name.name + suffix) for suffix in (end, end.upper()))
    return large if large.is_file() and not small.is_file() else small


def _text(path: Path) -> str:
    """The lines of a file as one."""
    lines = list(read_lines(path))
    if wrong := [f"{path}:{line.number}: {line.fault}" for line in lines if line.fault]:
        raise InputError(wrong)
    text = " ".join(line.text.strip() for line in lines if line.text.strip())
    if not text:
        raise InputError(f"{path}: an empty text found, wanted what is said in the recording beside it")
    return text


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
