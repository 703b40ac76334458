"""Sound without the quiet at its ends."""

from torch import Tensor

STEP = 0.01  # seconds whose power is looked at, and that are cut off at once


def trimmed(sound: Tensor, rate: int, first: float, last: float) -> Tensor:
    """A sound without what lies before and behind all that is loud: of mean power above 10^(-d / 10) times that of its
    loudest hundredth of a second, d being one number of decibels at its beginning and one at its end.

    Args:
        sound: (N,) float.
        rate: samples in a second.
        first, last: decibels at least 0.

    Returns:
        (N',) samples, at least one where there was one.

    Raises:
        ValueError: a number of decibels is negative.

    Example:
        >>> import torch
        >>> len(trimmed(torch.cat([torch.full((800,), 0.01), torch.ones(800)]), 8000, 30.0, 30.0))
        800
    """
    if min(first, last) < 0:
        raise ValueError(f"first={first}, last={last} found, wanted decibels at least 0")
    if not len(sound):
        return sound
    step = max(1, round(STEP * rate))
    power = [float(piece.double().square().mean()) for piece in sound.split(step)]  # T of them
    begin, end = ([i for i, p in enumerate(power) if p >= max(power) * 10 ** (-d / 10)] for d in (first, last))
    return sound[begin[0] * step : (end[-1] + 1) * step]
