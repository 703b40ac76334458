"""Sums over all paths through a linear-chain conditional random field.

A path y through the T steps of a sentence scores  s(y) = a_{y_1} + Σ_t e_{t, y_t} + Σ_{t>1} W_{y_{t-1}, y_t} + z_{y_T}.
What is forbidden scores -inf in a, W or z; at least one path of every length is not.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.types import Padded

RANGE = 100.0  # emissions and transitions no further apart can be exponentiated and multiplied without loss
LEAST = -500.0  # logarithm of the least share of a step's probability for which this holds
GREATEST = 650.0  # logarithm of what a product with a transition that is not forbidden may reach


class Chain(NamedTuple):
    """What a path scores besides its emissions.

    Args:
        starts: a (C,).
        transitions: W (C, C), from row to column.
        ends: z (C,).
    """

    starts: Tensor
    transitions: Tensor
    ends: Tensor


class Paths(NamedTuple):
    """Sums over all paths.

    Args:
        log_partition: log Σ_y exp s(y), (B,).
        marginals: p(y_t = c), (B, T, C), zero past every end.
        transitions: how often each transition is expected in the whole batch, (C, C).
    """

    log_partition: Tensor
    marginals: Tensor
    transitions: Tensor


def all_paths(emissions: Padded, chain: Chain) -> Paths:
    """The forward-backward algorithm (Rabiner 1989, section III), both directions in one loop, without gradients.

        α_t = e_t + log Σ_i exp(α_{t-1, i} + W_i),   β_t = e_t + log Σ_j exp(W_{·, j} + β_{t+1, j})

    from α_1 = a + e_1 and β_T = z + e_T. Where the scores are not too far apart, it is done with products of
    probabilities in double precision, a matrix product a step; else with logarithms of sums.
    """
    turned = _turned(emissions)
    data, (starts, transitions, ends) = _precise(emissions, chain)
    steps = torch.stack([data, _along(data, turned)]).permute(2, 0, 1, 3).contiguous()  # (T, 2, B, C)
    first = torch.stack([starts, ends])[:, None]  # (2, 1, C)
    states, exact = _states(steps, first, torch.stack([transitions, transitions.T]))
    alpha, beta = states[:, 0].transpose(0, 1), _along(states[:, 1].transpose(0, 1), turned)  # (B, T, C)
    total = (beta[:, 0] + starts).logsumexp(dim=1)  # (B,)
    marginals = (alpha + beta - data - total[:, None, None]).exp().masked_fill(~emissions.mask[..., None], 0.0)
    left, right = (
        alpha[:, :-1],
        (beta[:, 1:] - total[:, None, None]).masked_fill(~emissions.mask[:, 1:, None], -torch.inf),
    )
    return Paths(total, marginals, (_expected if exact else _multiplied)(left, right, transitions))


def log_partition(emissions: Padded, chain: Chain) -> Tensor:
    """log Σ_y exp s(y), (B,), by α alone, without gradients: for what is scored and not learnt from."""
    data, (starts, transitions, ends) = _precise(emissions, chain)
    states, _ = _states(data.transpose(0, 1)[:, None].contiguous(), starts[None, None], transitions[None])
    rows = torch.arange(len(data), device=data.device)
    return (states[emissions.lengths - 1, 0, rows] + ends).logsumexp(dim=1)


def _precise(emissions: Padded, chain: Chain) -> tuple[Tensor, Chain]:
    """Emissions (B, T, C), zero past every end, and the chain, in double precision and without gradients."""
    data, *parts = (part.detach() for part in (emissions.zeroed().data, *chain))
    if data.device.type == "mps":  # which has no double precision
        return data, Chain(*parts)
    return data.double(), Chain(*(part.double() for part in parts))


def _states(steps: Tensor, first: Tensor, moves: Tensor) -> tuple[Tensor, bool]:
    """The logarithms of all steps' sums, of D directions side by side, (T, D, B, C); whether the scores were so far
    apart that no product could be made of them.

    Args:
        steps: (T, D, B, C), the emissions in the order of each direction.
        first: (D, 1, C), what comes before the first of them.
        moves: (D, C, C), from row to column.
    """
    states = _products(steps, first, moves) if _near(steps, first, moves) else None
    return (_logarithms(steps, first, moves), True) if states is None else (states, False)


def _turned(padded: Padded) -> Tensor:
    """(B, T): where each step goes when every sequence is turned round; padding stays where it is."""
    steps = torch.arange(padded.data.shape[1], device=padded.data.device)
    return torch.where(padded.mask, padded.lengths[:, None] - 1 - steps, steps)


def _along(data: Tensor, places: Tensor) -> Tensor:
    return data.gather(1, places[..., None].expand_as(data))


def _near(steps: Tensor, first: Tensor, moves: Tensor) -> bool:
    """Whether double precision holds all products of a step."""
    if steps.dtype != torch.float64:
        return False
    moved = max(float(part.masked_fill(part == -torch.inf, 0.0).abs().max()) for part in (first, moves))
    return moved <= RANGE and float((steps.amax(dim=-1) - steps.amin(dim=-1)).max()) <= RANGE


def _products(steps: Tensor, first: Tensor, moves: Tensor) -> Tensor | None:
    """log α and log β, reversed, of all steps (T, D, B, C); None if a share of a step's probability was too small."""
    largest = steps.amax(dim=-1, keepdim=True)  # (T, D, B, 1)
    shares, factors = (steps - largest).exp_(), moves.exp()
    tops = torch.empty_like(largest)
    shares[0] *= first.exp()
    rows, heights = shares.unbind(), tops.unbind()
    for t, (row, height) in enumerate(zip(rows, heights, strict=True)):
        if t:
            row.mul_(torch.bmm(rows[t - 1], factors))
        torch.amax(row, dim=-1, keepdim=True, out=height)
        row.div_(height)
    logs = shares.log_()
    if bool(((logs < LEAST) & (logs > -torch.inf)).any()):
        return None
    return logs.add_((tops.log_() + largest).cumsum(dim=0))


def _logarithms(steps: Tensor, first: Tensor, moves: Tensor) -> Tensor:
    """log α and log β, reversed, of all steps (T, D, B, C), however far apart the scores are."""
    states = [steps[0] + first]
    for step in steps[1:]:
        states.append((states[-1][..., None] + moves[:, None]).logsumexp(dim=-2) + step)
    return torch.stack(states)


def _multiplied(left: Tensor, right: Tensor, transitions: Tensor) -> Tensor:
    """Expected transitions (C, C) of log probabilities before and behind them (B, T-1, C), as one matrix product.

    MKL makes products of 19 rows and the like otherwise with two threads than with one, in the last digit; of 20 not.
    """
    top, classes = left.amax(dim=-1, keepdim=True), len(transitions)
    before, behind = (left - top).exp(), (right + top).clamp(max=GREATEST).exp()
    before, behind = (F.pad(part.flatten(0, 1), (0, -classes % 4)) for part in (before, behind))  # (B * (T-1), C)
    return (before.T @ behind)[:classes, :classes] * transitions.exp()


def _expected(left: Tensor, right: Tensor, transitions: Tensor) -> Tensor:
    """The same, however far apart the scores are."""
    total = torch.zeros_like(transitions)
    for before, behind in zip(left.unbind(1), right.unbind(1), strict=True):
        total += (before[:, :, None] + transitions + behind[:, None]).exp().sum(dim=0)
    return total
