"""Several inputs at once: a picture and a language, a class and a row of numbers."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.errors import InputError
from seqmodels.text.fields import Field, Varied, VocabField
from seqmodels.text.labels import Label
from seqmodels.text.numbers import Numbers
from seqmodels.text.subwords import Subwords
from seqmodels.text.words import Words
from seqmodels.types import Size


class JointInputs(Field):
    """Inputs of several kinds, one behind the other in steps of numbers: each but the last is a single step.

    A step is as wide as the widest kind, with zeros behind what a narrower one has; an id is a number like others
    (float32 has all up to 2^24). ``seqmodels.nn.embedders.PartsEmbedder`` takes them apart again, by the size, which
    has the size of each kind by its name.

    Args:
        fields: by name, ``Label`` or ``Numbers`` before the last one, which may be of any kind with one id or one row
            of numbers a step.

    Raises:
        ValueError: another kind of field.

    Example:
        >>> from seqmodels.text import JointInputs, Label, Numbers
        >>> field = JointInputs({"language": Label(), "numbers": Numbers()})
        >>> field.fit([{"language": "de", "numbers": "1 2"}, {"language": "fr", "numbers": "3 4"}])
        >>> field.encode({"language": "fr", "numbers": "1 4"})
        tensor([[ 1.,  0.],
                [-1.,  1.]])
    """

    def __init__(self, fields: Mapping[str, Field]):
        self.fields = dict(fields)
        kinds = list(self.fields.values())
        wrong = [name for name, field in list(self.fields.items())[:-1] if not isinstance(field, Label | Numbers)]
        wrong += [name for name, field in self.fields.items() if field.per_step or isinstance(field, Words)]
        wrong += [name for name, field in self.fields.items() if isinstance(field, Varied) and field.varies]
        if len(kinds) < 2 or wrong:
            raise ValueError(
                f"fields={', '.join(f'{name}: {type(field).__name__}' for name, field in self.fields.items())} found, "
                "wanted two or more, Label or Numbers before the last one, and none with dropout"
            )

    @property
    def fitted(self) -> bool:
        return all(field.fitted for field in self.fields.values())

    @property
    def size(self) -> Size:
        return _joined({name: field.size for name, field in self.fields.items()}, self.fields)

    def expected_size(self) -> Size:
        return _joined({name: field.expected_size() for name, field in self.fields.items()}, self.fields)

    def fit(self, items: Iterable[Mapping[str, Any]]) -> None:
        known = []
        for item in items:
            try:
                known.append(self._item(item))
            except InputError:
                continue  # told where it is encoded, with its place
        for name, field in self.fields.items():
            field.fit(item[name] for item in known)

    def learnt(self) -> dict[str, list[Any]]:
        return {f"{name}.{key}": value for name, field in self.fields.items() for key, value in field.learnt().items()}

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        others = [key for key in learnt if str(key).partition(".")[0] not in self.fields]
        if others:
            raise InputError(f"{', '.join(map(str, others))} found, wanted what {', '.join(self.fields)} learnt")
        for name, field in self.fields.items():
            start = f"{name}."
            field.load_learnt({key.removeprefix(start): v for key, v in learnt.items() if key.startswith(start)})

    def split(self, item: str | Mapping[str, Any]) -> list[str]:
        return []  # nobody reads them as one row of words

    def encode(self, item: str | Mapping[str, Any]) -> Tensor:
        """(T, D) float32 of the parts by name, or of a JSON object with them.

        Raises:
            InputError: a part is missing, or its field refuses it.
        """
        parts, width = self._item(item), int(self.size)
        rows = []
        for name, field in self.fields.items():
            ids = field.encode(parts[name])  # (T,) or (T, K)
            row = (ids[:, None] if ids.dim() == 1 else ids).float()  # (T, K)
            rows.append(F.pad(row, (0, width - row.shape[1])))
        return torch.cat(rows)

    def decode(self, ids: Sequence[Any]) -> dict[str, Any]:
        """Each part again, by name."""
        rows, said = [list(row) for row in ids], {}
        for i, (name, field) in enumerate(self.fields.items()):
            mine = rows[i:] if i == len(self.fields) - 1 else rows[i : i + 1]
            columns = _width(field, field.size)
            said[name] = field.decode([int(row[0]) for row in mine] if _ids(field) else [row[:columns] for row in mine])
        return said

    def _item(self, item: str | Mapping[str, Any]) -> Mapping[str, Any]:
        if isinstance(item, str):
            try:
                item = json.loads(item)
            except ValueError as error:
                wanted = "{" + ", ".join(f'"{name}": ...' for name in self.fields) + "}"
                raise InputError(f"{str(item)[:60]!r} found, wanted a JSON object such as {wanted}") from error
        if not isinstance(item, Mapping) or set(item) != set(self.fields):
            found = ", ".join(map(str, item)) if isinstance(item, Mapping) else repr(item)[:60]
            raise InputError(f"{found} found, wanted {', '.join(self.fields)}, by name")
        return item


def _ids(field: Field) -> bool:
    return isinstance(field, VocabField | Subwords)


def _width(field: Field, size: Size) -> int:
    return 1 if _ids(field) else int(size)


def _joined(sizes: dict[str, Size], fields: Mapping[str, Field]) -> Size:
    return Size(max(_width(fields[name], size) for name, size in sizes.items()), parts=sizes)
