"""What every reader promises."""

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from seqmodels.audio import Recording
from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.errors import InputError
from seqmodels.images import Picture
from seqmodels.series import Window
from seqmodels.text.fields import Field, Item
from seqmodels.text.lines import Line


class Example(NamedTuple):
    """One thing to learn from.

    Args:
        inputs: a text, its tokens, a recording or a picture; several of these by name.
        targets: a text, a label, or a label for every token; several of these by name.
        origin: where it stands, for messages ("en_ewt-ud-dev.conllu:17").
        whole: whether it begins and ends by itself; False for a part of a longer text.
        others: further targets that are just as right: not learnt from, but counted so in scores.
    """

    inputs: Item
    targets: Item
    origin: str
    whole: bool = True
    others: tuple[str, ...] = ()

    def wanted(self, said: Item, field: Field) -> Item:
        """What was to be said: the right answer that the field reads as what was said, else the first one."""
        alike = (other for other in self.others if field.decode(field.encode(other).tolist()) == said)
        return next(alike, self.targets)


class Splits(NamedTuple):
    """The examples to train on, to choose by, and to judge with."""

    train: list[Example]
    val: list[Example]
    test: list[Example]


class Reader(ABC):
    """Reads one format, or makes examples. Making a reader touches nothing; ``read`` does the work."""

    further: Mapping[str, "Reader"] = {}  # further test splits by name, each the test split of a reader
    cut: Sequence[str] = ()  # the splits that it cuts off the training file, whose lines the origins name

    @abstractmethod
    def read(self, faults: Faults | None = None) -> Splits:
        """All examples, in the order in which they stand.

        Args:
            faults: told of what is not as the format wants it; None raises.

        Raises:
            InputError: something in the data is not as its format wants it, unless ``faults`` leaves it out; every
                fault with file and line. A file that cannot be read at all, whatever ``faults`` says.
        """


def further_splits(files: Mapping[str, Any] | None, reader: Callable[[Any], Reader]) -> dict[str, Reader]:
    """Further test splits by name, each from files that a reader takes for its test split.

    Raises:
        InputError: a name that is no word, or that a score's key could be taken for another one's by.
    """
    known = dict(files or {})
    wrong = [name for name in known if not re.fullmatch(r"\w[\w.-]*", name) or name in (*Splits._fields, "floor")]
    if wrong:
        names = ", ".join(map(repr, wrong))
        raise InputError(f"data.further: {names} found, wanted names such as test2017, other than train, val and test")
    return {name: reader(one) for name, one in known.items()}


def read_splits(
    files: Sequence[Sequence[str | Fetchable]],
    read: Callable[[Sequence[Path], Faults], list[Example]],
    faults: Faults | None,
) -> Splits:
    """What most readers do: each split from its files, the faults of all of them told at once.

    Args:
        files: of each split. Two splits of the same files are read once.
        read: makes examples of a split's files.
        faults: as ``Reader.read`` was given it.

    Raises:
        InputError: as ``Reader.read``.
    """
    faults = faults or Faults()
    found: dict[tuple[Path, ...], list[Example]] = {}
    splits: list[list[Example]] = []
    for sources in files:
        paths: list[Path] = []
        for source in sources:
            try:
                paths.append(local(source))
            except InputError as error:
                faults.refuse(error)
        if len(paths) == len(sources) and tuple(paths) not in found:
            try:
                found[tuple(paths)] = read(paths, faults)
            except InputError as error:
                faults.refuse(error)
        splits.append(list(found.get(tuple(paths), [])))
    faults.check()
    return Splits(*splits)


def refuse_empty(splits: Mapping[str, Sequence[Example]], faults: Faults) -> None:
    """Refuse splits, by name, of which nothing is left.

    Raises:
        InputError: one is empty; with what ``faults`` left out.
    """
    empty = [name for name, examples in splits.items() if not examples]
    if empty:
        told = [f"the {name} split is empty, wanted at least one example" for name in empty]
        raise InputError(told + faults.lines())


def read_sentences(
    path: Path,
    sentences: Iterable[list[Line]],
    parse: Callable[[list[Line]], tuple[Example | None, list[str]]],
    faults: Faults,
) -> list[Example]:
    """Sentences that stand in runs of lines, those with a faulty line left out whole.

    Args:
        path: their file.
        sentences: its runs of lines.
        parse: what such a run says, and what is wrong with it; neither if it is none.
        faults: told of those that are left out.

    Raises:
        InputError: the file holds no sentence, faulty or not.
    """
    examples: list[Example] = []
    empty = True
    for lines in sentences:
        example, found = parse(lines)
        if found:
            faults.skip(path, "sentence", found)
        elif example:
            examples.append(example)
        empty = empty and not found and not example
    if empty:
        raise InputError(f"{path}: no sentence found, wanted at least one; is the file empty?")
    return examples


def fingerprint(examples: Sequence[Example]) -> str:
    """sha256 over what the examples say, whatever file they came from."""
    digest = hashlib.sha256()
    for example in examples:
        parts = [as_json(example.inputs), as_json(example.targets), *example.others]
        digest.update(json.dumps(parts, ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def as_json(item: Item) -> Item:
    """An item as JSON can have it: sound, pictures and series by their hashes."""
    if isinstance(item, Mapping):
        return {name: as_json(part) for name, part in item.items()}
    return item.sha256() if isinstance(item, Recording | Picture | Window) else item
