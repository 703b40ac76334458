"""How sure a model is, and how often it is right then."""

from io import BytesIO

import pytest
import torch
from PIL import Image

from seqmodels.metrics import Reliability
from seqmodels.reports import reliability_picture


def counted(*rows: tuple[float, float, float]) -> Reliability:
    return Reliability(*torch.tensor(rows, dtype=torch.float64).T)


def test_the_picture_is_a_png_whatever_bins_are_empty() -> None:
    for rows in ([(0, 0, 0), (4, 0.6, 0.75)], [(1, 0.2, 0.0)], [(0, 0, 0)] * 14 + [(500, 1.0, 1.0)]):
        image = Image.open(BytesIO(reliability_picture(counted(*rows), "a run")))
        assert image.format == "PNG"
        assert min(image.size) > 600
        assert len(image.getcolors(maxcolors=100_000) or []) > 20


def test_a_long_title_is_not_cut() -> None:
    one = counted((1, 0.5, 1.0))
    narrow, wide = (Image.open(BytesIO(reliability_picture(one, title))).size[0] for title in ("a", "a title " * 20))
    assert wide > narrow


def test_of_nothing_there_is_no_picture() -> None:
    with pytest.raises(ValueError, match="no answer was counted"):
        reliability_picture(counted((0, 0, 0)), "a run")
