"""PictureJitter: pictures changed at random."""

from random import Random

import pytest
import torch
from torch.testing import assert_close

from seqmodels.data.augment import PictureJitter
from seqmodels.errors import InputError
from seqmodels.types import Size

RGB = Size(15, parts={name: Size(5) for name in ("red", "green", "blue")})
STILL = {"shift": 0.0, "turn": 0.0}


@pytest.fixture
def picture():
    return torch.randn(4, 15, generator=torch.Generator().manual_seed(2))


def jitter(size=RGB, **settings):
    augment = PictureJitter(**{**STILL, **settings})
    augment.fit([], size)
    return augment


def test_without_any_change_a_picture_stays_as_it_is(picture):
    assert_close(jitter().change(picture, Random(1)), picture, rtol=1e-5, atol=1e-5)


def test_the_same_draw_gives_the_same_picture_and_leaves_the_old_one_alone(picture):
    before, augment = picture.clone(), jitter(shift=2, turn=9, zoom=0.2, flip=0.5, brightness=1, contrast=0.3, colour=1)
    one, two, other = (augment.change(picture, Random(key)) for key in ("7 1 3", "7 1 3", "7 2 3"))
    assert torch.equal(one, two)
    assert not torch.allclose(one, other)
    assert torch.equal(picture, before)


def test_a_whole_pixel_is_a_shift_of_all_columns_with_the_edge_repeated(picture, monkeypatch):
    draw = Random(0)
    monkeypatch.setattr(draw, "uniform", lambda low, high: high if high == 1.0 else 0.0)
    moved = jitter(shift=1.0).change(picture, draw).view(4, 3, 5)
    rows = [min(i + 1, 3) for i in range(4)]
    columns = [min(i + 1, 4) for i in range(5)]
    assert_close(moved, picture.view(4, 3, 5)[rows][..., columns], rtol=1e-4, atol=1e-4)


def test_a_mirrored_picture_is_read_from_the_right(picture):
    draw = Random(0)
    draw.random = lambda: 0.0
    assert_close(
        jitter(flip=0.5).change(picture, draw).view(4, 3, 5), picture.view(4, 3, 5).flip(2), rtol=1e-4, atol=1e-4
    )


def test_a_turned_picture_keeps_its_middle_and_circles():
    across, down = torch.meshgrid(torch.linspace(-1, 1, 33), torch.linspace(-1, 1, 33), indexing="xy")
    ring = torch.exp(-4 * (across**2 + down**2))
    augment = jitter(Size(33, parts={"grey": Size(33)}), turn=30.0)
    assert_close(augment.change(ring, Random(5)), ring, rtol=0, atol=0.01)


def test_brightness_is_added_and_contrast_multiplied(picture):
    brighter = jitter(brightness=1.0).change(picture, Random(3)) - picture
    assert brighter.std() < 1e-5
    assert brighter.abs().max() > 0.01
    stronger = jitter(contrast=1.0).change(picture, Random(3)) / picture
    assert_close(stronger, stronger[0, 0].expand(4, 15), rtol=1e-3, atol=1e-3)
    coloured = (jitter(colour=1.0).change(picture, Random(3)) - picture).view(4, 3, 5)
    assert coloured.std(dim=(0, 2)).max() < 1e-5
    assert coloured.mean(dim=(0, 2)).unique().numel() == 3


def test_what_stands_beside_a_picture_stays(picture):
    size = Size(15, parts={"language": Size(3), "picture": RGB})
    item = torch.cat([torch.full((1, 15), 2.0), picture])
    changed = jitter(size, shift=1.0, brightness=1.0).change(item, Random(1))
    assert torch.equal(changed[0], item[0])
    assert torch.equal(changed[1:], jitter(shift=1.0, brightness=1.0).change(picture, Random(1)))


def test_what_is_no_picture_is_refused():
    for inputs, size in (
        ([torch.tensor([1, 2])], RGB),
        ([], 40),
        ([], Size(9, parts={"words": Size(9), "suffix": Size(4)})),
    ):
        with pytest.raises(InputError, match="no pictures"):
            PictureJitter().fit(inputs, size)
    for settings in ({"shift": -1}, {"zoom": 1.0}, {"turn": float("inf")}):
        with pytest.raises(ValueError, match="found, wanted at least 0"):
            PictureJitter(**settings)
