"""The state of a stack: what its layers and directions need, and what others see of it."""

import torch
from torch import Tensor

from seqmodels.types import State


def state_shapes(
    shapes: list[list[tuple[int, ...]]], directions: int, uniform: bool, batch: int
) -> list[tuple[int, ...]]:
    """What ``join_state`` makes of states of these shapes, given layer by layer for one direction and sequence."""
    layers = [[(batch, width * directions, *rest) for width, *rest in layer] for layer in shapes]
    if uniform:
        return [(len(layers), *part) for part in layers[0]]
    return [(1, *part) for layer in layers[::-1] for part in layer]


def check_state(state: State, wanted: list[tuple[int, ...]]) -> None:
    """Refuse the state of another stack or batch, whose numbers would be read in the wrong places.

    Raises:
        ValueError: the state's tensors are not of these shapes.
    """
    found = [tuple(part.shape) for part in state]
    if found != wanted:
        raise ValueError(f"a state of shapes {found} found, wanted {wanted}, as this stack returns it for this batch")


def split_state(state: State, parts: list[int], directions: int, uniform: bool) -> list[list[State]]:
    """For each layer and direction the first state, each tensor (B, H).

    Args:
        state: as ``join_state`` made it.
        parts: how many tensors each layer's state has.
        directions: 1 or 2.
        uniform: whether all layers' states have one shape.
    """
    if uniform:
        layers = [[part[i] for part in state] for i in range(len(parts))]
    else:
        tensors = iter(state)
        layers = [[next(tensors)[0] for _ in range(count)] for count in parts[::-1]][::-1]
    return [
        [tuple(part.chunk(directions, dim=1)[way].contiguous() for part in layer) for way in range(directions)]
        for layer in layers
    ]


def join_state(ends: list[list[State]], uniform: bool) -> State:
    """Tensors (L, B, H), directions joined in H; where layers differ, tensors (1, B, H), the last layer's first."""
    layers: list[list[Tensor]] = [[torch.cat(part, dim=1) for part in zip(*ways, strict=True)] for ways in ends]
    if uniform:
        return tuple(torch.stack(part) for part in zip(*layers, strict=True))
    return tuple(part[None] for layer in layers[::-1] for part in layer)
