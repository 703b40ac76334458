"""The state of a stack: what its layers and directions need, and what others see of it."""

import torch
from torch import Tensor

from seqmodels.types import State

Shapes = list[list[tuple[int, ...]]]  # of each layer's state, for one direction and sequence


def state_shapes(shapes: Shapes, directions: int, batch: int) -> list[tuple[int, ...]]:
    """What ``join_state`` makes of states of these shapes."""
    layers = [[(batch, width * directions, *rest) for width, *rest in layer] for layer in shapes]
    if _uniform(shapes):
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


def split_state(state: State, shapes: Shapes, directions: int) -> list[list[State]]:
    """For each layer and direction the first state, each tensor (B, H).

    Args:
        state: as ``join_state`` made it.
        shapes: of the layers' states.
        directions: 1 or 2.
    """
    if _uniform(shapes):
        layers = [[part[i] for part in state] for i in range(len(shapes))]
    else:
        tensors = iter(state)
        layers = [[next(tensors)[0] for _ in layer] for layer in shapes[::-1]][::-1]
    return [
        [tuple(part.chunk(directions, dim=1)[way].contiguous() for part in layer) for way in range(directions)]
        for layer in layers
    ]


def join_state(ends: list[list[State]], shapes: Shapes) -> State:
    """Tensors (L, B, H), directions joined in H; where layers differ, tensors (1, B, H), the last layer's first."""
    layers: list[list[Tensor]] = [[torch.cat(part, dim=1) for part in zip(*ways, strict=True)] for ways in ends]
    if _uniform(shapes):
        return tuple(torch.stack(part) for part in zip(*layers, strict=True))
    return tuple(part[None] for layer in layers[::-1] for part in layer)


def _uniform(shapes: Shapes) -> bool:
    """Whether the states of all layers can lie in the same tensors."""
    return all(layer == shapes[0] for layer in shapes)
