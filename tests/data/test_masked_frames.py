"""Frames hidden and bent."""

from random import Random

import pytest
import torch
from torch.testing import assert_close

from seqmodels.data.augment import MaskedFrames


def changed(frames, key=0, **settings):
    augment = MaskedFrames(**{"time_masks": 0, "frequency_masks": 0} | settings)
    augment.fit([frames], frames.shape[1])
    return augment.change(frames, Random(key))


def test_masks_are_runs_of_zeros_of_that_width_at_most():
    widths = set()
    for key in range(60):
        found = changed(torch.ones(30, 8), key, time_masks=1, time_width=4)
        rows = (found == 0).all(dim=1)
        assert torch.equal(found, torch.where(rows[:, None], 0.0, 1.0).expand(30, 8))
        places = rows.nonzero().flatten()
        assert len(places) == 0 or int(places[-1] - places[0]) + 1 == len(places)
        widths.add(len(places))
        columns = (changed(torch.ones(30, 8), key, frequency_masks=1, frequency_width=3) == 0).all(dim=0)
        assert int(columns.sum()) <= 3
    assert widths == {0, 1, 2, 3, 4}


def test_the_input_stays_as_it_is_and_the_draw_decides_everything():
    frames = torch.randn(20, 8)
    before = frames.clone()
    settings = {"time_masks": 2, "frequency_masks": 1, "warp": 0.2, "colour": 0.5}
    one, again, other = (changed(frames, key, **settings) for key in (3, 3, 4))
    assert torch.equal(frames, before)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_nothing_asked_for_changes_nothing_and_short_inputs_are_no_fault():
    frames = torch.randn(2, 3)
    assert torch.equal(changed(frames), frames)
    assert changed(frames, time_masks=3, time_width=99, frequency_masks=2, frequency_width=99).shape == (2, 3)


def test_a_stretched_scale_moves_a_straight_line_to_another():
    frames = torch.arange(10.0).expand(3, 10)
    found = changed(frames, 1, warp=0.3)
    scale = 1 + Random(1).uniform(-0.3, 0.3)
    assert_close(found, (torch.arange(10.0) / scale).clamp(max=9).expand(3, 10))


def test_colour_is_the_same_in_every_frame_and_smooth():
    frames = torch.randn(5, 9)
    found = changed(frames, 2, colour=1.0) - frames
    assert_close(found, found[:1].expand_as(found))
    third = found[0].double().diff(n=3)
    assert_close(third, torch.zeros_like(third), rtol=0, atol=1e-5)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match=r"warp=1\.0"):
        MaskedFrames(warp=1.0)
    with pytest.raises(ValueError, match="colour=-1"):
        MaskedFrames(colour=-1)
