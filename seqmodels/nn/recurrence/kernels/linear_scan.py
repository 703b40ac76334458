"""The linear recurrence h_t = a_t·h_{t-1} + b_t: step by step over rows, and in log2 T passes over a padded batch."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from seqmodels.nn.recurrence.layout import Layout


class LinearScanRows(torch.autograd.Function):
    """h_t = a_t·h_{t-1} + b_t, element by element, a step at a time.

    The recurrence of minGRU and minLSTM (Feng et al. 2024, arXiv 2410.01201) and of linear state spaces. A step is one
    operation, which reads the step before where it lies; the gradient runs the same recurrence the other way:
    dh_t = d_out_t + a_{t+1}·dh_{t+1}, db_t = dh_t, da_t = dh_t·h_{t-1}.

    Example:
        >>> outputs, last = LinearScanRows.apply(a, b, h0, layout, False)  # doctest: +SKIP
    """

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, h0: Tensor, layout: Layout, reverse: bool) -> tuple[Tensor, Tensor]:
        """a and b (N, H), h0 (B, H) in the layout's order → outputs (N, H), last states (B, H)."""
        outputs = torch.empty_like(b)  # (N, H)
        state, have = (h0[:0], 0) if reverse else (h0, len(h0))
        for size, gain, add, out in layout.steps(reverse, a, b, outputs):
            if size != have:
                state, have = _fit(state, h0, size), size
            state = torch.addcmul(add, gain, state, out=out)
        ctx.save_for_backward(a, h0, outputs)
        ctx.layout, ctx.reverse = layout, reverse
        return outputs, _edge(outputs, layout.before if reverse else layout.after)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor, d_last: Tensor) -> tuple[Tensor | None, ...]:
        a, h0, outputs = ctx.saved_tensors
        layout, reverse = ctx.layout, ctx.reverse
        d_states = torch.empty_like(outputs)  # (N, H), dh at every step
        ones = torch.ones_like(h0)
        gain, state, have = (ones, d_last, len(h0)) if reverse else (ones[:0], d_last[:0], 0)
        for size, d_out, next_gain, d_state in layout.steps(not reverse, d_outputs, a, d_states):
            if size != have:
                gain, state, have = _fit(gain, ones, size), _fit(state, d_last, size), size
            state = torch.addcmul(d_out, gain, state, out=d_state)
            gain = next_gain
        index = layout.after if reverse else layout.before
        previous = torch.cat([outputs, h0]).index_select(0, index)  # (N, H)
        return previous.mul_(d_states), d_states, _edge(a, index) * _edge(d_states, index), None, None


def _fit(state: Tensor, others: Tensor, size: int) -> Tensor:
    """The first ``size`` rows, of which those that ``state`` lacks, sequences that begin here, are of ``others``."""
    return state[:size] if size < len(state) else torch.cat([state, others[len(state) : size]])


def _edge(rows: Tensor, neighbour: Tensor) -> Tensor:
    """(B, H): each sequence's row that has no neighbour, in the layout's order."""
    places = (neighbour >= len(rows)).nonzero()[:, 0]  # (B,)
    found = rows.index_select(0, places)
    return torch.empty_like(found).index_copy_(0, neighbour[places] - len(rows), found)


class ParallelScan(torch.autograd.Function):
    """h_t = a_t·h_{t-1} + b_t over a padded batch, in log2 T passes over all steps at once (Hillis & Steele 1986).

    Two steps (a, b) and (a', b') make one, (a'·a, a'·b + b'); each pass doubles how many steps an element has taken
    in. More work than step by step, and far fewer launches, so it is for GPUs.

    Example:
        >>> outputs = ParallelScan.apply(a, b, h0, False)  # doctest: +SKIP
    """

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, h0: Tensor, reverse: bool) -> Tensor:
        outputs = _scan(a, b, h0, reverse)
        ctx.save_for_backward(a, h0, outputs)
        ctx.reverse = reverse
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor) -> tuple[Tensor | None, ...]:
        a, h0, outputs = ctx.saved_tensors
        start = h0[:, None]  # (B, 1, H)
        if ctx.reverse:
            previous = torch.cat([outputs[:, 1:], start], dim=1)  # (B, T, H)
            gains = torch.cat([torch.zeros_like(start), a[:, :-1]], dim=1)  # (B, T, H)
            first = -1
        else:
            previous = torch.cat([start, outputs[:, :-1]], dim=1)
            gains = torch.cat([a[:, 1:], torch.zeros_like(start)], dim=1)
            first = 0
        d_states = _scan(gains, d_outputs, torch.zeros_like(h0), not ctx.reverse)  # (B, T, H)
        return d_states * previous, d_states, a[:, first] * d_states[:, first], None


def parallel_scan(a: Tensor, b: Tensor, h0: Tensor, reverse: bool = False) -> Tensor:
    """h_t = a_t·h_{t-1} + b_t in log2 T passes; h_t = a_t·h_{t+1} + b_t if ``reverse``.

    Args:
        a: (B, T, H), 1 on padding, where the state then stands still.
        b: (B, T, H), 0 on padding.
        h0: (B, H), the state before the first step, or after the last one if ``reverse``.

    Returns:
        (B, T, H), of which the last step, or the first one if ``reverse``, is each sequence's last state.
    """
    return ParallelScan.apply(a, b, h0, reverse)


def _scan(a: Tensor, b: Tensor, h0: Tensor, reverse: bool) -> Tensor:
    gains, states, steps = a.clone(), b.clone(), a.shape[1]  # (B, T, H)
    first = -1 if reverse else 0
    states[:, first].addcmul_(gains[:, first], h0)
    shift = 1
    while shift < steps:
        here, there = slice(shift, None), slice(None, -shift)
        if reverse:
            here, there = there, here
        # The products are made before anything is written: what is read is the pass before.
        states[:, here] += gains[:, here] * states[:, there]
        gains[:, here] = gains[:, here] * gains[:, there]
        shift *= 2
    return states
