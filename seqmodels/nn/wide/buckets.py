"""Which n-grams stand in sequences of ids, as numbers of a table's rows."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from seqmodels.types import BOS, EOS, Padded

NONE = 0  # the bucket of no n-gram
MIX = 0x9E3779B97F4A7C15 - 2**64  # 2⁶⁴ over the golden ratio, as int64 has it: spreads neighbouring numbers (Knuth 6.4)


def check_ngrams(ngrams: Sequence[int]) -> tuple[int, int]:
    """The least and the greatest length of n-grams.

    Raises:
        ValueError: they are none.

    Example:
        >>> check_ngrams([1, 2])
        (1, 2)
    """
    lengths = tuple(ngrams)
    if len(lengths) != 2 or not 1 <= lengths[0] <= lengths[1]:
        raise ValueError(f"ngrams={list(lengths)} found, wanted the least and the greatest length, such as [1, 2]")
    return lengths


def ngram_lengths(ngrams: Sequence[int], buckets: int) -> range:
    """The lengths of n-grams that are to have some buckets.

    Raises:
        ValueError: no such lengths, or too few buckets.

    Example:
        >>> ngram_lengths([1, 3], 1000)
        range(1, 4)
    """
    least, greatest = check_ngrams(ngrams)
    if buckets < 2:
        raise ValueError(f"buckets={buckets} found, wanted 2 at least: one is that of no n-gram")
    return range(least, greatest + 1)


def ngram_buckets(inputs: Padded, lengths: range, buckets: int) -> Tensor:
    """The bucket of every n-gram (B, N), ``NONE`` behind the end of a shorter sequence (Weinberger et al. 2009).

    Args:
        inputs: ids (B, T), or (B, T, K) in columns, of which the first is read.
        lengths: of the n-grams, over the ids and a mark before and behind them.
        buckets: how many there are, that of no n-gram among them.

    Raises:
        ValueError: what is read are numbers.

    Example:
        >>> ngram_buckets(Padded(torch.tensor([[5, 6], [7, 0]]), torch.tensor([2, 1])), range(1, 3), 1000).shape
        torch.Size([2, 7])
    """
    ids, sizes = inputs.data, inputs.lengths
    if ids.is_floating_point():
        raise ValueError("n-grams are of ids, and what is read are numbers: leave model.wide out")
    ids = ids[..., 0] if ids.dim() == 3 else ids
    marked = F.pad(ids, (1, 1))  # (B, T + 2)
    marked[:, 0] = BOS
    marked.scatter_(1, sizes[:, None] + 1, EOS)
    return torch.cat([_of_length(marked, sizes + 2, length, buckets) for length in lengths], dim=1)


def different_buckets(found: Tensor) -> Tensor:
    """The same (B, N), each bucket of a row once and ``NONE`` for every further time.

    Example:
        >>> different_buckets(torch.tensor([[7, 3, 7]])).tolist()
        [[3, 7, 0]]
    """
    found = found.sort(dim=1).values
    found[:, 1:] = found[:, 1:].masked_fill(found[:, 1:] == found[:, :-1], NONE)
    return found


def _of_length(ids: Tensor, sizes: Tensor, length: int, buckets: int) -> Tensor:
    """The buckets of the n-grams of one length; ids that are too few have none."""
    if ids.shape[1] < length:
        return torch.full_like(ids[:, :1], NONE)
    windows = ids.unfold(1, length, 1)  # (B, M, n)
    key = torch.full_like(windows[..., 0], length) * MIX  # (B, M), no small number that an id could undo
    for place in range(length):
        key = (key ^ windows[..., place]) * MIX  # modulo 2⁶⁴
        key = key ^ (key >> 29)
    begins = torch.arange(windows.shape[1], device=ids.device)
    inside = begins + length <= sizes[:, None]  # (B, M)
    return (key % (buckets - 1) + 1).masked_fill(~inside, NONE)
