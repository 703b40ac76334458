"""Examples that read the same."""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from torch import Tensor


def repeats(inputs: Iterable[Tensor]) -> list[int]:
    """For each of some inputs, how many of those before it are equal: what is drawn for one is not drawn again.

    Example:
        >>> import torch
        >>> repeats([torch.tensor([4]), torch.tensor([5]), torch.tensor([4]), torch.tensor([4])])
        [0, 0, 1, 2]
    """
    seen: Counter[tuple[tuple[int, ...], bytes]] = Counter()
    counts = []
    for item in inputs:
        key = tuple(item.shape), blake2b(item.contiguous().numpy().tobytes(), digest_size=16).digest()
        counts.append(seen[key])
        seen[key] += 1
    return counts
