"""The mel scale, and filters along it."""

import math

import torch
from torch import Tensor


def mel_of(hertz: float) -> float:
    """mel(f) = 2595 log10(1 + f / 700) (O'Shaughnessy 1987), the scale of HTK.

    Example:
        >>> round(mel_of(1000.0))
        1000
    """
    return 2595 * math.log10(1 + hertz / 700)


def mel_bank(mels: int, size: int, rate: int, low: float, high: float) -> Tensor:
    """Triangular filters, as in HTK: each rises from the middle of the one before to 1 at its own, and falls to that of
    the next; the middles and both ends are equally far from one another in mel.

    Args:
        mels: how many filters M.
        size: of the Fourier transform.
        rate: samples in a second.
        low, high: hertz, where the first begins and the last ends.

    Returns:
        (M, size // 2 + 1), double.

    Raises:
        ValueError: the band is none, or a filter is so narrow that no frequency of the transform lies in it.

    Example:
        >>> mel_bank(2, 8, 8000, 0.0, 4000.0).shape
        torch.Size([2, 5])
    """
    if not 0 <= low < high <= rate / 2:
        raise ValueError(f"low={low}, high={high} found, wanted a band between 0 and half the rate, {rate / 2:g}")
    edges = torch.linspace(mel_of(low), mel_of(high), mels + 2, dtype=torch.float64)  # (M + 2,)
    hertz = torch.arange(size // 2 + 1, dtype=torch.float64) * rate / size  # (F,)
    scale = 2595 * torch.log10(1 + hertz / 700)  # (F,)
    left, middle, right = (edges[i : mels + i, None] for i in range(3))  # (M, 1)
    rising, falling = (scale - left) / (middle - left), (right - scale) / (right - middle)  # (M, F)
    bank = torch.minimum(rising, falling).clamp(min=0)
    if empty := (bank.sum(dim=1) == 0).nonzero().flatten().tolist():
        raise ValueError(
            f"mels={mels} found, but filter {empty[0] + 1} holds no frequency of a Fourier transform of {size}: "
            "wanted fewer filters or a longer window"
        )
    return bank
