"""Splits of data that come as a whole, decided by what is split and nothing else."""

import hashlib
from collections.abc import Iterable
from typing import Literal

from seqmodels.errors import InputError

Part = Literal["train", "val", "test"]


def hashed_split(keys: Iterable[str], val: int, test: int, number: int = 0) -> dict[str, Part]:
    """Which split each key is in: those with the smallest hashes are the test split, the next ones validate.

    So the order of the file makes no difference, and what is added to it later moves few of the others.

    Args:
        keys: what may stand in one split only; as often as it likes.
        val: different keys in the validation split.
        test: different keys in the test split.
        number: which of many such splits.

    Raises:
        InputError: nothing would be left to train on.

    Example:
        >>> hashed_split(["ab", "ba", "cc"], val=1, test=1)
        {'ab': 'test', 'ba': 'val', 'cc': 'train'}
    """
    order = sorted(set(keys), key=lambda key: (hashlib.sha256(f"{number} {key}".encode()).digest(), key))
    if val + test >= len(order):
        told = f"data.val={val:,}, data.test={test:,} found, and {len(order):,} to be split"
        raise InputError(f"{told}: wanted some left to train on")
    return {key: "test" if i < test else "val" if i < test + val else "train" for i, key in enumerate(order)}
