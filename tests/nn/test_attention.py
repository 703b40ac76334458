"""Every attention against its written formula, one query and one step at a time."""

import importlib
import pkgutil

import pytest
import torch
from torch.testing import assert_close

import seqmodels.nn.attention
from seqmodels import Padded
from seqmodels.nn.attention import (
    AdditiveAttention,
    Attention,
    CoverageAttention,
    DotAttention,
    GeneralAttention,
    LocationAttention,
    MultiHeadAttention,
    ScoredAttention,
    StepwiseAttention,
    UniformAttention,
)

for module in pkgutil.iter_modules(seqmodels.nn.attention.__path__, "seqmodels.nn.attention."):
    importlib.import_module(module.name)
SCORED = sorted(ScoredAttention.__subclasses__(), key=lambda kind: kind.__name__)
STEPWISE = sorted(StepwiseAttention.__subclasses__(), key=lambda kind: kind.__name__)
KINDS = [*SCORED, *(kind for kind in Attention.__subclasses__() if kind is not ScoredAttention)]

D, H = 4, 4  # equal, because dot attention needs them so
LENGTHS = [3, 5, 1]

# score(q, k) of one query (D,) and one step (H,), as the docstrings write it.
FORMULAS = {
    AdditiveAttention: lambda a, q, k: (
        a.energy.weight[0] @ torch.tanh(a.query.weight @ q + a.key.weight @ k + a.key.bias)
    ),
    DotAttention: lambda a, q, k: q @ k,
    GeneralAttention: lambda a, q, k: q @ (a.key.weight @ k),
    UniformAttention: lambda a, q, k: torch.zeros((), dtype=q.dtype),
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
    assert set(SCORED) == set(FORMULAS)
    assert set(KINDS) - set(SCORED) == {MultiHeadAttention}
    assert set(STEPWISE) == {CoverageAttention, LocationAttention}


@pytest.mark.parametrize("kind", SCORED, ids=lambda kind: kind.__name__)
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
        reads = [data, *([] if kind is UniformAttention else [query]), *attention.parameters()]
        grads = torch.autograd.grad(attended.context.pow(2).sum(), reads)
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


def test_every_head_attends_for_itself(vectors):
    attention, memory, query = MultiHeadAttention(3, H, 2, 6).double(), vectors(LENGTHS, H), vectors([2] * 3, 3).data
    context, weights = attention(query, attention.prepare(memory))
    for i, row in enumerate(memory.rows()):
        keys, values = (attention.key.weight @ row.T).split(6)  # (A, S) each
        for u in range(2):
            q, heads, shares = attention.query.weight @ query[i, u], [], []
            for h in (slice(0, 3), slice(3, 6)):
                shares.append(torch.softmax(q[h] @ keys[h] / 3**0.5, dim=0))
                heads.append(values[h] @ shares[-1])
            assert_close(context[i, u], attention.context.weight @ torch.cat(heads), rtol=1e-10, atol=1e-10)
            assert_close(weights[i, u, : len(row)], (shares[0] + shares[1]) / 2, rtol=1e-10, atol=1e-10)


def stepwise_scores(a, q, memory, past):
    """score(q, k_s, past) for every step of a memory (S, H), as the docstrings write it."""
    compared = [a.query.weight @ q + a.key.weight @ k + a.key.bias for k in memory]
    if isinstance(a, CoverageAttention):
        located = [c * a.covered for c in past]
    else:
        width = a.filters.kernel_size[0] // 2
        wide = [0.0] * width + past.tolist() + [0.0] * width
        windows = [torch.tensor(wide[s : s + 2 * width + 1], dtype=q.dtype) for s in range(len(past))]
        located = [a.location.weight @ (a.filters.weight[:, 0] @ window) for window in windows]
    return torch.stack([a.energy.weight[0] @ torch.tanh(x + y) for x, y in zip(compared, located, strict=True)])


@pytest.mark.parametrize("settings", [{}, {"noise": float("nan")}], ids=["clean", "noisy"])
@pytest.mark.parametrize(
    ("kind", "sized"), [(CoverageAttention, {}), (LocationAttention, {"filters": 2, "kernel_size": 3})]
)
def test_stepwise_scores_are_what_the_written_formula_gives(kind, sized, settings, vectors, noisy):
    attention, clean = kind(3, H, attention_size=5, **sized).double(), vectors(LENGTHS, H)
    memory = attention.prepare(noisy(clean, settings["noise"], 2) if settings else clean)
    past = torch.zeros(3, 1, memory.mask.shape[1], dtype=torch.float64)
    for query in vectors([4] * 3, 3).data.split(1, dim=1):
        before, looked = past, attention(query, memory, past)
        for i, row in enumerate(clean.rows()):
            scores = stepwise_scores(attention, query[i, 0], row, before[i, 0, : len(row)])
            weights = scores.exp() / scores.exp().sum()
            assert_close(looked.weights[i, 0, : len(row)], weights, rtol=1e-10, atol=1e-10)
            assert_close(looked.context[i, 0], weights @ row, rtol=1e-10, atol=1e-10)
        assert (looked.weights[~memory.mask[:, None]] == 0).all()
        past = looked.past
        assert_close(past, before + looked.weights if kind is CoverageAttention else looked.weights)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MultiHeadAttention(4, 4, heads=3, attention_size=8), "heads=3 found, wanted a number that divides"),
        (lambda: LocationAttention(4, 4, kernel_size=4), "kernel_size=4 found, wanted an odd number"),
        (lambda: CoverageAttention(4, 4, coverage_loss=-1), "coverage_loss=-1 found"),
    ],
)
def test_settings_that_make_no_sense_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_dot_attention_refuses_unequal_widths():
    with pytest.raises(ValueError, match="width 4 with the encoder's width 6"):
        DotAttention(query_size=4, memory_size=6)
