"""Windows to sequences and back: columns found by their names, levels that are taken back exactly."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.channels import LastValue, Raw, Reversible, SharedChannels, TogetherChannels
from seqmodels.types import Size, pad

LENGTHS = [4, 6, 2]
READ = Size(5, names=("a", "hour", "b", "c", "day"))
WANTED = Size(2, names=("c", "a"))
KINDS = [SharedChannels, TogetherChannels]
LEVELS = [Raw, LastValue, Reversible]

every_kind = pytest.mark.parametrize("kind", KINDS)
every_level = pytest.mark.parametrize("level", LEVELS)


@every_kind
@every_level
def test_what_was_read_last_comes_back_as_it_was(kind, level, vectors):
    channels, inputs = kind(READ, WANTED, level).double(), vectors(LENGTHS, 5)
    if level is Reversible:
        torch.nn.init.normal_(channels.normalization.beta)
        torch.nn.init.normal_(channels.normalization.log_gamma)
    seen = channels(inputs)
    said = Padded(seen.sequences.data[..., : channels.targets] * seen.scale + seen.shift, seen.sequences.lengths)
    back = channels.joined(said)
    assert torch.equal(back.lengths, inputs.lengths)
    for row, wanted in zip(back.rows(), inputs.rows(), strict=True):
        assert_close(row, wanted[:, [3, 0]])


def test_a_shared_model_reads_each_column_beside_what_is_only_read(vectors):
    channels, inputs = SharedChannels(READ, WANTED, Raw), vectors(LENGTHS, 5)
    assert (channels.width, channels.targets, channels.sequences) == (4, 1, 2)
    rows = channels(inputs).sequences.rows()
    for i, window in enumerate(inputs.rows()):
        assert torch.equal(rows[2 * i], window[:, [3, 1, 2, 4]])
        assert torch.equal(rows[2 * i + 1], window[:, [0, 1, 2, 4]])


def test_columns_together_are_one_sequence(vectors):
    channels, inputs = TogetherChannels(READ, WANTED, Raw), vectors(LENGTHS, 5)
    assert (channels.width, channels.targets, channels.sequences) == (5, 2, 1)
    for said, window in zip(channels(inputs).sequences.rows(), inputs.rows(), strict=True):
        assert torch.equal(said, window[:, [3, 0, 1, 2, 4]])


@every_kind
def test_what_is_said_of_several_numbers_each_stays_together(kind):
    channels = kind(7, 3, Raw)
    said = torch.arange(2 * 3 * 4 * 2.0).view(2, 4, 3, 2)  # (B, U, C, P)
    if kind is SharedChannels:
        sequences = Padded(said.transpose(1, 2).flatten(0, 1), torch.full((6,), 4))
    else:
        sequences = Padded(said.flatten(2), torch.full((2,), 4))
    assert torch.equal(channels.joined(sequences).data, said.flatten(2))


@every_kind
@every_level
def test_padding_is_not_read_and_a_window_alone_is_itself(kind, level, vectors, noisy):
    channels, inputs = kind(READ, WANTED, level).double(), vectors(LENGTHS, 5)
    seen = channels(inputs)
    assert torch.equal(seen.sequences.zeroed().data, seen.sequences.data)
    for one, other in zip(channels(noisy(inputs, float("nan"))), seen, strict=True):
        assert_close(one.data if isinstance(one, Padded) else one, other.data if isinstance(other, Padded) else other)
    n = channels.sequences
    for i, window in enumerate(inputs.rows()):
        alone = channels(pad([window]))
        for row, wanted in zip(alone.sequences.rows(), seen.sequences.rows()[i * n : (i + 1) * n], strict=True):
            assert_close(row, wanted)


@pytest.mark.parametrize("level", [LastValue, Reversible])
def test_a_level_of_its_own_hides_that_of_the_series(level, vectors):
    inputs = vectors(LENGTHS, 2)
    lifted = Padded(inputs.data + 100, inputs.lengths)
    one, other = (level(2).double()(each) for each in (inputs, lifted))
    assert_close(one.values.data, other.values.data)
    assert_close(other.shift - one.shift, torch.full_like(one.shift, 100.0))


def test_reversible_windows_have_mean_zero_and_deviation_one(vectors):
    values = Reversible(2, epsilon=1e-12).double()(vectors(LENGTHS, 2)).values
    for row in values.rows():
        assert_close(row.mean(dim=0), torch.zeros(2).double(), atol=1e-8, rtol=0)
        assert_close(row.std(dim=0, correction=0), torch.ones(2).double(), atol=1e-4, rtol=0)


def test_the_last_row_becomes_zero(vectors):
    level = LastValue(2)(vectors(LENGTHS, 2))
    for row in level.values.rows():
        assert row[-1].tolist() == [0.0, 0.0]


@every_kind
def test_a_column_that_is_forecast_and_not_read_is_refused(kind):
    with pytest.raises(ValueError, match="heat to be forecast, and not among the columns that are read"):
        kind(READ, Size(2, names=("a", "heat")), Raw)
    with pytest.raises(ValueError, match="3 columns to forecast and 2 to read found"):
        kind(2, 3, Raw)


@every_kind
def test_gradients_reach_the_level_that_is_learnt(kind, vectors):
    channels = partial(kind, normalization=Reversible)(5, 5).double()
    seen = channels(vectors(LENGTHS, 5))
    (seen.sequences.data.square().sum() + seen.scale.sum() + seen.shift.sum()).backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in channels.parameters())
