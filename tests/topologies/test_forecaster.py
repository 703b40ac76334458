"""Forecasts: whatever the parts, they keep to their window, see no future, and learn."""

from functools import partial
from itertools import product

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Batch, Padded, Sizes
from seqmodels.data import Batching, Faults, Reader, SequenceData, Windows
from seqmodels.nn.cells import PeepholeLSTMCell
from seqmodels.nn.channels import LastValue, Raw, Reversible, SharedChannels, TogetherChannels
from seqmodels.nn.embedders import FeatureEmbedder, SegmentEmbedder
from seqmodels.nn.encoders import CellularEncoder, RecurrentEncoder
from seqmodels.nn.heads import GaussianHead, PointHead, QuantileHead
from seqmodels.nn.strategies import Direct, Recursive, SegmentWise
from seqmodels.series import Series, Values
from seqmodels.topologies import Forecaster
from seqmodels.types import Size, pad

T, U, SEGMENT = 12, 7, 3  # the last segment of the forecast is cut
READ, WANTED = Size(4, names=("a", "hour", "b", "c")), Size(2, names=("c", "a"))
CHANNELS = {"shared": SharedChannels, "together": TogetherChannels}
STRATEGIES = {
    "direct": partial(Direct, horizon=U),
    "recursive": partial(Recursive, horizon=U, steps=SEGMENT),
    "segment_wise": partial(SegmentWise, horizon=U, segment=SEGMENT),
}
HEADS = {"point": PointHead, "gaussian": GaussianHead, "quantile": partial(QuantileHead, levels=[0.1, 0.5, 0.9])}
LEVELS = {"raw": Raw, "last_value": LastValue, "reversible": Reversible}

every_channels = pytest.mark.parametrize("channels", CHANNELS)
every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)


def make(channels="shared", strategy="segment_wise", head="point", level="last_value", sizes=None, encoder=None):
    torch.manual_seed(0)
    sizes = sizes or (Sizes(3, 3) if strategy == "recursive" else Sizes(READ, WANTED))
    return Forecaster(
        partial(CHANNELS[channels], normalization=LEVELS[level]),
        partial(SegmentEmbedder, embedding_size=8, segment=SEGMENT),
        encoder or partial(RecurrentEncoder, hidden_size=10, cell="gru"),
        STRATEGIES[strategy],
        HEADS[head],
        sizes,
    ).double()


def windows(model, vectors, count=4, length=T):
    columns = model.channels.columns + model.channels.besides
    return vectors([length] * count, columns), vectors([U] * count, model.channels.columns)


@pytest.mark.parametrize(("channels", "strategy", "head", "level"), list(product(CHANNELS, STRATEGIES, HEADS, LEVELS)))
def test_all_parts_go_together(channels, strategy, head, level, vectors):
    model = make(channels, strategy, head, level)
    inputs, targets = windows(model, vectors)
    evaluated = model.evaluate(Batch(inputs, targets))
    assert evaluated.predictions.data.shape == targets.data.shape
    assert int(evaluated.steps) == 4 * U
    assert_close(evaluated.loss, model.loss(Batch(inputs, targets)))
    assert evaluated.distribution.crps(targets.data).shape == targets.data.shape
    assert_close(model(inputs).data, model.distribution(inputs).point())
    evaluated.loss.backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in model.parameters())


@every_channels
@every_strategy
def test_a_window_alone_is_itself_in_a_batch_and_padding_is_not_read(channels, strategy, vectors, noisy):
    model = make(channels, strategy, "gaussian", "reversible").eval()
    inputs = vectors([T, 5, 9], model.channels.columns + model.channels.besides)
    together = model.scores(inputs)
    assert_close(model.scores(noisy(inputs, float("nan"))).data, together.data)
    for i, window in enumerate(inputs.rows()):
        assert_close(model.scores(pad([window])).data[0], together.data[i])


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "own"])
@every_strategy
def test_any_cell_reads(cell, strategy, vectors):
    encoder = partial(RecurrentEncoder, hidden_size=10, cell=cell, num_layers=2)
    if cell == "own":
        encoder = partial(CellularEncoder, cell=PeepholeLSTMCell, hidden_size=10)
    model = make(strategy=strategy, encoder=encoder)
    inputs, targets = windows(model, vectors)
    assert bool(model.loss(Batch(inputs, targets)).isfinite())


@every_channels
@every_strategy
def test_a_window_lifted_by_a_constant_is_forecast_as_much_higher(channels, strategy, vectors):
    model = make(channels, strategy, sizes=Sizes(3, 3)).eval()
    inputs, _ = windows(model, vectors)
    lifted = Padded(inputs.data + torch.tensor([5.0, -3.0, 100.0]), inputs.lengths)
    assert_close(model(lifted).data, model(inputs).data + torch.tensor([5.0, -3.0, 100.0]))


def test_segments_are_steps_of_the_encoder_from_its_last_state(vectors):
    model = make(level="raw", sizes=Sizes(3, 3)).eval()
    inputs, _ = windows(model, vectors, count=2)
    for i, j in product(range(2), range(3)):
        _, state = model.encoder(model.embedder(Padded(inputs.data[i : i + 1, :, j, None], torch.tensor([T]))))
        said = []
        for place in model.strategy.place:
            step = torch.cat([place, model.strategy.column[j]])[None, None]
            outputs, _ = model.encoder(Padded(step, torch.tensor([1])), state)
            said.append(model.head.scores(outputs.data[0, 0]))
        assert_close(model(inputs).data[i, :, j], torch.cat(said)[:U])


def test_a_recursive_forecast_reads_on_from_what_it_said(vectors):
    model = make(strategy="recursive", level="raw", sizes=Sizes(3, 3)).eval()
    inputs, _ = windows(model, vectors)
    once = model(inputs).data[:, :SEGMENT]
    read_on = Padded(torch.cat([inputs.data, once], dim=1), inputs.lengths + SEGMENT)
    assert_close(model(read_on).data[:, : U - SEGMENT], model(inputs).data[:, SEGMENT:])


def test_steps_that_the_embedder_does_not_make_one_of_are_refused(vectors):
    model = Forecaster(
        partial(SharedChannels, normalization=Raw),
        partial(FeatureEmbedder, embedding_size=8),
        partial(RecurrentEncoder, hidden_size=10),
        partial(Recursive, horizon=U, steps=2),
        PointHead,
        Sizes(3, 3),
    )
    with pytest.raises(ValueError, match="steps=2 found, and the embedder makes 2 steps of them"):
        model(vectors([T], 3, torch.float32))


def test_a_future_that_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="2 columns are only read, so that nobody knows what they will be"):
        make(strategy="recursive", sizes=Sizes(READ, WANTED))


def test_another_horizon_is_refused(vectors):
    model = make()
    inputs, targets = windows(model, vectors)
    with pytest.raises(ValueError, match="6 rows to forecast found, and the model says 7"):
        model.loss(Batch(inputs, Padded(targets.data[:, :6], targets.lengths - 1)))


@pytest.mark.parametrize("head", HEADS)
@every_strategy
def test_it_learns_a_wave_by_heart(head, strategy):
    t = torch.arange(60).float()
    series = torch.stack([torch.sin(t / 3), torch.cos(t / 2)], dim=1)
    starts = range(0, 40, 5)
    inputs = pad([series[i : i + T] for i in starts])
    targets = pad([series[i + T : i + T + U] for i in starts])
    model = make(strategy=strategy, head=head, sizes=Sizes(2, 2), encoder=partial(RecurrentEncoder, hidden_size=24))
    model, optimizer = model.float(), torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(50):
        optimizer.zero_grad()
        model.loss(Batch(inputs, targets)).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    said, still = model(inputs).data.detach(), inputs.data[:, -1:]
    assert float((said - targets.data).abs().mean()) < 0.45 * float((still - targets.data).abs().mean())


class Wave(Reader):
    """Two columns, of which one may be changed from a row on."""

    def __init__(self, changed_from=None):
        self.changed_from = changed_from

    def read(self, faults=None):
        t = torch.arange(90, dtype=torch.float64)
        values = torch.stack([torch.sin(t / 3), torch.cos(t / 5)], dim=1)
        if self.changed_from is not None:
            values[self.changed_from :] += 1e3
        origins = [f"row {i}" for i in range(90)]
        series = Series(("a", "b"), values)
        return Windows(T, U, split=(50, 20, 20)).cut(series, ("a", "b"), ("a", "b"), origins, faults or Faults())


def data_of(reader):
    data = SequenceData(reader, Values(), Values(), Batching(8))
    data.setup("fit")
    return data


@every_channels
@every_strategy
@pytest.mark.parametrize("row", [50, 60, 75])
def test_a_changed_future_changes_no_forecast_before_it(channels, strategy, row):
    model = make(channels, strategy, level="reversible", sizes=Sizes(2, 2)).eval()
    before, after = data_of(Wave()), data_of(Wave(row))
    assert before.inputs.learnt() == after.inputs.learnt()  # the scale as well, for rows behind the training split
    seen = 0
    for split in ("train", "val", "test"):
        one, other = (model(pad([item.double() for item in data.encoded[split].inputs])) for data in (before, after))
        for example, said, again in zip(before.encoded[split].kept, one.data, other.data, strict=True):
            assert torch.equal(said, again) == (example.inputs.stop <= row)
            seen += torch.equal(said, again)
    assert seen > 10
