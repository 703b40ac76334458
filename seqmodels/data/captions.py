"""Tables of pictures and what is said of them: CSV or JSON."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seqmodels.data.csv_rows import Csv
from seqmodels.data.faults import Faults
from seqmodels.data.tables import Separator
from seqmodels.errors import InputError

LARGEST = 2**30  # bytes of a JSON file, which is read whole


class Captioned(NamedTuple):
    """A picture's file and what is said of it.

    Args:
        file: as the table names it.
        caption: the text.
        origin: where that stands.
    """

    file: str
    caption: str
    origin: str


def read_captions(path: Path, file: str, caption: str, faults: Faults) -> list[Captioned]:
    """The rows of a table of pictures.

    A file that ends in ``.json`` holds a list of objects; or an object with an entry for each picture, by its file,
    which is its caption or an object with that; several captions are a list of them. Any other one is a
    comma-separated table with a header, or one with tabs if it ends in ``.tsv``.

    Args:
        path: of the table.
        file, caption: names of the columns or keys.
        faults: told of rows that are left out.

    Raises:
        InputError: the table cannot be read, or has no row.
    """
    if path.suffix.lower() != ".json":
        separator: Separator = "tab" if path.suffix.lower() == ".tsv" else "comma"
        table = Csv(str(path), str(path), str(path), text=file, label=caption, separator=separator)
        return [Captioned(str(row.inputs), str(row.targets), row.origin) for row in table.table([path], faults)]
    rows, empty = [], True
    for where, name, text in _entries(path, _content(path), file, caption):
        empty = False
        if isinstance(name, str) and name.strip() and isinstance(text, str) and text.strip() and _whole(name + text):
            rows.append(Captioned(name, text, f"{path.name}: {where}"))
        else:
            found = repr(text if isinstance(name, str) and name.strip() else name)[:60]
            wanted = f"{caption!r}" if isinstance(name, str) and name.strip() else f"{file!r}"
            faults.skip(path, "picture", [f"{path}: {where}: {found} found, wanted a text as {wanted}"])
    if empty:
        raise InputError(f"{path}: no picture found in it, wanted at least one")
    return rows


def _whole(text: str) -> bool:
    """Whether no letter of a text is half of one, as JSON can have it ("\\ud83d")."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _content(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: more than {LARGEST:,} bytes found; make it smaller, or a CSV file of it")
        return json.loads(path.read_bytes(), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:  # InputError is a ValueError
        reason = str(error).removeprefix(f"{path}: ")
        raise InputError(f"{path}: it cannot be read as JSON ({reason}); correct it") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"key {twice[:60]!r} stands twice in an object, wanted it once")
    return found


def _entries(path: Path, content: Any, file: str, caption: str) -> Iterator[tuple[str, Any, Any]]:
    """Where each entry stands, its file and its caption."""
    if isinstance(content, Mapping):
        for name, entry in content.items():
            yield from _each(name[:60], name, entry.get(caption) if isinstance(entry, Mapping) else entry)
    elif isinstance(content, list):
        for number, entry in enumerate(content, start=1):
            both = (entry.get(file), entry.get(caption)) if isinstance(entry, Mapping) else (None, None)
            yield from _each(f"entry {number}", *both)
    else:
        raise InputError(f"{path}: {type(content).__name__} found, wanted a list or an object of pictures")


def _each(where: str, name: Any, text: Any) -> Iterator[tuple[str, Any, Any]]:
    """A caption, or all that a list has."""
    if not isinstance(text, list) or not text:
        yield where, name, text
    else:
        yield from ((f"{where}, caption {number}", name, one) for number, one in enumerate(text, start=1))
