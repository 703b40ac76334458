"""Rare tokens hidden now and then."""

from collections.abc import Sequence
from random import Random

import torch
from torch import Tensor

from seqmodels.data.augment.base import Augmentation
from seqmodels.errors import InputError
from seqmodels.types import UNK, PositiveFloat


class RareAsUnknown(Augmentation):
    """Make a token ``<unk>`` with probability a / (a + n), n being how often training has it (Kiperwasser & Goldberg
    2016, section 4), so that the model learns what to do with words that it never saw. Of inputs in several columns
    only the first is hidden: an unknown word still shows its letters.

    Args:
        share: a.

    Example:
        >>> augment = RareAsUnknown(share=0.25); augment.fit([torch.tensor([4, 4, 5])], size=6)
        >>> augment.probabilities.tolist()[4:]
        [0.1111111119389534, 0.20000000298023224]
    """

    def __init__(self, share: PositiveFloat = 0.25):
        self.share = share

    def fit(self, inputs: Sequence[Tensor], size: int) -> None:
        if any(item.is_floating_point() for item in inputs):
            raise InputError(
                "augment: RareAsUnknown found with frames of numbers, wanted inputs of ids; choose another one"
            )
        counts = torch.bincount(torch.cat([_first(item) for item in inputs]), minlength=size)  # (C,)
        self.probabilities = torch.where(counts > 0, self.share / (self.share + counts), 0.0)  # (C,)
        self._chances = self.probabilities.tolist()  # a few tokens at a time are looked up faster in a list

    def change(self, item: Tensor, draw: Random) -> Tensor:
        tokens = _first(item).tolist()
        hidden = [place for place, token in enumerate(tokens) if draw.random() < self._chances[token]]
        if not hidden:
            return item
        changed = item.clone()
        _first(changed)[hidden] = UNK
        return changed


def _first(item: Tensor) -> Tensor:
    """The ids of the tokens themselves, where a step has others beside them."""
    return item if item.dim() == 1 else item[:, 0]
