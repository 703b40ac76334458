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
from seqmodels.nn.recurrence import StackOptions

D, H, K, N = 5, 6, 4, 3
LENGTHS = [9, 2, 6, 1]


def encoder(window=N, dropout=0.0, **settings):
    return AttentiveEncoder(D, H, dropout=dropout, window=window, key_size=K, **settings).double()


def by_hand(look_back, x, h):
    """One sequence, step by step: x (T, D), h (T, H)."""
    keys = F.normalize(h @ look_back.key.weight.T, dim=-1)
    found = []
    for t in range(len(x)):
        behind = [j for j in range(max(1, t - look_back.window + 1), t + 1)]
        scores = [keys[t] @ look_back.nothing, *(keys[t] @ keys[j - 1] for j in behind)]
        weights = (torch.stack(scores) * look_back.sharpness.exp()).softmax(0)[1:]
        found.append(sum((w * x[j] for w, j in zip(weights, behind, strict=True)), torch.zeros(D).double()))
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
    assert len(encoded.state) == len(state) + len(kept)
    assert all(map(torch.equal, encoded.state, (*state, *kept)))


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


def test_zeros_for_a_state_are_no_past(vectors):
    one, inputs = encoder(), vectors(LENGTHS, D)
    wanted = one(inputs)
    assert_close(one(inputs, tuple(torch.zeros_like(part) for part in wanted.state)), wanted)
    assert_close(wanted.outputs.data[:, 0], one.recurrence(inputs).outputs.data[:, 0])  # nothing to look back to


def test_an_output_reads_no_later_step_and_the_window_before(vectors):
    one, inputs = encoder(), vectors([7], D)
    assert not one.sees_future
    assert one.reads_on
    data = inputs.data.requires_grad_()
    grad = torch.autograd.grad(one(Padded(data, inputs.lengths)).outputs.data[0, 4].sum(), data)[0]
    assert grad[0, :5].any(dim=1).all()
    assert not grad[0, 5:].any()


def test_dropout_is_of_the_outputs_alone_behind_the_last_layer(vectors):
    locked = StackOptions(locked_dropout=True, input_dropout=0.0)
    one, inputs = encoder(dropout=0.5, options=locked), vectors([30], D)
    encoded = one(inputs)
    dropped = encoded.outputs.data[0] == 0  # (T, H)
    assert 0 < int(dropped[0].sum()) < H or dropped.all(0).sum() in (0, H)
    assert torch.equal(dropped, dropped[:1].expand(30, H))
    keys = encoded.state[-3]
    one.eval()
    assert torch.equal(one(inputs).state[-3], keys)  # what is compared is whole
    assert not (one(inputs).outputs.data == 0).any()


def test_every_weight_learns_also_from_what_was_kept(vectors):
    one = encoder()
    state = one(vectors([N, N], D)).state
    one(vectors([1, 1], D), state).outputs.data.square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in one.look_back.parameters())
    assert not any(part.requires_grad for part in state[-3:])


def test_a_copy_gives_the_same_numbers(vectors):
    one, inputs = encoder(), vectors(LENGTHS, D)
    assert torch.equal(copy.deepcopy(one)(inputs).outputs.data, one(inputs).outputs.data)


def test_low_precision_changes_little(vectors):
    one, inputs = AttentiveEncoder(D, H, window=N), vectors(LENGTHS, D, torch.float32)
    wanted = one(inputs)
    with torch.autocast("cpu", torch.bfloat16):
        found = one(inputs, one(inputs, wanted.state).state)
    assert_close(
        found.outputs.data.float(), one(inputs, one(inputs, wanted.state).state).outputs.data, atol=0.05, rtol=0
    )


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
