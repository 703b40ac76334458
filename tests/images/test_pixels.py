"""Pixels: pictures as rows of numbers."""

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.images import Picture, Pixels


@pytest.fixture
def pictures():
    draw = torch.Generator().manual_seed(1)
    return [Picture(torch.randint(256, (4, 6, 3), dtype=torch.uint8, generator=draw)) for _ in range(20)]


def test_each_colour_gets_mean_0_and_deviation_1(pictures):
    field = Pixels(4, 6)
    field.fit(pictures)
    rows = torch.stack([field.encode(picture) for picture in pictures])  # (N, H, C · W)
    assert rows.shape == (20, 4, 18)
    colours = rows.unflatten(2, (3, 6)).transpose(1, 2).flatten(2)  # (N, C, H · W)
    assert colours.mean(dim=(0, 2)).abs().max() < 1e-5
    assert (colours.std(dim=(0, 2), correction=0) - 1).abs().max() < 1e-5


def test_a_row_has_all_reds_then_all_greens_then_all_blues(pictures):
    field = Pixels(4, 6)
    field.fit(pictures)
    row = field.encode(pictures[0])[2]  # (C · W)
    pixel = pictures[0].pixels[2, 5].double()
    assert torch.allclose(row[[5, 11, 17]].double(), (pixel - field.scale.mean) / field.scale.deviation, atol=1e-5)


def test_a_checkpoint_carries_what_it_learnt(pictures):
    field, other = Pixels(4, 6), Pixels(4, 6)
    field.fit(pictures)
    other.load_learnt(field.learnt())
    assert torch.equal(field.encode(pictures[3]), other.encode(pictures[3]))


@pytest.mark.parametrize(
    "learnt",
    [
        {},
        {"mean": [1.0, 2.0, 3.0]},
        {"mean": [1.0], "deviation": [1.0]},
        {"mean": [1.0, 2.0, 3.0], "deviation": [1.0, 0.0, 1.0]},
        {"mean": [1.0, 2.0, float("nan")], "deviation": [1.0, 1.0, 1.0]},
        {"mean": "abc", "deviation": [1.0, 1.0, 1.0]},
        {"mean": [1.0, 2.0, 3.0], "deviation": [1.0, 1.0, 1.0], "more": [1.0]},
    ],
)
def test_what_another_field_learnt_is_refused(learnt):
    with pytest.raises(InputError):
        Pixels(4, 6).load_learnt(learnt)


def test_another_size_is_a_fault_or_made_to_fit_and_counted(pictures):
    small = Picture(torch.full((2, 3, 3), 50, dtype=torch.uint8))
    strict, ready = Pixels(4, 6), Pixels(4, 6, resize=True)
    for field in (strict, ready):
        field.fit(pictures)
    with pytest.raises(InputError, match="3 × 2 pixels found, wanted 6 × 4; bring it to that size, or train with"):
        strict.encode(small)
    assert ready.encode(small).shape == (4, 18)
    assert (ready.resized, strict.resized) == (1, 0)


def test_grey_is_made_of_colours_and_colours_of_grey(pictures):
    grey, colour = Pixels(4, 6, "grey"), Pixels(4, 6)
    flat = Picture(torch.full((4, 6, 1), 120, dtype=torch.uint8))
    assert torch.equal(colour.pixels(flat), torch.full((4, 6, 3), 120.0))
    same = Picture(flat.pixels.expand(-1, -1, 3))
    assert torch.allclose(grey.pixels(same), grey.pixels(flat))
    assert grey.size.parts == {"grey": 6}


def test_a_file_is_read_as_the_picture_itself(pictures, tmp_path):
    field = Pixels(4, 6)
    field.fit(pictures)
    pictures[0].image().save(tmp_path / "a.png")
    assert torch.equal(field.encode(str(tmp_path / "a.png")), field.encode(pictures[0]))


def test_nothing_is_learnt_of_nothing():
    with pytest.raises(InputError, match="no picture found"):
        Pixels(4, 6).fit(["nowhere.png"])
    with pytest.raises(ValueError, match="smaller pictures"):
        Pixels(10**5, 10**5)
    with pytest.raises(ValueError, match="not fitted"):
        _ = Pixels(4, 6).scale
