"""Every attention against its written formula, one query and one step at a time."""

import importlib
import pkgutil

import pytest
import torch
from torch.testing import assert_close

import seqmodels.nn.attention
from seqmodels import Padded
from seqmodels.nn.attention import AdditiveAttention, Attention, DotAttention, GeneralAttention

for module in pkgutil.iter_modules(seqmodels.nn.attention.__path__, "seqmodels.nn.attention."):
    importlib.import_module(module.name)
KINDS = sorted(Attention.__subclasses__(), key=lambda kind: kind.__name__)

D, H = 4, 4  # equal, because dot attention needs them so
LENGTHS = [3, 5, 1]

# score(q, k) of one query (D,) and one step (H,), as the docstrings write it.
FORMULAS = {
    AdditiveAttention: lambda a, q, k: (
        a.energy.weight[0] @ torch.tanh(a.query.weight @ q + a.key.weight @ k + a.key.bias)
    ),
    DotAttention: lambda a, q, k: q @ k,
    GeneralAttention: lambda a, q, k: q @ (a.key.weight @ k),
}

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def one_by_one(attention, query, memory):
    """The context (U, H) of queries (U, D) over a memory (S, H) without padding."""
    contexts = []
    for q in query:
        scores = torch.stack([FORMULAS[type(attention)](attention, q, k) for k in memory])
        weights = scores.exp() / scores.exp().sum()
        contexts.append(sum(w * k for w, k in zip(weights, memory, strict=True)))
    return torch.stack(contexts)


def test_every_attention_has_its_formula_here():
    assert set(KINDS) == set(FORMULAS)


@every_kind
def test_context_is_what_the_written_formula_gives(kind, vectors, noisy):
    attention, memory, query = kind(D, H).double(), vectors(LENGTHS, H), vectors([6, 6, 6], D).data
    context = attention(query, attention.prepare(noisy(memory, 7.0))).context
    for i, row in enumerate(memory.rows()):
        assert_close(context[i], one_by_one(attention, query[i], row), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("kind", [AdditiveAttention, GeneralAttention])
def test_widths_may_differ(kind, vectors):
    attention, memory, query = kind(3, 7).double(), vectors(LENGTHS, 7), vectors([2, 2, 2], 3).data
    context = attention(query, attention.prepare(memory)).context
    for i, row in enumerate(memory.rows()):
        assert_close(context[i], one_by_one(attention, query[i], row), rtol=1e-10, atol=1e-10)


@every_kind
def test_weights_sum_to_one_and_are_zero_on_padding(kind, vectors):
    attention, memory, query = kind(D, H).double(), vectors(LENGTHS, H), vectors([6, 6, 6], D).data
    weights = attention(query, attention.prepare(memory)).weights
    assert weights.shape == (3, 6, 5)
    assert_close(weights.sum(dim=-1), torch.ones(3, 6, dtype=torch.float64))
    padding = ~memory.mask[:, None].expand_as(weights)
    assert (weights[padding] == 0).all()
    assert (weights[~padding] > 0).all()


@every_kind
@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
@pytest.mark.parametrize("more", [0, 2], ids=["tight", "wide"])
def test_noise_in_padding_changes_neither_the_context_nor_a_gradient(kind, noise, more, vectors, noisy):
    attention, clean, query = kind(D, H).double(), vectors(LENGTHS, H), vectors([6, 6, 6], D).data.requires_grad_()
    results = []
    for memory in (clean, noisy(clean, noise, more)):
        data = memory.data.requires_grad_()
        attended = attention(query, attention.prepare(Padded(data, memory.lengths)))
        grads = torch.autograd.grad(attended.context.pow(2).sum(), [data, query, *attention.parameters()])
        assert (grads[0][~memory.mask] == 0).all()
        results.append((attended.context, attended.weights[..., :5], grads[0][:, :5], grads[1:]))
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


@every_kind
def test_one_query_equals_the_same_query_among_many(kind, vectors):
    attention, query = kind(D, H).double(), vectors([6, 6, 6], D).data
    memory = attention.prepare(vectors(LENGTHS, H))
    together = attention(query, memory)
    for u in range(6):
        alone = attention(query[:, u : u + 1], memory)
        assert_close(alone.context[:, 0], together.context[:, u], rtol=1e-12, atol=1e-12)
        assert_close(alone.weights[:, 0], together.weights[:, u], rtol=1e-12, atol=1e-12)


def test_dot_attention_refuses_unequal_widths():
    with pytest.raises(ValueError, match="width 4 with the encoder's width 6"):
        DotAttention(query_size=4, memory_size=6)
