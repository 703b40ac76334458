"""How much of the loss at the end comes back to each step: ∂L_T/∂h_t, seen against the lag T - t."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from seqmodels.errors import InputError
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import StepHead
from seqmodels.nn.recurrence import Stack
from seqmodels.nn.recurrence.watching import WatchedCell, watching
from seqmodels.topologies.base import Topology
from seqmodels.topologies.language_model import LanguageModel
from seqmodels.topologies.many_to_many import ManyToMany
from seqmodels.types import Batch, Padded, State

Direction = Literal["forward", "backward"]


class Flow(NamedTuple):
    """The gradients that reach one part of the state of one layer and direction.

    Args:
        layer: counted from 1, the lowest.
        direction: in which it reads.
        part: ``h``, ``c`` of a state of two, or ``state 2`` and so on of others.
        norms: (B, T) float64, ‖∂L/∂h‖ by example and lag: how many steps the layer reads after that one. NaN where an
            example has none.
    """

    layer: int
    direction: Direction
    part: str
    norms: Tensor

    @property
    def name(self) -> str:
        """Which layer and direction it is of."""
        return f"layer {self.layer}" + (", read backwards" if self.direction == "backward" else "")


class Watched(NamedTuple):
    """What a model went through over a batch.

    Args:
        losses: summed over examples, at the end of what is read forward and of what is read backward.
        layers: the cells, layer by layer and direction by direction.
    """

    losses: tuple[Tensor, Tensor]
    layers: list[list[WatchedCell]]


def recurrence_of(model: Topology) -> Stack:
    """The recurrence that a model reads with.

    Raises:
        InputError: it reads without one.
    """
    encoder = getattr(model, "encoder", None)
    stacks = [part for part in encoder.modules() if isinstance(part, Stack)] if isinstance(encoder, Encoder) else []
    if len(stacks) != 1:
        found = type(encoder).__name__ if isinstance(encoder, Encoder) else "no encoder"
        raise InputError(
            f"model: {type(model).__name__} with {found} found, which has no state from step to step; wanted an "
            "encoder that is a recurrence, such as model/encoder=lstm"
        )
    return stacks[0]


def gradient_flow(model: Topology, batch: Batch) -> list[Flow]:
    """‖∂L_T/∂h_t‖ of every example and step, at every layer and direction.

    L_T is the loss of the last step where a model labels every step by itself (``ManyToMany``, ``LanguageModel``), for
    what is read backwards that of the first one, and the example's whole loss elsewhere. ∂ is over every path from h_t
    to it: through later states, and through whatever reads outputs directly (attention, a mean over steps, the layer
    above). ∂L/∂c counts that h is made of c. Computed in float64, since gradients that vanish would be 0 in float32
    after some hundred steps; dropout is off.

    Args:
        model: of any topology with a recurrence.
        batch: with targets.

    Raises:
        InputError: the model reads without a recurrence.

    Example:
        >>> from seqmodels.topologies.gradient_flow import gradient_flow
        >>> [flow.part for flow in gradient_flow(lstm_tagger, batch)]  # doctest: +SKIP
        ['h', 'c']
    """
    directions: tuple[Direction, Direction] = ("forward", "backward")
    with watched(model, batch) as (losses, layers):
        return [
            Flow(i + 1, directions[way], _part(part, len(cell.steps[0].after)), norms)
            for i, ways in enumerate(layers)
            for way, cell in enumerate(ways)
            for part, norms in enumerate(_norms(losses[way], cell, bool(way)))
        ]


@contextmanager
def watched(model: Topology, batch: Batch) -> Iterator[Watched]:
    """The loss of a batch, summed over examples, and all that the recurrence went through; in float64, without dropout.

    Raises:
        InputError: the model reads without a recurrence.
    """
    stack, training, dtype = recurrence_of(model), model.training, next(model.parameters()).dtype
    hook = stack.register_forward_pre_hook(_in_double, with_kwargs=True)
    try:
        model.eval().double()
        with watching(stack) as layers, torch.enable_grad():
            yield Watched(_losses(model, batch), layers)
    finally:
        hook.remove()
        model.to(dtype).train(training)


def lengths_of(cell: WatchedCell) -> list[int]:
    """How many steps each sequence has, the longest first."""
    sizes = [len(step.x) for step in cell.steps]
    return [sum(size > row for size in sizes) for row in range(max(sizes))]


def ends_of(cell: WatchedCell, backward: bool) -> list[int]:
    """Of each sequence, the longest first, the number of the call that read its last step."""
    return [len(cell.steps) - 1 if backward else length - 1 for length in lengths_of(cell)]


def _norms(loss: Tensor, cell: WatchedCell, backward: bool) -> list[Tensor]:
    """(B, T) by example and lag, for each part of the state."""
    ends = torch.tensor(ends_of(cell, backward))
    found = []
    for part in range(len(cell.steps[0].after)):
        states = [step.after[part] for step in cell.steps]
        gradients = torch.autograd.grad(loss, states, retain_graph=True, allow_unused=True)
        norms = loss.new_full((len(ends), len(states)), torch.nan)
        for call, (state, gradient) in enumerate(zip(states, gradients, strict=True)):
            rows = torch.arange(len(state))
            lags = ends[: len(state)] - call
            norms[rows, lags] = 0.0 if gradient is None else gradient.flatten(1).norm(dim=1)
        found.append(norms)
    return found


def _part(part: int, parts: int) -> str:
    return "h" if part == 0 else "c" if parts == 2 else f"state {part + 1}"


def _losses(model: Topology, batch: Batch) -> tuple[Tensor, Tensor]:
    """Σ over examples of what each costs at its end, read forward and read backward."""
    assert batch.targets is not None
    if not isinstance(model, ManyToMany | LanguageModel) or not isinstance(model.head, StepHead):
        loss = model.loss(batch) * model.steps(batch)
        return loss, loss
    features = model.encoder(model.embedder(batch.inputs)).outputs
    ends = (features.lengths - 1, torch.zeros_like(features.lengths))
    last, first = (
        model.head.loss(model.head(_step(features, end)), _step(batch.targets, end)) * len(end) for end in ends
    )
    return last, first


def _step(padded: Padded, steps: Tensor) -> Padded:
    """One step of each sequence (B, 1, ...)."""
    rows = torch.arange(len(steps), device=steps.device)
    return Padded(padded.data[rows, steps][:, None], torch.ones_like(padded.lengths))


def _in_double(stack: nn.Module, given: Sequence[Any], named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Some embedders make float32 whatever their own numbers are."""
    inputs, *rest = given
    states: list[State | None] = [*rest, *named.values()]
    as_double = [None if state is None else tuple(part.double() for part in state) for state in states]
    return (Padded(inputs.data.double(), inputs.lengths), *as_double), {}
