"""Any cell, step by step."""

import torch
from torch import Tensor

from seqmodels.nn.cells import Cell, ProjectedCell
from seqmodels.nn.recurrence.layout import Layout
from seqmodels.types import State


def run_loop(
    cell: Cell, rows: Tensor, start: State, layout: Layout, reverse: bool, zoneout: float = 0.0
) -> tuple[Tensor, State]:
    """Run a cell over real rows alone, in one direction.

    Args:
        cell: any; one that can project its inputs does so for all steps at once.
        rows: (N, D).
        start: the first state in the layout's order, (B, ...) each.
        layout: of the batch.
        reverse: read from the right.
        zoneout: chance of every number of the state to stay what it was (Krueger et al. 2017); outside training each
            is the mean of old and new by that chance.

    Returns:
        outputs (N, H) and the state at each sequence's end, in the layout's order.

    Raises:
        ValueError: the cell returned something of the wrong shape.
    """
    inputs = cell.project(rows) if isinstance(cell, ProjectedCell) else rows  # (N, K)
    step = cell.step if isinstance(cell, ProjectedCell) else cell
    steps = list(inputs.split(layout.sizes))
    order = range(len(steps) - 1, -1, -1) if reverse else range(len(steps))
    state = tuple(part[: layout.sizes[order[0]]] for part in start)
    outputs: list[Tensor] = [rows] * len(steps)
    ended: list[State] = []  # forward: what has come to its end, shortest sequences first
    for t in order:
        size = layout.sizes[t]
        if reverse and len(state[0]) != size:  # a few more sequences begin
            state = tuple(torch.cat([part, first[len(part) : size]]) for part, first in zip(state, start, strict=True))
        elif not reverse and len(state[0]) != size:
            ended.append(tuple(part[size:] for part in state))
            state = tuple(part[:size] for part in state)
        output, new = step(steps[t], state)
        check_step(cell, output, new, state)
        if zoneout:
            output, new = _zoned(output, new, state, zoneout, cell.training)
        outputs[t], state = output, new
    ended.append(state)
    final = tuple(torch.cat(parts[::-1]) if len(parts) > 1 else parts[0] for parts in zip(*ended, strict=True))
    return torch.cat(outputs), final


def check_step(cell: Cell, output: Tensor, new: State, old: State) -> None:
    """Refuse a cell of somebody's own that breaks the promise, before its numbers spread.

    Raises:
        ValueError: another number of state tensors, or a tensor of another shape than before.
    """
    found = [tuple(output.shape), *(tuple(part.shape) for part in new)]
    wanted = [tuple(old[0].shape), *(tuple(part.shape) for part in old)]
    if found != wanted:
        raise ValueError(
            f"{type(cell).__name__}: output and state of shapes {found} found, wanted {wanted}: the output (B, H) and "
            "a state like the one that zero_state makes, h (B, H) first"
        )


def _zoned(output: Tensor, new: State, old: State, zoneout: float, training: bool) -> tuple[Tensor, State]:
    """Each number as it was with the chance ``zoneout``."""
    mixed = tuple(_mixed(n, o, zoneout, training) for n, o in zip(new, old, strict=True))
    return mixed[0] if output is new[0] else output, mixed


def _mixed(new: Tensor, old: Tensor, zoneout: float, training: bool) -> Tensor:
    if not training:
        return (1 - zoneout) * new + zoneout * old  # not lerp, which refuses the two dtypes of autocast
    return torch.where(torch.rand_like(new) < zoneout, old, new)
