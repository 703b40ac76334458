"""The adaptive softmax, made for shares instead of numbers of classes."""

from collections.abc import Sequence

from torch import nn


def adaptive_softmax(
    input_size: int, output_size: int, cutoffs: Sequence[float], divisor: float
) -> nn.AdaptiveLogSoftmaxWithLoss:
    """Torch's adaptive softmax (Grave et al. 2017).

    Args:
        input_size: width H of the features.
        output_size: number of classes C, in the order of their frequency.
        cutoffs: rising shares of the classes at which the frequent ones end, and each group but the last.
        divisor: by how much each group's width is narrower than the one before.

    Raises:
        ValueError: the cutoffs do not rise, a group's width comes to nothing, or there is but one class.

    Example:
        >>> adaptive_softmax(16, 100, (0.05, 0.25), 4.0).cutoffs
        [5, 25, 100]
    """
    shares = list(cutoffs)
    if not shares or shares != sorted(set(shares)) or not 0 < shares[0] <= shares[-1] < 1:
        raise ValueError(f"cutoffs={shares} found, wanted rising shares between 0 and 1")
    if output_size < 2:
        raise ValueError(f"output_size={output_size} found, wanted two classes at least")
    if input_size < divisor ** len(shares):
        raise ValueError(
            f"divisor={divisor} found, but H={input_size} leaves group {len(shares)} no width; wanted less"
        )
    # Of few classes, as a check before the data are read has, some shares are the same number.
    places = sorted({min(max(1, round(share * output_size)), output_size - 1) for share in shares})
    return nn.AdaptiveLogSoftmaxWithLoss(input_size, int(output_size), places, div_value=divisor)
