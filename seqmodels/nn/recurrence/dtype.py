"""The precision in which a recurrence computes."""

import torch
from torch import Tensor


def compute_dtype(data: Tensor) -> torch.dtype:
    """What products are done in: autocast's dtype where it is on, except for float64, which autocast leaves alone."""
    device = data.device.type
    if data.dtype == torch.float64 or not torch.is_autocast_enabled(device):
        return data.dtype
    return torch.get_autocast_dtype(device)
