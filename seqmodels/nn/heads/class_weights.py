"""How much each class counts in a loss."""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from seqmodels.types import Size, check_choice

Balanced = Literal["balanced"]
Weights = Balanced | Mapping[str, float]


def class_weights(weights: Weights, size: int) -> Tensor:
    """The weight of every class (C,).

    ``balanced`` is N / (C · N_c) for a class with N_c of N training labels, C classes having any, so that all of them
    count the same and the mean weight of a label is 1 (King & Zeng 2001); a class without labels has weight 1. On the
    meta device, where nothing has numbers, nothing is looked at: a checkpoint brings its own.

    Args:
        weights: ``balanced``, or a weight for each label that has another one than 1.
        size: classes; a ``Size`` with their counts or names.

    Raises:
        ValueError: another word; nobody counted the labels, a label that there is not, a weight not above 0.

    Example:
        >>> from seqmodels.types import Size
        >>> class_weights("balanced", Size(2, counts=(1, 3))), class_weights({"b": 2.0}, Size(2, names=("a", "b")))
        (tensor([2.0000, 0.6667]), tensor([1., 2.]))
    """
    if isinstance(weights, str):
        check_choice("weights", weights, Balanced)
    if torch.empty(0).device.type == "meta":
        return torch.empty(size)
    if isinstance(weights, str):
        counts = size.counts if isinstance(size, Size) else ()
        if not counts:
            raise ValueError("weights=balanced found, and nobody counted the labels: wanted a weight for each by name")
        there = torch.tensor(counts)  # (C,)
        balanced = sum(counts) / (int((there > 0).sum()) * there.clamp(min=1).float())
        return torch.where(there > 0, balanced, 1.0)  # what training never sees has nothing to make up for
    names = size.names if isinstance(size, Size) else ()
    if unknown := [name for name in weights if name not in names]:
        raise ValueError(f"weights of {', '.join(unknown)} found, wanted some of {', '.join(names) or 'no names'}")
    if low := [f"{name}={weight}" for name, weight in weights.items() if not weight > 0]:
        raise ValueError(f"weights {', '.join(low)} found, wanted numbers above 0")
    return torch.tensor([float(weights.get(name, 1.0)) for name in names])  # (C,)
