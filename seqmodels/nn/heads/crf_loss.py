"""The loss of a linear-chain conditional random field."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from seqmodels.nn.heads.crf_recursions import Chain, all_paths, log_partition
from seqmodels.types import Padded


def chain_loss(scores: Padded, chain: Chain, targets: Padded) -> Tensor:
    """Σ_sentences -log p(y) / steps, a scalar; with gradients where they are asked for.

    Args:
        scores: the emissions (B, T, C).
        chain: the other scores.
        targets: y (B, T).
    """
    if torch.is_grad_enabled():
        loss: Tensor = ChainLoss.apply(scores.data, *chain, targets.data, scores.lengths)
        return loss
    total = log_partition(scores, chain)
    costs = total - _of_path(scores, chain, targets.zeroed().data, total.dtype)  # (B,)
    return (costs.sum() / scores.lengths.sum()).to(scores.data.dtype)


def _of_path(scores: Padded, chain: Chain, wanted: Tensor, dtype: torch.dtype) -> Tensor:
    """s(y), (B,), of y (B, T), zero past every end."""
    classes, mask = scores.data.shape[2], scores.mask
    pairs = wanted[:, :-1] * classes + wanted[:, 1:]  # (B, T-1)
    said = scores.data.gather(2, wanted[..., None])[..., 0].to(dtype).masked_fill(~mask, 0.0).sum(dim=1)
    moved = chain.transitions.to(dtype).flatten()[pairs].masked_fill(~mask[:, 1:], 0.0).sum(dim=1)
    last = wanted.gather(1, scores.lengths[:, None] - 1)[:, 0]  # (B,)
    return said + moved + chain.starts[wanted[:, 0]] + chain.ends[last]


class ChainLoss(Function):
    """Σ_sentences -log p(y) / steps, with the gradient that the marginals give (Sutton & McCallum 2012, section 5.1).

        ∂/∂e_{t,c} = p(y_t = c) - [y_t = c],  and as much for transitions, starts and ends

    Example:
        >>> from seqmodels.nn.heads.crf_loss import ChainLoss
        >>> data, zeros = torch.zeros(1, 2, 3), torch.zeros(3)
        >>> ChainLoss.apply(data, zeros, torch.zeros(3, 3), zeros, torch.zeros(1, 2).long(), torch.tensor([2]))
        tensor(1.0986)
    """

    @staticmethod
    def forward(
        ctx: Any, data: Tensor, starts: Tensor, transitions: Tensor, ends: Tensor, targets: Tensor, lengths: Tensor
    ) -> Tensor:
        emissions, classes, chain = Padded(data, lengths), data.shape[2], Chain(starts, transitions, ends)
        paths = all_paths(emissions, chain)
        wanted = Padded(targets, lengths).zeroed().data  # (B, T)
        mask, dtype = emissions.mask, paths.log_partition.dtype
        gold = _of_path(emissions, chain, wanted, dtype)
        pairs = wanted[:, :-1] * classes + wanted[:, 1:]  # (B, T-1)
        steps = lengths.sum()
        there = torch.zeros_like(paths.marginals).scatter_(2, wanted[..., None], mask[..., None].to(dtype))
        counted = pairs.masked_fill(~mask[:, 1:], classes**2).flatten().bincount(minlength=classes**2 + 1)
        of_emissions = paths.marginals - there  # (B, T, C)
        of_ends = of_emissions.gather(1, (lengths - 1)[:, None, None].expand(-1, 1, classes)).sum(dim=(0, 1))
        of_moves = paths.transitions - counted[:-1].view_as(transitions)
        ctx.save_for_backward(
            *(
                (part / steps).to(data.dtype)
                for part in (of_emissions, of_emissions[:, 0].sum(dim=0), of_moves, of_ends)
            )
        )
        return ((paths.log_partition - gold).sum() / steps).to(data.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        return (*(grad * saved for saved in ctx.saved_tensors), None, None)
