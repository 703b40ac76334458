"""What several rooms of tests share."""

from collections.abc import Callable

import pytest
import torch

from seqmodels import Padded
from seqmodels.types import pad


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture
def vectors() -> Callable[..., Padded]:
    """Makes random sequences of these lengths and this width."""

    def make(lengths: list[int], width: int, dtype: torch.dtype = torch.float64) -> Padded:
        return pad([torch.randn(length, width, dtype=dtype) for length in lengths])

    return make


@pytest.fixture
def ids() -> Callable[..., Padded]:
    """Makes random sequences of these lengths, of ids from 4 (below it stand the special symbols) to ``size`` - 1."""

    def make(lengths: list[int], size: int) -> Padded:
        return pad([torch.randint(4, size, (length,)) for length in lengths])

    return make


@pytest.fixture
def noisy() -> Callable[..., Padded]:
    """Puts a value past every end, and that many steps more."""

    def put(padded: Padded, value: float, more: int = 0) -> Padded:
        batch, _, *width = padded.data.shape
        data = torch.cat([padded.data, padded.data.new_zeros((batch, more, *width))], dim=1)
        wider = Padded(data, padded.lengths)
        mask = wider.mask.reshape(*wider.mask.shape, *[1] * len(width))
        return Padded(torch.where(mask, data, torch.full_like(data, value)), padded.lengths)

    return put
