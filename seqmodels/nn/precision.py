"""How many digits scores have."""

import torch
from torch import Tensor


def at_least_single(scores: Tensor) -> Tensor:
    """The same numbers with as many digits as sums and differences of them need: autocast makes them with fewer.

    Example:
        >>> at_least_single(torch.zeros(2, dtype=torch.bfloat16)).dtype
        torch.float32
    """
    return scores if scores.dtype == torch.float64 else scores.float()
