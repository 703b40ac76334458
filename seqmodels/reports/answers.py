"""What was wanted of the examples of a split and what a model says, as text."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from seqmodels.audio import Recording
from seqmodels.images import Picture
from seqmodels.text import Field, JointLabels, Label, StepLabels, Subwords, Tokens
from seqmodels.types import UNK

Kind = Literal["label", "steps", "sequence"]


class Part(NamedTuple):
    """One of the things that are wanted of every example.

    Args:
        name: of it among several; empty where it is the only one.
        kind: one ``label`` for the whole input, one for each of its ``steps``, or a ``sequence`` of its own length.
        wanted: of every example, as the model could say it: a word that its vocabulary lacks is ``<unk>``.
        said: of every example.
        texts: of a sequence, what was wanted and what was said as a person reads them.
    """

    name: str
    kind: Kind
    wanted: list[list[str]]
    said: list[list[str]]
    texts: Sequence[tuple[str, str]] = ()

    def written(self, place: int) -> tuple[str, str]:
        """What was wanted of an example and what was said, each on one line."""
        pair = self.texts[place] if self.texts else (" ".join(self.wanted[place]), " ".join(self.said[place]))
        return printable(pair[0]), printable(pair[1])

    def right(self, place: int) -> bool:
        """Whether what is said of an example is what was wanted."""
        pair = self.texts[place] if self.texts else (self.wanted[place], self.said[place])
        return pair[0] == pair[1]


class Answers(NamedTuple):
    """The answers to a split.

    Args:
        inputs: the steps of every input as a person reads them; none where they are no words.
        texts: every input on one line.
        origins: where every example stands.
        parts: what was wanted of them and said.
    """

    inputs: list[list[str]]
    texts: list[str]
    origins: list[str]
    parts: list[Part]

    @property
    def right(self) -> list[bool]:
        """Whether everything that is said of an example is what was wanted."""
        return [all(part.right(i) for part in self.parts) for i in range(len(self.origins))]


def main_fields(field: Field) -> dict[str, Field]:
    """The fields of what is wanted, by name (empty for the only one), without labels that only help to learn others;
    all of them where every one is open."""
    if not isinstance(field, JointLabels):
        return {"": field}
    main = {name: one for name, one in field.fields.items() if not (isinstance(one, StepLabels) and one.others)}
    return main or dict(field.fields)


def part_of(item: Any, name: str) -> Any:
    """What an item has of a part."""
    return item[name] if name else item


def parts_of(field: Field, wanted: Sequence[Any], said: Sequence[Any]) -> list[Part]:
    """The parts of targets and answers; none where they are neither labels nor text.

    Args:
        field: of the targets, fitted.
        wanted: the targets of every example, as the data has them.
        said: what the model says, as the field decodes it.

    Example:
        >>> from seqmodels.reports import parts_of
        >>> from seqmodels.text import StepLabels
        >>> field = StepLabels(); field.fit([["A", "B"]])
        >>> parts_of(field, [["A", "B"]], [["A", "A"]])
        [Part(name='', kind='steps', wanted=[['A', 'B']], said=[['A', 'A']], texts=())]
    """
    known = [field.decode(field.encode(item).tolist()) for item in wanted]
    parts, fields = [], main_fields(field)
    for name, one in fields.items():
        pairs = [(part_of(a, name), part_of(b, name)) for a, b in zip(known, said, strict=True)]
        kind = _kind(one, pairs)
        if kind is not None:
            cut = [one.split(a) for a, _ in pairs], [one.split(b) for _, b in pairs]
            texts = [(_read(one, part_of(item, name), a), b) for item, (a, b) in zip(wanted, pairs, strict=True)]
            parts.append(Part(name if len(fields) > 1 else "", kind, *cut, texts if kind == "sequence" else ()))
    return parts


def _read(field: Field, item: Any, known: str) -> str:
    """A text as the model could say it, but with the words that its vocabulary lacks, which a person wants to see; as
    the data has it where the model writes capitals."""
    if isinstance(field, Subwords) and field.recase:
        return field.cased(item)
    if not isinstance(field, Tokens):
        return known
    words = field.words(item)
    return field.tokenizer.join(words) if UNK in field.vocab.encode(words) else known


def _kind(field: Field, pairs: Sequence[tuple[Any, Any]]) -> Kind | None:
    if isinstance(field, Label):
        return "label"
    if all(isinstance(item, str) for pair in pairs for item in pair):
        return "sequence"
    return "steps" if isinstance(field, StepLabels) else None


def one_line(item: Any, tokens: Sequence[str]) -> str:
    """An input on one line: as it stands, or its tokens, or what it is; several by name."""
    if isinstance(item, Mapping):
        return "; ".join(f"{name}: {one_line(part, ())}" for name, part in item.items())
    told = isinstance(item, Recording | Picture)
    return printable(item if isinstance(item, str) else " ".join(tokens) or str(item) * told)


def printable(text: str) -> str:
    """A text with line ends and the like as Python writes them.

    Example:
        >>> printable("two\\nlines")
        'two\\\\nlines'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
