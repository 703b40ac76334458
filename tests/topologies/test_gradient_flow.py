"""Gradients at every state: those of a loop written by hand, closed forms, and padding that changes nothing."""

import math
from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Batch, Padded, Sizes
from seqmodels.errors import InputError
from seqmodels.nn.cells import GRUCell, LSTMCell, MinGRUCell, RNNCell
from seqmodels.nn.channels import LastValue, SharedChannels
from seqmodels.nn.embedders import FeatureEmbedder, OneHotEmbedder, SegmentEmbedder, TokenEmbedder
from seqmodels.nn.encoders import BagEncoder, CellularEncoder, RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead, CrfHead, PointHead
from seqmodels.nn.pool import LastState, Mean
from seqmodels.nn.recurrence.watching import Step
from seqmodels.nn.strategies import Recursive, SegmentWise
from seqmodels.topologies import Forecaster, LanguageModel, ManyToMany, ManyToOne
from seqmodels.topologies.gradient_flow import gradient_flow, recurrence_of, watched
from seqmodels.topologies.jacobians import jacobian_norms, jacobians

IDS, LABELS, H, LENGTHS = 9, 4, 6, [7, 3, 1, 7, 5]
CELLS = [RNNCell, partial(RNNCell, nonlinearity="relu"), LSTMCell, GRUCell, MinGRUCell]
each_cell = pytest.mark.parametrize("cell", CELLS, ids=["rnn", "relu", "lstm", "gru", "mingru"])


def tokens(lengths=LENGTHS):
    return Padded(torch.randint(IDS, (len(lengths), max(lengths))), torch.tensor(lengths))


def labelled(per_step, lengths=LENGTHS):
    inputs = tokens(lengths)
    if per_step:
        return Batch(inputs, Padded(torch.randint(LABELS, inputs.data.shape), inputs.lengths))
    return Batch(inputs, Padded(torch.randint(LABELS, (len(lengths), 1)), torch.ones(len(lengths), dtype=torch.int64)))


def classifier(cell, pool=LastState, **more):
    encoder = partial(CellularEncoder, cell=cell, hidden_size=H, **more)
    return ManyToOne(OneHotEmbedder, encoder, pool, CategoricalHead, Sizes(IDS, LABELS))


def tagger(cell, head=CategoricalHead, **more):
    encoder = partial(CellularEncoder, cell=cell, hidden_size=H, **more)
    return ManyToMany(partial(TokenEmbedder, embedding_size=5), encoder, head, Sizes(IDS, LABELS))


def by_hand(model, batch, row, step_label):
    """(parts, T) ‖∂L_T/∂s_t‖ of one example by a loop of its own, lag by lag."""
    model = model.double()
    length = int(batch.inputs.lengths[row])
    vectors = model.embedder(Padded(batch.inputs.data[row : row + 1, :length], torch.tensor([length]))).data[0].double()
    cell = model.encoder.recurrence.layers[0].cells[0]
    state, states = cell.zero_state(1, vectors), []
    for vector in vectors:
        _, state = cell(vector[None], state)
        states.append(state)
    scores = model.head.scores(state[0])
    label = batch.targets.data[row, length - 1 if step_label else 0]
    loss = torch.nn.functional.cross_entropy(scores, label[None])
    found = [torch.autograd.grad(loss, [s[part] for s in states], retain_graph=True) for part in range(len(state))]
    return torch.stack([torch.stack([g.norm() for g in part[::-1]]) for part in found])


@each_cell
@pytest.mark.parametrize("per_step", [False, True])
def test_it_is_autograd_s_on_a_loop_written_by_hand(cell, per_step):
    model, batch = tagger(cell) if per_step else classifier(cell), labelled(per_step)
    flows = gradient_flow(model, batch)
    order = torch.sort(batch.inputs.lengths, descending=True, stable=True).indices
    for place, row in enumerate(order.tolist()):
        wanted = by_hand(model, batch, row, per_step)
        length = wanted.shape[1]
        for flow, norms in zip(flows, wanted, strict=True):
            assert_close(flow.norms[place, :length], norms)
            assert flow.norms[place, length:].isnan().all()


def test_parts_of_the_state_are_told_apart():
    assert [flow.part for flow in gradient_flow(classifier(LSTMCell), labelled(False))] == ["h", "c"]
    both = gradient_flow(classifier(GRUCell, num_layers=2, bidirectional=True), labelled(False))
    assert [(flow.layer, flow.direction) for flow in both] == [
        (1, "forward"),
        (1, "backward"),
        (2, "forward"),
        (2, "backward"),
    ]


@each_cell
def test_what_stands_in_the_padding_changes_nothing_and_a_sequence_alone_is_the_same(cell):
    model, batch = tagger(cell, num_layers=2, bidirectional=True), labelled(True)
    flows = gradient_flow(model, batch)
    noise = batch.inputs.data.where(batch.inputs.mask, torch.randint(IDS, batch.inputs.data.shape))
    noisy = gradient_flow(model, batch._replace(inputs=Padded(noise, batch.inputs.lengths)))
    for one, other in zip(flows, noisy, strict=True):
        assert_close(one.norms, other.norms, equal_nan=True)
    row = LENGTHS.index(5)
    place = sorted(LENGTHS, reverse=True).index(5)
    short = [Padded(part.data[row : row + 1, :5], part.lengths[row : row + 1]) for part in batch[:2]]
    for one, other in zip(flows, gradient_flow(model, Batch(*short)), strict=True):
        assert_close(one.norms[place, :5], other.norms[0])


def test_what_is_read_backwards_is_what_is_read_forward_of_the_mirrored_sequence():
    both, one = tagger(GRUCell, bidirectional=True), tagger(GRUCell)
    with torch.no_grad():
        both.head.scores.weight[:, :H] = 0  # only what is read backwards counts
        one.head.scores.weight.copy_(both.head.scores.weight[:, H:])
        one.head.scores.bias.copy_(both.head.scores.bias)
    one.embedder.load_state_dict(both.embedder.state_dict())
    one.encoder.recurrence.layers[0].cells[0].load_state_dict(both.encoder.recurrence.layers[0].cells[1].state_dict())
    batch = labelled(True, [6, 6, 6])
    mirrored = Batch(*(Padded(part.data.flip(1), part.lengths) for part in batch[:2]))
    forward, backward = gradient_flow(both, batch)
    assert_close(backward.norms, gradient_flow(one, mirrored)[0].norms)
    assert not forward.norms.any()


def linear_rnn(eigenvalue):
    """h = relu(U h + W x + b) that never leaves the linear side, U symmetric with one known eigenvalue."""
    model = classifier(partial(RNNCell, nonlinearity="relu"))
    cell = model.encoder.recurrence.layers[0].cells[0]
    vector = torch.rand(H, 1) + 0.1
    vector = vector / vector.norm()
    with torch.no_grad():
        cell.weight_hh.copy_(eigenvalue * vector @ vector.T)
        cell.weight_ih.uniform_(0.1, 1)
        cell.bias_ih.fill_(0.1)
        cell.bias_hh.zero_()
    return model


@pytest.mark.parametrize("eigenvalue", [0.5, 0.9, 1.1])
def test_the_slope_of_a_linear_recurrence_is_the_logarithm_of_its_eigenvalue(eigenvalue):
    model, batch = linear_rnn(eigenvalue), labelled(False, [40] * 3)
    (flow,) = gradient_flow(model, batch)
    steps = flow.norms[:, 1:].log10().diff(dim=1)  # the step from lag 0 takes off what lies beside the eigenvector
    assert_close(steps, torch.full_like(steps, math.log10(eigenvalue)), atol=1e-6, rtol=0)
    ((norms,),) = jacobian_norms(model, batch)
    assert norms.steps == 30
    assert norms.one == pytest.approx(math.log10(eigenvalue), abs=1e-6)
    assert norms.product == pytest.approx(math.log10(eigenvalue), abs=1e-6)


def test_an_identity_lets_gradients_through_as_they_are():
    model = classifier(partial(RNNCell, nonlinearity="relu"))
    cell = model.encoder.recurrence.layers[0].cells[0]
    with torch.no_grad():
        cell.weight_hh.copy_(torch.eye(H))
        cell.weight_ih.uniform_(0.1, 1)
        cell.bias_ih.fill_(0.1)
        cell.bias_hh.zero_()
    (flow,) = gradient_flow(model, labelled(False, [300, 300]))
    assert_close(flow.norms, flow.norms[:, :1].expand(-1, 300))


def test_gradients_far_below_what_float32_has_are_seen():
    (flow,) = gradient_flow(linear_rnn(0.1), labelled(False, [80]))
    assert 1e-82 < float(flow.norms[0, -1]) < 1e-75


@each_cell
def test_jacobians_are_those_of_finite_differences(cell):
    made = cell(3, H).double()
    state = tuple(part.double() + torch.randn_like(part.double()) for part in made.zero_state(2, torch.zeros(1)))
    x = torch.randn(2, 3, dtype=torch.float64)
    found = jacobians(made, Step(x, state, state))

    def after(flat):
        parts = flat.split([part.shape[1] for part in state], dim=1)
        return torch.cat(made(x, tuple(parts))[1], dim=1)

    flat, width = torch.cat(state, dim=1), 1e-6
    for column in range(flat.shape[1]):
        change = torch.zeros_like(flat)
        change[:, column] = width
        assert_close(
            found[:, :, column], (after(flat + change) - after(flat - change)) / (2 * width), atol=1e-6, rtol=0
        )


def test_products_of_jacobians_are_what_carries_the_gradient_back():
    model, batch = classifier(LSTMCell), labelled(False, [9])
    with watched(model, batch) as ((loss, _), ((cell,),)):
        steps = cell.steps
        gradient = torch.cat(
            [torch.autograd.grad(loss, steps[-1].after[0], retain_graph=True)[0], torch.zeros(1, H)], 1
        )
        for step in steps[:0:-1]:
            gradient = gradient @ jacobians(cell.cell, step)[0]
        h, c = steps[0].after
        wanted_h, wanted_c = torch.autograd.grad(loss, (h, c), retain_graph=True)
        assert_close(gradient[:, :H], wanted_h)
        # A Jacobian takes h and c for two inputs; ∂L/∂c counts besides that this h is made of this c.
        (through_h,) = torch.autograd.grad(h, c, wanted_h, retain_graph=True)
        assert_close(gradient[:, H:] + through_h, wanted_c)


def test_jacobians_of_both_directions_are_those_of_the_longest_sequences_as_far_as_the_shortest_of_them_goes():
    batch = labelled(True, [3, 9, 5, 6, 2])
    ((forward, backward),) = jacobian_norms(tagger(GRUCell, bidirectional=True), batch)
    assert (forward.steps, backward.steps) == (2, 2)
    assert all(math.isfinite(number) for norms in (forward, backward) for number in norms)
    ((alone,),) = jacobian_norms(tagger(GRUCell), labelled(True, [1, 1]))
    assert alone.steps == 0


def test_a_pool_over_all_steps_is_a_short_way_back():
    model, batch = classifier(partial(RNNCell, nonlinearity="tanh"), Mean), labelled(False, [30])
    (flow,) = gradient_flow(model, batch)
    assert float(flow.norms.min()) > 0.1 * float(flow.norms.max())


def test_the_model_is_as_it_was_afterwards():
    model, batch = classifier(LSTMCell, dropout=0.5).train(), labelled(False)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    gradient_flow(model, batch)
    assert model.training
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert recurrence_of(model).implementation == "auto"
    assert all(parameter.grad is None for parameter in model.parameters())


def test_other_losses_numbers_and_texts_read_on():
    batch = labelled(True)
    assert gradient_flow(tagger(GRUCell, CrfHead), batch)[0].norms[:, 0].gt(0).all()
    language = LanguageModel(
        partial(TokenEmbedder, embedding_size=5),
        partial(RecurrentEncoder, hidden_size=H),
        CategoricalHead,
        Sizes(IDS, IDS),
    )
    assert gradient_flow(language, batch)[0].norms[:, 0].gt(0).all()
    encoder = partial(RecurrentEncoder, hidden_size=H, cell="gru")
    numbers = ManyToOne(partial(FeatureEmbedder, embedding_size=3), encoder, LastState, PointHead, Sizes(2, 1))
    one = Padded(torch.randn(2, 1, 1), torch.ones(2, dtype=torch.int64))
    flows = gradient_flow(numbers, Batch(Padded(torch.randn(2, 5, 2), torch.tensor([5, 4])), one))
    assert flows[0].norms[:, 0].gt(0).all()


@pytest.mark.parametrize("strategy", [partial(Recursive, horizon=3), partial(SegmentWise, horizon=6, segment=2)])
def test_only_what_is_read_is_looked_at_and_not_what_is_forecast_from_there(strategy):
    encoder = partial(RecurrentEncoder, hidden_size=H, cell="gru")
    embedder = partial(SegmentEmbedder, embedding_size=4, segment=1)
    shared = partial(SharedChannels, normalization=LastValue)
    model = Forecaster(shared, embedder, encoder, strategy, PointHead, Sizes(2, 2))
    horizon = model.strategy.horizon
    batch = Batch(
        Padded(torch.randn(3, 7, 2), torch.tensor([7] * 3)),
        Padded(torch.randn(3, horizon, 2), torch.tensor([horizon] * 3)),
    )
    (flow,) = gradient_flow(model, batch)
    assert flow.norms.shape == (6, 7)  # a sequence a channel
    assert flow.norms.gt(0).all()


def test_a_model_without_a_recurrence_is_told():
    model = ManyToOne(OneHotEmbedder, BagEncoder, Mean, CategoricalHead, Sizes(IDS, LABELS))
    with pytest.raises(InputError, match="ManyToOne with BagEncoder found, which has no state from step to step"):
        gradient_flow(model, labelled(False))
