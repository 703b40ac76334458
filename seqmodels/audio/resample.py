"""Sound at another sampling rate."""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

ZEROS = 16  # of the sinc that are kept on either side
ROLLOFF = 0.95  # the share of the lower of both bands that is kept
LARGEST = 2**22  # numbers in a bank of filters; rates that recordings have need some ten thousand
STEEPEST = 1000  # times as many samples as there were


def resample(samples: Tensor, rate: int, wanted: int) -> Tensor:
    """The same sound at another rate: band-limited interpolation (Smith & Gossett 1984).

        y[m] = Σ_n x[n] h(m / wanted - n / rate),  h(t) = (c / rate) sinc(c t) cos²(π c t / 2z) for |c t| < z

    where c is 0.95 times the lower of both rates, so that nothing is mirrored into the band, and z = 16 zeros of the
    sinc are kept. Playing the result at the old rate makes it slower or faster, and lower or higher in pitch.

    Args:
        samples: (N,) float.
        rate, wanted: samples in a second; only their ratio matters.

    Returns:
        (⌈N wanted / rate⌉,)

    Raises:
        ValueError: a rate is not positive, or such that the filters would take any memory.

    Example:
        >>> resample(torch.zeros(441), 44100, 8000).shape
        torch.Size([80])
    """
    if min(rate, wanted) < 1:
        raise ValueError(f"rates {rate} and {wanted} found, wanted positive ones")
    shared = math.gcd(rate, wanted)
    old, new = rate // shared, wanted // shared
    if old == new or not len(samples):
        return samples
    if new * (old + 2 * _reach(old, new)) > LARGEST or new > STEEPEST * old:
        usual = "8000, 11025, 16000, 22050, 44100 or 48000"
        raise ValueError(f"rates {rate} and {wanted} found, wanted some in a simple ratio, such as {usual}")
    bank = _bank(old, new).to(samples)  # (new, K), a filter for each place of an output between two inputs
    left = (bank.shape[1] - old) // 2
    length = -(-len(samples) * new // old)
    blocks = -(-length // new)
    right = max(0, (blocks - 1) * old + bank.shape[1] - left - len(samples))
    padded = F.pad(samples, (left, right))  # (left + N + right,)
    windows = padded.unfold(0, bank.shape[1], old)[:blocks]  # (blocks, K)
    # A sum for every output, not a matrix product: so nothing depends on the number of threads.
    return torch.stack([(windows * row).sum(dim=1) for row in bank], dim=1).flatten()[:length]  # (length,)


@lru_cache(maxsize=64)
def _bank(old: int, new: int) -> Tensor:
    """h at every distance that occurs, double (new, 2 reach + old): row i for outputs at (i / new + whole) · old."""
    cut, reach = ROLLOFF * min(old, new), _reach(old, new)
    places = torch.arange(-reach, reach + old, dtype=torch.float64) / old  # of the inputs, in blocks
    outputs = torch.arange(new, dtype=torch.float64)[:, None] / new  # of the outputs
    t = (cut * (outputs - places)).clamp(-ZEROS, ZEROS)  # (new, K)
    return (cut / old) * torch.sinc(t) * torch.cos(math.pi * t / (2 * ZEROS)) ** 2


def _reach(old: int, new: int) -> int:
    """How many inputs to either side an output is made of."""
    return math.ceil(ZEROS * old / (ROLLOFF * min(old, new)))
