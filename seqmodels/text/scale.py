"""Means and deviations that a field learns, as plain numbers in a checkpoint."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from seqmodels.errors import InputError
from seqmodels.text.fields import Field


class Scale(NamedTuple):
    """What numbers are brought to mean 0 and deviation 1 by.

    Args:
        mean, deviation: (K,) float64, the latter above 0.
    """

    mean: Tensor
    deviation: Tensor

    def learnt(self) -> dict[str, list[Any]]:
        """Both as lists, by name."""
        return {"mean": self.mean.tolist(), "deviation": self.deviation.tolist()}

    def scaled(self, values: Tensor) -> Tensor:
        """(..., K) float32 of values (..., K)."""
        return ((values.double() - self.mean) / self.deviation).float()


def loaded_scale(learnt: Mapping[str, Sequence[Any]], wanted: str, width: int | None = None) -> Scale:
    """A scale from what another field learnt.

    Args:
        learnt: its lists, by name.
        wanted: what the numbers are, for messages.
        width: how many there must be; any number if not given.

    Raises:
        InputError: these are no means and deviations.

    Example:
        >>> loaded_scale({"mean": [0.0], "deviation": [2.0]}, "numbers").scaled(torch.tensor([3.0]))
        tensor([1.5000])
    """
    found = {}
    for name in Scale._fields:
        values = learnt.get(name)
        numbers = isinstance(values, list) and all(type(value) is float for value in values)
        count = len(values) if isinstance(values, list) else 0
        if not numbers or not count or count != (width or count) or not all(map(math.isfinite, values or [])):
            shown = str(values)[:60]
            raise InputError(f"{name}: {shown} found, wanted {width or 'some'} finite {wanted}")
        found[name] = torch.tensor(values, dtype=torch.float64)
    if set(learnt) != set(found) or not bool((found["deviation"] > 0).all()):
        raise InputError(f"{', '.join(map(str, learnt))} found, wanted mean and deviation, the latter above 0")
    if len(found["mean"]) != len(found["deviation"]):
        raise InputError(f"{len(found['mean'])} means and {len(found['deviation'])} deviations found, wanted as many")
    return Scale(**found)


class ScaledField(Field):
    """A field of numbers that learns their means and deviations."""

    _scale: Scale | None = None

    @property
    def scale(self) -> Scale:
        """What the field learnt.

        Raises:
            ValueError: neither ``fit`` nor ``load_learnt`` was called before.
        """
        if self._scale is None:
            raise ValueError(f"{type(self).__name__} was not fitted: call fit(items) first")
        return self._scale

    @property
    def fitted(self) -> bool:
        return self._scale is not None

    def learnt(self) -> dict[str, list[Any]]:
        return self.scale.learnt()
