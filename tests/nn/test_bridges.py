"""From any encoder's state to a decoder's first states."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Encoded, Padded
from seqmodels.nn.cells import LSTMCell, PeepholeLSTMCell
from seqmodels.nn.decoders import (
    CopyBridge,
    DecoderOptions,
    LastStateBridge,
    LayerwiseBridge,
    RecurrentDecoder,
    ZeroBridge,
)
from seqmodels.nn.encoders import BagEncoder, CellularEncoder, RecurrentEncoder

H = 4
ENCODERS = {
    "lstm": partial(RecurrentEncoder, hidden_size=H),
    "bigru": partial(RecurrentEncoder, hidden_size=3, cell="gru", num_layers=3, bidirectional=True),
    "narrowing": partial(RecurrentEncoder, hidden_size=[6, 2], cell="lstm"),
    "peephole": partial(CellularEncoder, cell=PeepholeLSTMCell, hidden_size=H, num_layers=2),
    "bag": BagEncoder,
}
BRIDGES = [LastStateBridge, LayerwiseBridge, CopyBridge, ZeroBridge]


def vector():
    """A source that is one vector, as a picture or a class is."""
    data = torch.randn(3, 1, H)
    return Encoded(Padded(data, torch.tensor([1, 1, 1])), (data.transpose(0, 1),))


@pytest.mark.parametrize("bridge", [LastStateBridge, LayerwiseBridge, ZeroBridge])
@pytest.mark.parametrize("name", [*ENCODERS, "vector"])
@pytest.mark.parametrize(("cell", "layers"), [("gru", 1), (LSTMCell, 2)])
def test_any_encoder_starts_any_decoder(bridge, name, cell, layers, vectors):
    source, width = vector(), H
    if name != "vector":
        encoder = ENCODERS[name](5)
        source, width = encoder(vectors([3, 2, 1], 5, torch.float32)), encoder.output_size
    decoder = RecurrentDecoder(
        width, 9, cell=cell, hidden_size=7, num_layers=layers, options=DecoderOptions(bridge=bridge)
    )
    state = decoder.start(source)
    assert [len(layer) for layer in state.layers] == [1 if cell == "gru" else 2] * layers
    assert {tuple(part.shape) for layer in state.layers for part in layer} == {(1, 3, 7)}
    assert decoder(torch.randint(9, (3, 4)), source).shape == (3, 4, 9)


def test_the_last_state_makes_all_of_them():
    bridge, source = LastStateBridge(H, [[(2,), (2, 3)], [(5,)]]), vector()
    made = bridge(source)
    assert [[tuple(part.shape) for part in layer] for layer in made] == [[(1, 3, 2), (1, 3, 2, 3)], [(1, 3, 5)]]
    numbers = torch.cat([part.reshape(3, -1) for layer in made for part in layer], dim=1)
    assert_close(numbers, torch.tanh(bridge.all(source.state[0][-1])))


@pytest.mark.parametrize(("layers", "read"), [(1, [2]), (2, [1, 2]), (4, [0, 0, 1, 2])])
def test_a_layerwise_bridge_reads_the_layer_at_the_same_height(layers, read):
    state = torch.randn(3, 2, H)
    bridge = LayerwiseBridge(H, [[(5,)]] * layers)
    made = bridge(Encoded(Padded(torch.zeros(2, 1, H), torch.ones(2).long()), (state,)))
    for (h,), each, i in zip(made, bridge.each, read, strict=True):
        assert_close(h[0], torch.tanh(each(state[i])))


def test_a_copy_is_the_state_itself_where_shapes_fit_and_zeros_elsewhere():
    h, c = torch.randn(2, 3, H), torch.randn(2, 3, H)
    source = Encoded(Padded(torch.zeros(3, 1, H), torch.ones(3).long()), (h, c))
    same = CopyBridge(H, [[(H,), (H,)]] * 2)(source)
    for i, layer in enumerate(same):
        assert torch.equal(layer[0][0], h[i])
        assert torch.equal(layer[1][0], c[i])
    lower, (top,) = CopyBridge(H, [[(H,), (7,)], [(H,)]])(source)
    assert torch.equal(lower[0][0], h[0])
    assert not lower[1].any()
    assert torch.equal(top[0], h[1])
    more = CopyBridge(H, [[(H,)]] * 3)(source)
    assert not more[0][0].any()


def test_a_copy_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"state of \[\(4,\)\] numbers found, a decoder's of \[\(7,\)\] wanted"):
        CopyBridge(H, [[(7,)]])(vector())


def test_a_bridge_learns(vectors):
    for bridge in (LastStateBridge, LayerwiseBridge):
        decoder = RecurrentDecoder(H, 9, hidden_size=7, num_layers=2, options=DecoderOptions(bridge=bridge))
        decoder(torch.randint(9, (3, 4)), vector()).pow(2).sum().backward()
        assert all((p.grad != 0).any() for p in decoder.bridge.parameters())


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ([(H,), (1,)], [True, False]),  # a bag's: the mean, and of how many
        ([(7,), (H,), (H,)], None),  # h projected, h, c
        ([(H,), (7,), (7,)], [True, False]),
        ([(7,), (H,)], None),  # of layers of two widths, the last one first
    ],
)
def test_what_may_mean_something_else_is_not_copied(state, wanted):
    parts = tuple(torch.ones(1, 3, *shape) for shape in state)
    source, bridge = Encoded(Padded(torch.zeros(3, 1, H), torch.ones(3).long()), parts), CopyBridge(H, [[(H,), (H,)]])
    if wanted is None:
        with pytest.raises(ValueError, match="make them equal"):
            bridge(source)
    else:
        assert [bool(part.any()) for part in bridge(source)[0]] == wanted
