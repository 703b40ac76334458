"""Sequences to vectors: every pool against a loop over the real steps of each sequence."""

import importlib
import pkgutil

import pytest
import torch
from torch.testing import assert_close

import seqmodels.nn.pool
from seqmodels import Encoded, Padded
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.pool import LastState, Max, Mean, Pool, SelfAttention

for module in pkgutil.iter_modules(seqmodels.nn.pool.__path__, "seqmodels.nn.pool."):
    importlib.import_module(module.name)
KINDS = sorted(Pool.__subclasses__(), key=lambda kind: kind.__name__)

H, HOPS = 5, 3
LENGTHS = [3, 5, 1]

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
every_noise = pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)


def self_attention():
    return SelfAttention(H, attention_size=4, hops=HOPS).double()


def attended(pool, row):
    """The vector (hops * H,) of one sequence (T, H), as the docstring writes it, a step at a time."""
    vector = []
    for judge in pool.energy.weight:
        scores = torch.stack([judge @ torch.tanh(pool.key.weight @ step) for step in row])
        weights = scores.exp() / scores.exp().sum()
        vector.append(sum(weight * step for weight, step in zip(weights, row, strict=True)))
    return torch.cat(vector)


# What becomes of one sequence (T, H).
LOOPS = {
    Mean: lambda pool, row: sum(row) / len(row),
    Max: lambda pool, row: torch.stack([max(column) for column in row.T]),
    SelfAttention: attended,
}


def encode(outputs):
    """As an encoder of these outputs would return them."""
    ends = outputs.data[range(len(outputs.lengths)), outputs.lengths - 1]
    return Encoded(outputs, (ends[None],))


def test_every_pool_that_reads_the_outputs_has_its_loop_here():
    assert set(KINDS) == {LastState, *LOOPS}


@pytest.mark.parametrize("kind", LOOPS, ids=lambda kind: kind.__name__)
def test_a_pooled_vector_is_what_the_loop_gives(kind, vectors, noisy):
    pool, clean = kind(H).double(), vectors(LENGTHS, H)
    below = Padded(clean.data - 10, clean.lengths)  # all below what pads them
    pooled = pool(encode(noisy(below, 0.0, 2)))
    assert_close(pooled, torch.stack([LOOPS[kind](pool, row - 10) for row in clean.rows()]), rtol=1e-10, atol=1e-10)


@every_kind
def test_a_vector_is_as_wide_as_the_pool_says(kind, vectors):
    pool = kind(H).double()
    assert pool(encode(vectors(LENGTHS, H))).shape == (len(LENGTHS), pool.output_size)


@every_kind
@every_noise
def test_noise_in_padding_changes_neither_the_vector_nor_a_gradient(kind, noise, vectors, noisy):
    pool, clean = kind(H).double(), vectors(LENGTHS, H)
    results = []
    for outputs in (clean, noisy(clean, noise, 2)):
        data = outputs.data.requires_grad_()
        pooled = pool(encode(Padded(data, outputs.lengths)))
        grads = torch.autograd.grad(pooled.pow(2).sum(), [data, *pool.parameters()])
        assert (grads[0][~outputs.mask] == 0).all()
        results.append((pooled, grads[0][:, : max(LENGTHS)], grads[1:]))
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


@every_kind
def test_a_sequence_alone_equals_itself_in_a_batch(kind, vectors):
    pool, outputs = kind(H).double(), vectors(LENGTHS, H)
    together = pool(encode(outputs))
    for i, row in enumerate(outputs.rows()):
        alone = pool(encode(Padded(row[None], torch.tensor([len(row)]))))
        assert_close(together[i], alone[0], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", [Mean, Max], ids=lambda kind: kind.__name__)
def test_gradients_of_mean_and_max_are_shares_of_the_real_steps(kind, vectors):
    outputs = vectors(LENGTHS, H)
    data = outputs.data.requires_grad_()
    (grad,) = torch.autograd.grad(kind(H)(encode(Padded(data, outputs.lengths))).sum(), data)
    assert (grad[~outputs.mask] == 0).all()
    assert_close(grad.sum(dim=1), torch.ones(len(LENGTHS), H, dtype=torch.float64))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_last_state_is_the_output_at_the_end_of_each_direction(cell, bidirectional, vectors):
    encoder = RecurrentEncoder(3, H, cell, 2, bidirectional).double()
    encoded = encoder(vectors(LENGTHS, 3))
    ends = [torch.cat([row[-1, :H], row[0, H:]]) for row in encoded.outputs.rows()]
    assert torch.equal(LastState(encoder.output_size)(encoded), torch.stack(ends))


def test_weights_of_every_hop_sum_to_one_over_the_real_steps_and_are_zero_on_padding(vectors, noisy):
    pool, outputs = self_attention(), noisy(vectors(LENGTHS, H), float("nan"), 2)
    weights = pool.weights(outputs)
    assert weights.shape == (len(LENGTHS), HOPS, max(LENGTHS) + 2)
    padding = ~outputs.mask[:, None].expand_as(weights)
    assert (weights[padding] == 0).all()
    assert (weights[~padding] > 0).all()
    assert_close(weights.sum(dim=-1), torch.ones(len(LENGTHS), HOPS, dtype=torch.float64))


def test_hops_look_for_things_of_their_own(vectors):
    weights = self_attention().weights(vectors([5], H))[0]
    assert all((weights[i] - weights[j]).abs().max() > 1e-3 for i in range(HOPS) for j in range(i))


def test_self_attention_without_preferences_is_the_mean(vectors):
    pool, encoded = self_attention(), encode(vectors(LENGTHS, H))
    with torch.no_grad():
        pool.energy.weight.zero_()
    assert_close(pool(encoded), Mean(H)(encoded).repeat(1, HOPS), rtol=1e-12, atol=1e-12)


def test_self_attention_learns_which_step_matters(vectors):
    # The answer stands beside the largest first number, wherever that is: no mean of all steps can tell.
    torch.manual_seed(0)
    data = torch.randn(64, 6, 2)
    wanted = data[range(64), data[..., 0].argmax(dim=1), 1]
    pool = SelfAttention(2, attention_size=16)
    encoded = encode(Padded(data, torch.full((64,), 6)))
    optimizer = torch.optim.Adam(pool.parameters(), lr=0.05)
    for _ in range(150):
        optimizer.zero_grad()
        ((pool(encoded)[:, 1] - wanted) ** 2).mean().backward()
        optimizer.step()
    error = ((pool(encoded)[:, 1] - wanted) ** 2).mean()
    assert error < 0.2 * ((data[..., 1].mean(dim=1) - wanted) ** 2).mean()
