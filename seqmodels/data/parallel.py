"""Texts and their translations: two text files that belong together line by line."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Literal, get_args

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits, further_splits, read_splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines

Side = Literal["source", "target"]


class Parallel(Reader):
    """Lines of one file as inputs, the same lines of another file as targets. Either may be gzipped.

    Args:
        train, val, test: the two files of each split, as ``source`` and ``target``.
        further: likewise the files of further test splits, by name, which are scored besides.

    Raises:
        InputError: one of the two is not named.

    Example:
        >>> from seqmodels.data import Parallel
        >>> files = {"source": "train.de", "target": "train.en"}
        >>> Parallel(files, files, files).read().train[0].targets  # doctest: +SKIP
        'Two young, White males are outside near many bushes.'
    """

    def __init__(
        self,
        train: dict[Side, str | Fetchable],
        val: dict[Side, str | Fetchable],
        test: dict[Side, str | Fetchable],
        further: dict[str, dict[Side, str | Fetchable]] | None = None,
    ):
        splits = {"train": train, "val": val, "test": test}
        named = splits | {f"further.{name}": files for name, files in (further or {}).items()}
        faults = [
            f"data.{name}: {', '.join(files) or 'nothing'} found, wanted source and target"
            for name, files in named.items()
            if set(files) != set(get_args(Side))
        ]
        if faults:
            raise InputError(faults)
        self.files = [[files["source"], files["target"]] for files in splits.values()]
        self.further = further_splits(further, lambda files: Parallel(files, files, files))

    def read(self, faults: Faults | None = None) -> Splits:
        return read_splits(self.files, _read, faults)


def _read(paths: Sequence[Path], faults: Faults) -> list[Example]:
    source, target = paths
    examples: list[Example] = []
    lengths = [0, 0]
    for ours, theirs in zip_longest(read_lines(source), read_lines(target)):
        lengths = [length + (line is not None) for length, line in zip(lengths, (ours, theirs), strict=True)]
        if ours is None or theirs is None:
            continue  # only to count them
        found = [*_faults(source, ours), *_faults(target, theirs)]
        if found:
            faults.skip(source, "pair", found)
        else:
            examples.append(Example(ours.text, theirs.text, f"{source.name}:{ours.number}"))
    if lengths[0] != lengths[1]:
        raise InputError(
            f"{source} has {lengths[0]:,} lines and {target} has {lengths[1]:,}, wanted equally many: "
            "line by line they belong together"
        )
    if not lengths[0]:
        raise InputError(f"{source}: no line found, wanted at least one; is the file empty?")
    return examples


def _faults(path: Path, line: Line) -> list[str]:
    if line.fault is None and line.text.strip():
        return []
    return [f"{path}:{line.number}: {line.fault or 'an empty line found, wanted a text'}"]
