"""Every state that a stack goes through, kept, so that gradients can be asked of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

from torch import Tensor, nn

from seqmodels.nn.cells import Cell
from seqmodels.nn.recurrence.layer import Layer
from seqmodels.nn.recurrence.stack import Stack
from seqmodels.types import State


class Step(NamedTuple):
    """One step of one cell, of all sequences that have it, the longest first.

    Args:
        x: (N, D), what was read.
        before: the state that the cell began with, (N, H) each.
        after: the state that it made.
    """

    x: Tensor
    before: State
    after: State


class WatchedCell(Cell):
    """A cell that keeps what it read and made, step by step, in the order in which it reads.

    Args:
        cell: any.

    Example:
        >>> import torch
        >>> from seqmodels.nn.cells import GRUCell
        >>> cell = WatchedCell(GRUCell(2, 3))
        >>> _, state = cell(torch.zeros(1, 2), cell.zero_state(1, torch.zeros(1)))
        >>> cell.steps[0].after is state
        True
    """

    def __init__(self, cell: Cell):
        super().__init__()
        self.cell = cell
        self.steps: list[Step] = []
        self.keeps = True

    def forward(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        output, new = self.cell(x, state)
        if self.keeps:
            self.steps.append(Step(x, state, new))
        return output, new

    def zero_state(self, batch_size: int, like: Tensor) -> State:
        return self.cell.zero_state(batch_size, like)


@contextmanager
def watching(stack: Stack) -> Iterator[list[list[WatchedCell]]]:
    """Have a stack run step by step until the block ends, all that its cells go through the first time being kept.

    With zoneout, a state is what the cell made, before old and new are mixed.

    Args:
        stack: whose numbers stay the same.

    Returns:
        The watched cells, layer by layer, of each the one that reads from the left first.
    """
    layers = [layer for layer in stack.layers if isinstance(layer, Layer)]
    implementation, own = stack.implementation, [layer.cells for layer in layers]
    watched = [[WatchedCell(cell) for cell in layer.ways()] for layer in layers]

    def end(*_: Any) -> None:  # what reads on from there, such as a forecast step by step, is not what was read
        for cell in chain.from_iterable(watched):
            cell.keeps = False

    hook = stack.register_forward_hook(end)
    try:
        stack.implementation = "loop"
        for layer, ways in zip(layers, watched, strict=True):
            layer.cells = nn.ModuleList(ways)
        yield watched
    finally:
        hook.remove()
        stack.implementation = implementation
        for layer, cells in zip(layers, own, strict=True):
            layer.cells = cells
