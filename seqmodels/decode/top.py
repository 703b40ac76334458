"""The greatest scores of each row."""

import torch
from torch import Tensor


def top(scores: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """The ``most`` greatest of each row and their places, the greatest first; of equal ones those that stand first.

    Example:
        >>> from seqmodels.decode.top import top
        >>> top(torch.tensor([[1.0, 3.0, 2.0, 3.0]]), 2)[1].tolist()
        [[1, 3]]
    """
    found = scores.topk(min(most + 1, scores.shape[1]))
    values, ids = found.values[:, :most], found.indices[:, :most]
    tied = (found.values[:, most - 1] == found.values[:, -1]) & (values[:, -1] > -torch.inf)  # (N,)
    if found.values.shape[1] > most and bool(tied.any()):  # topk may have taken any of the equal ones
        whole = scores[tied].sort(dim=1, descending=True, stable=True)
        ids = ids.index_put((tied,), whole.indices[:, :most])
    ids = ids.sort(dim=1).values
    values, order = scores.gather(1, ids).sort(dim=1, descending=True, stable=True)
    return values, ids.gather(1, order)
