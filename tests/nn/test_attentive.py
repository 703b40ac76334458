"""Attention of a recurrence to its own past."""

import copy
from functools import partial

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.attention import LookBack
from seqmodels.nn.cells import PeepholeLSTMCell
from seqmodels.nn.encoders import AttentiveEncoder, RecurrentEncoder
from seqmodels.nn.pool import LastState
from seqmodels.nn.recurrence import StackOptions

D, H, K, N = 5, 6, 4, 3
LENGTHS = [9, 2, 6, 1]


def encoder(window=N, dropout=0.0, **settings):
    return AttentiveEncoder(D, H, dropout=dropout, window=window, key_size=K, **settings).double()


def by_hand(look_back, x, h, keys=None):
    """One sequence, step by step: x (T, D), h (T, H)."""
    keys = F.normalize(h @ look_back.key.weight.T, dim=-1) if keys is None else keys
    found = []
    for t in range(len(x)):
        behind = range(max(1, t - look_back.window + 1), t + 1)
        scores = [keys[t] @ look_back.nothing, *(keys[t] @ keys[j - 1] for j in behind)]
        weights = (torch.stack(scores) * look_back.sharpness.exp()).softmax(0)[1:]
        found.append(sum((w * x[j] for w, j in zip(weights, behind, strict=True)), torch.zeros_like(x[0])))
    return torch.stack(found)


@pytest.mark.parametrize("window", [1, 2, N, 20])
def test_what_is_found_is_what_the_equation_says(window, vectors, noisy):
    x, h = noisy(vectors(LENGTHS, D), float("nan"), 2), vectors(LENGTHS, H)
    h = noisy(h, 0.0, 2)
    look_back = LookBack(D, H, window, K).double()
    found, kept = look_back(x, h.data)
    for row, length in enumerate(LENGTHS):
        assert_close(found[row, :length], by_hand(look_back, x.data[row, :length], h.data[row, :length]))
    assert kept[2].flatten().tolist() == [min(length, window) for length in LENGTHS]


def test_the_step_that_followed_on_the_same_place_is_found():
    look_back = LookBack(3, 2, window=10, key_size=2)
    with torch.no_grad():
        look_back.key.weight.copy_(torch.eye(2))
        look_back.sharpness.fill_(5.0)
        look_back.nothing.zero_()
    x = torch.eye(3)[[0, 1, 2, 0]]
    h = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [1.0, 0.0]])  # the last place is like the first
    found, _ = look_back(Padded(x[None], torch.tensor([4])), h[None])
    assert_close(found[0, 3], x[1], rtol=0, atol=1e-4)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", PeepholeLSTMCell])
def test_outputs_are_the_layers_beside_what_was_found(cell, vectors):
    one, inputs = encoder(cell=cell, num_layers=2), vectors(LENGTHS, D)
    outputs, state = one.recurrence(inputs)
    found, kept = one.look_back(inputs, outputs.data)
    encoded = one(inputs)
    assert_close(encoded.outputs.data, outputs.data + Padded(found, inputs.lengths).zeroed().data @ one.value.weight.T)
    assert len(encoded.state) == 1 + len(state) + len(kept)
    assert all(map(torch.equal, encoded.state[1:], (*state, *kept)))
    assert_close(encoded.state[0][0], torch.stack([row[-1] for row in encoded.outputs.rows()]))


@pytest.mark.parametrize("cuts", [[4], [1, 2, 3], [8]], ids=str)
def test_what_is_read_in_pieces_is_what_is_read_in_one(cuts, vectors):
    one, whole = encoder(num_layers=2, options=StackOptions(projection=7)), vectors([9, 9], D)
    state, outputs = None, []
    for start, stop in zip([0, *cuts], [*cuts, 9], strict=True):
        piece = Padded(whole.data[:, start:stop], torch.full((2,), stop - start))
        encoded = one(piece, state)
        state = encoded.state
        outputs.append(encoded.outputs.data)
    at_once = one(whole)
    assert_close(torch.cat(outputs, 1), at_once.outputs.data)
    assert_close(state, at_once.state)


def test_rows_that_end_early_are_read_on_from_their_own_ends(vectors):
    one, first, second = encoder(), vectors(LENGTHS, D), vectors([2, 3, 1, 5], D)
    state = one(first).state
    together = one(second, state).outputs.rows()
    for row, (before, after) in enumerate(zip(first.rows(), second.rows(), strict=True)):
        joined = torch.cat([before, after])
        alone = one(Padded(joined[None], torch.tensor([len(joined)]))).outputs.data[0]
        assert_close(together[row], alone[len(before) :])


@pytest.mark.parametrize("other", [1, 2, N, 20])
def test_what_another_window_kept_is_looked_back_into_as_far_as_both_reach(other, vectors):
    one, inputs, more = encoder(window=other), vectors([9, 9], D), vectors([1, 1], D)
    kept = one(inputs).state
    one.look_back.window = N
    found = one(more, kept).outputs.data
    one.look_back.window = min(other, N)
    assert_close(found, one(more, one(inputs).state).outputs.data)


def test_zeros_for_a_state_are_no_past(vectors):
    one, inputs = encoder(), vectors(LENGTHS, D)
    wanted = one(inputs)
    assert_close(one(inputs, tuple(torch.zeros_like(part) for part in wanted.state)), wanted)
    assert_close(wanted.outputs.data[:, 0], one.recurrence(inputs).outputs.data[:, 0])  # nothing to look back to


def test_an_output_reads_no_later_step(vectors):
    one, inputs = encoder(), vectors([7], D)
    assert not one.sees_future
    assert one.reads_on
    data = inputs.data.requires_grad_()
    grad = torch.autograd.grad(one(Padded(data, inputs.lengths)).outputs.data[0, 4].sum(), data)[0]
    assert grad[0, :5].any(dim=1).all()
    assert not grad[0, 5:].any()


def test_what_is_looked_back_into_ends_with_the_window(vectors):
    look_back, h = LookBack(D, H, N, K).double(), vectors([7], H).data
    data = vectors([7], D).data.requires_grad_()
    found, _ = look_back(Padded(data, torch.tensor([7])), h)
    grad = torch.autograd.grad(found[0, 5].sum(), data)[0]
    assert grad[0].any(dim=1).tolist() == [False, False, False, True, True, True, False]


def test_many_steps_at_once_are_looked_back_from_in_blocks(vectors, monkeypatch):
    look_back, x, h = LookBack(D, H, 5, K).double(), vectors([23, 8], D), vectors([23, 8], H)
    kept = look_back(vectors([3, 9], D), vectors([3, 9], H).data)[1]
    wanted = [look_back(x, h.data, state) for state in (None, kept)]
    monkeypatch.setattr("seqmodels.nn.attention.look_back.BLOCK", 4)
    for state, (found, end) in zip((None, kept), wanted, strict=True):
        in_blocks = look_back(x, h.data, state)
        assert_close(in_blocks[0], found)
        assert_close(in_blocks[1], end)


@pytest.mark.parametrize("locked", [True, False])
def test_dropout_is_of_the_outputs_alone_behind_the_last_layer(locked, vectors):
    options = StackOptions(locked_dropout=locked, input_dropout=0.0)
    one = AttentiveEncoder(D, 50, dropout=0.5, options=options, window=N, key_size=K).double()
    inputs = vectors([30], D)
    noisy = one(inputs)
    left = noisy.outputs.data[0] != 0  # (T, H)
    assert 10 < int(left[0].sum()) < 40
    assert bool((left == left[:1]).all()) == locked
    one.eval()
    whole = one(inputs)
    assert_close(noisy.outputs.data[0][left], 2 * whole.outputs.data[0][left])
    assert_close(noisy.state, whole.state)  # what is compared, and what is handed on, is whole


def test_every_weight_learns_from_what_a_pool_reads(vectors):
    one = encoder()
    LastState(one.output_size)(one(vectors([9, 4], D))).square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in one.parameters())


def test_every_weight_learns_also_from_what_was_kept(vectors):
    one = encoder()
    state = tuple(part.detach() for part in one(vectors([N, N], D)).state)
    one(vectors([1, 1], D), state).outputs.data.square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in one.look_back.parameters())


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16], ids=str)
def test_inputs_of_another_precision_are_taken(kind):
    inputs = Padded(torch.randn(2, 4, D), torch.tensor([4, 2]))
    look_back = LookBack(D, H, N, K).to(kind)
    found, kept = look_back(inputs, torch.randn(2, 4, H, dtype=kind))
    assert found.dtype == kept[0].dtype == kept[1].dtype == (kind if kind is torch.float64 else torch.float32)


def test_a_copy_gives_the_same_numbers(vectors):
    one, inputs = encoder(), vectors(LENGTHS, D)
    assert torch.equal(copy.deepcopy(one)(inputs).outputs.data, one(inputs).outputs.data)


def test_scores_have_all_their_digits_under_autocast(vectors):
    x, h = vectors([40], D, torch.float32), vectors([40], H, torch.float32)
    look_back = LookBack(D, H, 40, K)
    with torch.no_grad():
        look_back.sharpness.fill_(5.0)  # τ = 148: bf16 has no digit of such scores behind the point
    wanted, _ = look_back(x, h.data)
    with torch.autocast("cpu", torch.bfloat16):
        keys = look_back.key(h.data).float()
    with torch.no_grad():
        found = torch.stack([*by_hand(look_back, x.data[0], h.data[0], F.normalize(keys[0], dim=-1))])
    with torch.autocast("cpu", torch.bfloat16):
        low, _ = look_back(x, h.data)
    assert_close(low.float()[0], found, atol=0.03, rtol=0)
    assert not torch.equal(low.float(), wanted)


def test_a_cell_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="cell='nonsense' is not known"):
        encoder(cell="nonsense")


def test_a_name_that_training_never_had_is_spelt_to_its_end_when_it_begins_again():
    """Random words, each repeated: a recurrence of a few numbers cannot keep them, one that looks back can."""

    def learnt(kind):
        torch.manual_seed(0)
        read = kind(10)
        head = torch.nn.Linear(read.output_size, 10)
        optimizer = torch.optim.Adam([*read.parameters(), *head.parameters()], lr=0.01)
        for _ in range(200):
            words = torch.randint(10, (32, 12))
            ids = torch.cat([words, words], 1)
            x = F.one_hot(ids, 10).float()
            scores = head(read(Padded(x, torch.full((32,), 24))).outputs.data)
            loss = F.cross_entropy(scores[:, 14:-1].flatten(0, 1), ids[:, 15:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return float(loss.detach())

    assert learnt(partial(AttentiveEncoder, hidden_size=32, window=24, key_size=32)) < 0.5
    assert learnt(partial(RecurrentEncoder, hidden_size=32)) > 2.0  # ln 10 = 2.30
