"""How much a step of a recurrence stretches or shrinks what flows back through it."""

from typing import NamedTuple

import torch
from torch import Tensor

from seqmodels.nn.cells import Cell
from seqmodels.nn.recurrence.watching import Step, WatchedCell
from seqmodels.topologies.base import Topology
from seqmodels.topologies.gradient_flow import ends_of, lengths_of, watched
from seqmodels.types import Batch, State

SEQUENCES, STEPS = 4, 30  # of which Jacobians are taken: the longest sequences, their last steps
MOST = 2**25  # numbers of all Jacobians at once


class JacobianNorms(NamedTuple):
    """Spectral norms of Jacobians J_t = ∂s_t/∂s_{t-1} of a whole state s, such as (h, c), the input held fixed.

    Args:
        steps: K, how many stand behind one another.
        one: the mean of log10 ‖J_t‖ over steps and sequences. No gradient shrinks more slowly on average, since
            ‖J_T ··· J_t‖ ≤ Π ‖J‖ (Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013, section 2.2).
        product: the mean of log10 ‖J_T ··· J_{T-K+1}‖ / K over sequences: a step's share of what K together do.
    """

    steps: int
    one: float
    product: float


def jacobian_norms(model: Topology, batch: Batch) -> list[list[JacobianNorms]]:
    """Norms of the Jacobians at the end of the batch's longest sequences, by layer and direction, in float64.

    Args:
        model: of any topology with a recurrence.
        batch: with targets.

    Raises:
        InputError: the model reads without a recurrence.

    Example:
        >>> from seqmodels.topologies.jacobians import jacobian_norms
        >>> jacobian_norms(model, batch)[0][0].product < 0  # doctest: +SKIP
        True
    """
    with watched(model, batch) as (_, layers):
        return [[_of_cell(cell, bool(way)) for way, cell in enumerate(ways)] for ways in layers]


def jacobians(cell: Cell, step: Step) -> Tensor:
    """(N, S, S) ∂s'/∂s of a cell's step, row by row, all parts of the state joined in S.

    Args:
        cell: whose rows do not know of one another.
        step: what it read, and the states that it began with.
    """
    before = tuple(part.detach().requires_grad_() for part in step.before)
    _, after = cell(step.x.detach(), before)
    flat = _flat(after)  # (N, S)
    rows = []
    for number in flat.sum(dim=0):
        found = torch.autograd.grad(number, before, retain_graph=True, allow_unused=True)
        filled = tuple(torch.zeros_like(b) if f is None else f for f, b in zip(found, before, strict=True))
        rows.append(_flat(filled))
    return torch.stack(rows, dim=1)


def _of_cell(watch: WatchedCell, backward: bool) -> JacobianNorms:
    ends = ends_of(watch, backward)[:SEQUENCES]
    width = sum(part[0].numel() for part in watch.steps[0].before)
    # The first step begins with a state that is given, not made.
    count = min(STEPS, min(lengths_of(watch)[:SEQUENCES]) - 1, max(1, MOST // (width * width)))
    if count < 1:
        return JacobianNorms(0, float("nan"), float("nan"))
    ends = ends[: max(1, MOST // (width * width * count))]
    calls = [(row, end - back) for row, end in enumerate(ends) for back in range(count)]  # the last step first
    found = jacobians(watch.cell, _stacked(watch.steps, calls)).unflatten(0, (len(ends), count))
    return JacobianNorms(count, float(_norm(found).log10().mean()), float(_product(found).mean()) / count)


def _stacked(steps: list[Step], calls: list[tuple[int, int]]) -> Step:
    """Rows of several steps as one."""
    x = torch.stack([steps[call].x[row] for row, call in calls])
    before = tuple(
        torch.stack([steps[call].before[part][row] for row, call in calls]) for part in range(len(steps[0].before))
    )
    return Step(x, before, before)


def _product(found: Tensor) -> Tensor:
    """(N,) log10 ‖J_T ··· J_{T-K+1}‖ of (N, K, S, S), kept in range by taking norms off on the way."""
    total = found.new_zeros(len(found))
    product = found[:, 0]
    for back in range(found.shape[1]):
        product = product @ found[:, back] if back else product
        norm = _norm(product)  # (N,)
        total = total + norm.log10()
        product = product / norm.clamp(min=torch.finfo(norm.dtype).tiny)[:, None, None]
    return total


def _norm(matrices: Tensor) -> Tensor:
    """The greatest singular value of (..., S, S)."""
    return torch.linalg.matrix_norm(matrices, ord=2)


def _flat(state: State) -> Tensor:
    return torch.cat([part.flatten(1) for part in state], dim=1)  # (N, S)
