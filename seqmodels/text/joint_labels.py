"""Several labels at once: a tag and another tag a step, tags and one label for the whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.fields import Field, VocabField
from seqmodels.types import Size


class JointLabels(Field):
    """Labels of several kinds, side by side in columns; one for the whole input stands at every step of it.

    Args:
        fields: by name, ``StepLabels`` for a label a step and ``Label`` for one of the whole; the first is the one
            that counts where only one can.

    Raises:
        ValueError: there is no field with a label a step.

    Example:
        >>> from seqmodels.text import JointLabels, Label, StepLabels
        >>> field = JointLabels({"slots": StepLabels(), "intent": Label()})
        >>> field.fit([{"slots": ["O", "B-song"], "intent": "PlayMusic"}])
        >>> field.encode({"slots": ["B-song", "O"], "intent": "PlayMusic"}).tolist()
        [[0, 0], [1, 0]]
    """

    per_step = True

    def __init__(self, fields: Mapping[str, Field]):
        if not any(field.per_step for field in fields.values()):
            raise ValueError(f"fields={list(fields)} found, wanted one with a label for every step (StepLabels)")
        self.fields = dict(fields)

    @property
    def fitted(self) -> bool:
        return all(field.fitted for field in self.fields.values())

    @property
    def size(self) -> Size:
        return _joined({name: field.size for name, field in self.fields.items()})

    def expected_size(self) -> Size:
        return _joined({name: field.expected_size() for name, field in self.fields.items()})

    def fit(self, items: Iterable[Mapping[str, Any]]) -> None:
        known = list(items)
        for name, field in self.fields.items():
            field.fit(_part(item, name) for item in known)

    def learnt(self) -> dict[str, list[Any]]:
        return {name: self._vocab(name).vocab.tokens for name in self.fields}

    def load_learnt(self, learnt: Mapping[str, Sequence[Any]]) -> None:
        for name in self.fields:
            self._vocab(name).load_learnt({"tokens": learnt[name]} if name in learnt else {})

    def split(self, item: Mapping[str, Any]) -> list[str]:
        steps = {name: field.split(_part(item, name)) for name, field in self.fields.items() if field.per_step}
        return ["/".join(labels) for labels in zip(*steps.values(), strict=True)]

    def encode(self, item: Mapping[str, Any]) -> Tensor:
        columns = {name: field.encode(_part(item, name)) for name, field in self.fields.items()}
        lengths = {name: len(columns[name]) for name, field in self.fields.items() if field.per_step}
        if len(set(lengths.values())) > 1:
            raise InputError(f"labels of different numbers found: {lengths}; wanted one of each kind a step")
        steps = next(iter(lengths.values()))
        return torch.stack([ids.expand(steps) for ids in columns.values()], dim=1)  # (T, K)

    def decode(self, ids: Sequence[Any]) -> dict[str, Any]:
        rows = [list(row) for row in ids]
        said = {}
        for i, (name, field) in enumerate(self.fields.items()):
            column = [row[i] for row in rows]
            said[name] = field.decode(column if field.per_step else column[:1])
        return said

    def _vocab(self, name: str) -> VocabField:
        field = self.fields[name]
        if not isinstance(field, VocabField):
            raise InputError(f"fields.{name}: {type(field).__name__} found, wanted StepLabels or Label")
        return field


def _joined(sizes: dict[str, Size]) -> Size:
    first = next(iter(sizes.values()))
    return Size(first, first.names, sizes)


def _part(item: Mapping[str, Any], name: str) -> Any:
    if not isinstance(item, Mapping) or name not in item:
        found = ", ".join(item) if isinstance(item, Mapping) else repr(item)[:60]
        raise InputError(f"labels {found} found, wanted {name!r} among them, by name")
    return item[name]
