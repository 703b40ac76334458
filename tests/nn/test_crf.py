"""The conditional random field against enumeration of all paths."""

import copy
import itertools
import math
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.heads import CrfHead
from seqmodels.nn.heads import crf_recursions as recursions
from seqmodels.nn.heads.crf import forbidden
from seqmodels.text.schemes import faults
from seqmodels.types import Size, pad

CPU = Path("/proc/cpuinfo")
AMD = CPU.is_file() and "AuthenticAMD" in CPU.read_text()
H = 5
LENGTHS = [3, 5, 1, 2]
BIO = ("B-x", "B-y", "I-x", "I-y", "O")
BIOES = ("B-x", "E-x", "I-x", "O", "S-x")
SCHEMES = {None: BIO, "bio": BIO, "bioes": BIOES}
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)
# Everyday scores, and such as products of probabilities cannot hold: in between steps and in the transitions.
every_size = pytest.mark.parametrize("size", [1.0, 300.0], ids=["near", "far"])


def make_head(scheme, size=1.0):
    head = CrfHead(H, Size(len(SCHEMES[scheme]), names=SCHEMES[scheme]), scheme=scheme).double()
    for part in (head.starts, head.transitions, head.ends):
        torch.nn.init.normal_(part, std=size)
    return head


def allowed(head, length):
    """Every path of that length that the scheme allows."""
    paths = itertools.product(range(len(head.names)), repeat=length)
    return [list(p) for p in paths if head.scheme is None or not faults([head.names[i] for i in p], head.scheme)]


def score(head, emitted, paths):
    """What each of these paths scores, by the formula; (paths,)."""
    paths = torch.tensor(paths)  # (P, T)
    total = head.starts[paths[:, 0]] + head.ends[paths[:, -1]] + emitted[range(len(emitted)), paths].sum(dim=1)
    return total + head.transitions[paths[:, :-1], paths[:, 1:]].sum(dim=1)


def enumerated(head, scores):
    """Per sentence: the allowed paths and what they score (paths,)."""
    return [
        (paths, score(head, emitted, paths)) for emitted in scores.rows() for paths in [allowed(head, len(emitted))]
    ]


def make_targets(head, lengths=LENGTHS):
    paths = [allowed(head, length) for length in lengths]
    return pad([torch.tensor(some[int(torch.randint(len(some), ()))]) for some in paths])


@every_scheme
@every_size
def test_the_loss_and_its_gradients_are_those_of_enumeration(scheme, size, vectors, noisy):
    head, scores = make_head(scheme, size), vectors(LENGTHS, len(SCHEMES[scheme]))
    targets = make_targets(head)
    data = (scores.data * size).requires_grad_()
    wanted = sum(
        totals.logsumexp(dim=0) - score(head, row, [target.tolist()])[0]
        for (_, totals), row, target in zip(
            enumerated(head, Padded(data, scores.lengths)),
            Padded(data, scores.lengths).rows(),
            targets.rows(),
            strict=True,
        )
    ) / sum(LENGTHS)
    loss = head.loss(Padded(data, scores.lengths), noisy(targets, 99))
    parts = [data, head.starts, head.transitions, head.ends]
    assert_close(loss, wanted, rtol=1e-10, atol=1e-10)
    assert_close(torch.autograd.grad(loss, parts), torch.autograd.grad(wanted, parts), rtol=1e-9, atol=1e-10)


@every_scheme
@every_size
def test_the_answer_is_the_best_of_all_paths(scheme, size, vectors, noisy):
    head, scores = make_head(scheme, size), vectors(LENGTHS, len(SCHEMES[scheme]))
    answers = head.predict(noisy(scores, 1e9, 2))
    for (paths, totals), answer in zip(enumerated(head, scores), answers.rows(), strict=True):
        assert answer.tolist() == paths[int(totals.argmax())]
    assert (answers.data[~answers.mask] == 0).all()


@every_scheme
@every_size
@pytest.mark.parametrize("n", [1, 4, 30])
def test_the_n_best_are_those_of_all_paths_with_their_probabilities(scheme, size, n, vectors, noisy):
    head, scores = make_head(scheme, size), vectors(LENGTHS, len(SCHEMES[scheme]))
    found = head.n_best(noisy(scores, 1e9, 2), n)
    for (paths, totals), answers in zip(enumerated(head, scores), found, strict=True):
        order = totals.argsort(descending=True)[:n]
        assert [answer.ids.tolist() for answer in answers] == [paths[i] for i in order]
        logs = torch.tensor([answer.log_probability for answer in answers], dtype=torch.float64)
        assert_close(logs, (totals - totals.logsumexp(dim=0))[order], rtol=1e-10, atol=1e-10)


@every_scheme
@every_size
def test_marginals_are_those_of_all_paths(scheme, size, vectors, noisy):
    head, scores = make_head(scheme, size), vectors(LENGTHS, len(SCHEMES[scheme]))
    marginals = head.marginals(noisy(scores, float("nan"), 2))
    for (paths, totals), found in zip(enumerated(head, scores), marginals.rows(), strict=True):
        shares = torch.nn.functional.one_hot(torch.tensor(paths), len(head.names)) * totals.softmax(0)[:, None, None]
        assert_close(found, shares.sum(dim=0).detach(), rtol=1e-9, atol=1e-12)
    assert (marginals.data[~marginals.mask] == 0).all()
    assert_close(marginals.data.sum(dim=2), marginals.mask.double())


@every_scheme
def test_gradients_are_those_of_differences(scheme, vectors):
    head, scores = make_head(scheme), vectors([3, 1, 4], len(SCHEMES[scheme]))
    targets = make_targets(head, [3, 1, 4])

    def loss(data, starts, transitions, ends):
        parts = {"starts": starts, "transitions": transitions, "ends": ends}
        return torch.func.functional_call(_Loss(head), {f"head.{k}": v for k, v in parts.items()}, (data, targets))

    parts = [part.detach().requires_grad_() for part in (scores.data, head.starts, head.transitions, head.ends)]
    torch.autograd.gradcheck(loss, parts)


class _Loss(torch.nn.Module):
    def __init__(self, head):
        super().__init__()
        self.head = head

    def forward(self, data, targets):
        return self.head.loss(Padded(data, targets.lengths), targets)


@every_scheme
@pytest.mark.parametrize("length", [1, 2, 40, 300])
def test_both_ways_to_sum_agree_over_long_sentences(scheme, length, vectors, monkeypatch):
    head = make_head(scheme, 3.0)
    scores, chain = vectors([length, 1, length], len(SCHEMES[scheme])), head._chain()
    fast = recursions.all_paths(scores, chain)
    monkeypatch.setattr(recursions, "_near", lambda *_: False)
    assert_close(fast, recursions.all_paths(scores, chain), rtol=1e-8, atol=1e-10)


def test_scores_that_are_near_at_every_step_and_far_in_sum_are_summed_exactly(vectors, monkeypatch):
    """Whoever begins with a label stays with it, so that a path is a label."""
    scores, products, tried = vectors([60], 3), recursions._products, []
    scores.data[:, :, 0] += 30.0
    scores.data[:, -19:, 1] += 95.0
    zeros = torch.zeros(3, dtype=torch.float64)
    chain = recursions.Chain(zeros, torch.full((3, 3), -torch.inf).double().fill_diagonal_(0.0), zeros)
    monkeypatch.setattr(recursions, "_products", lambda *a: tried.append(products(*a)) or tried[-1])
    found = recursions.all_paths(scores, chain)
    assert tried == [None]
    totals = scores.data[0].sum(dim=0)
    assert_close(found.log_partition[0], totals.logsumexp(dim=0))
    assert_close(found.marginals[0], totals.softmax(dim=0).expand(60, 3))
    assert_close(found.transitions, torch.diag(59 * totals.softmax(dim=0)))


@every_scheme
def test_single_precision_is_near_double_precision(scheme, vectors):
    head = make_head(scheme)
    scores, targets = vectors(LENGTHS, len(SCHEMES[scheme])), make_targets(head)
    loss, single = head.loss(scores, targets), copy.deepcopy(head).float()
    for dtype, close in ((torch.float32, 1e-5), (torch.bfloat16, 0.02)):
        found = single.loss(Padded(scores.data.to(dtype), scores.lengths), targets)
        assert found.dtype == torch.float32
        assert_close(found.double(), loss, rtol=close, atol=close)


@every_scheme
@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
def test_noise_in_padding_changes_nothing(scheme, noise, vectors, noisy):
    head, clean = make_head(scheme), vectors(LENGTHS, H)
    targets, results = make_targets(head), []
    for features, wanted in ((clean, targets), (noisy(clean, noise, 2), noisy(targets, -7, 2))):
        data = features.data.requires_grad_()
        scores = head(Padded(data, features.lengths))
        assert (scores.data[~scores.mask] == 0).all()
        loss = head.loss(scores, wanted)
        grads = torch.autograd.grad(loss, [data, *head.parameters()])
        assert (grads[0][~features.mask] == 0).all()
        answers = [row.tolist() for row in head.predict(scores).rows()]
        results.append((loss, grads[0][:, : max(LENGTHS)], grads[1:], answers, head.marginals(scores).data[:, :5]))
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


@every_scheme
def test_a_sentence_alone_is_read_as_in_a_batch(scheme, vectors):
    head, scores = make_head(scheme), vectors(LENGTHS, len(SCHEMES[scheme]))
    targets = make_targets(head)
    alone = [head.loss(pad([row]), pad([target])) for row, target in zip(scores.rows(), targets.rows(), strict=True)]
    shares = [loss * length / sum(LENGTHS) for loss, length in zip(alone, LENGTHS, strict=True)]
    assert_close(head.loss(scores, targets), sum(shares), rtol=1e-12, atol=1e-12)
    answers = [head.predict(pad([row])).data[0].tolist() for row in scores.rows()]
    assert answers == [row.tolist() for row in head.predict(scores).rows()]


def test_without_transitions_it_is_softmax_at_every_step(vectors):
    head, scores = make_head(None, 0.0), vectors(LENGTHS, 5)
    targets = make_targets(head)
    logs = scores.data.log_softmax(dim=2).gather(2, targets.data[..., None])[..., 0]
    assert_close(head.loss(scores, targets), -logs[scores.mask].mean())
    assert torch.equal(head.predict(scores).data[scores.mask], scores.data.argmax(dim=2)[scores.mask])


@pytest.mark.parametrize("scheme", ["bio", "bioes"])
def test_answers_follow_the_scheme_whatever_the_scores(scheme, vectors):
    head = make_head(scheme, 1000.0)
    answers = head.predict(vectors([1, 2, 30] * 20, len(SCHEMES[scheme])))
    assert [faults([head.names[i] for i in row.tolist()], scheme) for row in answers.rows()] == [[]] * 60


def test_a_target_that_the_scheme_does_not_allow_is_refused(vectors):
    head, scores = make_head("bio"), vectors([2, 3], 5)
    targets = pad([torch.tensor([0, 2]), torch.tensor([4, 0, 3])])
    with pytest.raises(ValueError, match=r"targets of sentence 1 .* I-y found behind B-x, wanted .* \(scheme=bio\)"):
        head.loss(scores, targets)


def test_what_a_scheme_forbids_learns_nothing_and_stays_finite(vectors):
    head, scores = make_head("bio"), vectors(LENGTHS, 5)
    head.loss(scores, make_targets(head)).backward()
    masks = torch.tensor(forbidden(BIO, "bio"))
    assert masks.any()
    assert (head.transitions.grad[masks[:-2]] == 0).all()
    assert (head.starts.grad[masks[-2]] == 0).all()
    assert all(torch.isfinite(p.grad).all() for p in (head.starts, head.transitions, head.ends))


def test_scores_that_are_no_numbers_give_a_loss_that_is_none(vectors):
    head, scores = make_head("bio"), vectors(LENGTHS, 5)
    scores.data[0, 1, 2] = float("nan")
    assert head.loss(scores, make_targets(head)).isnan()


def test_a_head_made_on_the_meta_device_takes_the_weights_of_another(vectors):
    head, scores = make_head("bio"), vectors(LENGTHS, 5)
    with torch.device("meta"):
        empty = CrfHead(H, Size(5, names=BIO), scheme="bio")
    empty.load_state_dict(head.state_dict(), assign=True)
    assert torch.equal(empty.predict(scores).data, head.predict(scores).data)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), r"scheme=bio found without names of labels, wanted output_size=Size\(C, names=...\)"),
        (("O", "NOUN"), r"label 'NOUN' found, wanted O, B-... or I-... \(scheme=bio\)"),
        (("I-x",), "labels I-x found, wanted O or another that may stand alone"),
    ],
)
def test_names_that_do_not_fit_a_scheme_are_refused(names, message):
    with pytest.raises(ValueError, match=message):
        CrfHead(H, Size(3, names=names), scheme="bio")


def test_a_plain_number_of_labels_will_do_without_a_scheme(vectors):
    assert CrfHead(H, 3).double().predict(vectors(LENGTHS, 3)).data.shape == (4, 5)


def test_dropout_acts_in_training_only(vectors):
    head, features = CrfHead(H, 5, dropout=0.5).double(), vectors([30], H)
    assert not torch.equal(head(features).data, head(features).data)
    head.eval()
    assert torch.equal(head(features).data, head(features).data)


@pytest.mark.skipif(not AMD, reason="what one thread does otherwise than two was measured on AMD's processors alone")
@pytest.mark.parametrize("classes", [5, 9, 19, 23])
@pytest.mark.parametrize("batch", [1, 6, 11, 40])
def test_one_thread_and_two_give_the_same_numbers(classes, batch, vectors):
    torch.manual_seed(classes)
    head, features = CrfHead(H, classes), vectors([30] * batch, H, torch.float32)
    targets, before, found = Padded(torch.randint(classes, (batch, 30)), features.lengths), torch.get_num_threads(), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        scores = head(features)
        grads = torch.autograd.grad(head.loss(scores, targets), head.parameters())
        found.append([*grads, head.predict(scores).data, head.marginals(scores).data])
    torch.set_num_threads(before)
    assert [torch.equal(one, two) for one, two in zip(*found, strict=True)] == [True] * 7


@pytest.mark.parametrize("size", [20.1, 30.3, 40.7])
def test_probabilities_of_long_confident_sentences_are_none_above_1(size):
    scores = torch.zeros(1, 200, 5)
    scores[..., 0] = size
    (answers,) = CrfHead(5, 5).n_best(Padded(scores, torch.tensor([200])), 3)
    assert -1e-3 < answers[0].log_probability <= 1e-9  # all others together have next to none
    assert sum(math.exp(answer.log_probability) for answer in answers) <= 1 + 1e-9


@every_scheme
@every_size
def test_the_loss_without_gradients_is_the_same(scheme, size, vectors, noisy):
    head, scores = make_head(scheme, size), vectors(LENGTHS, len(SCHEMES[scheme]))
    scores, targets = Padded(scores.data * size, scores.lengths), make_targets(head)
    wanted = head.loss(scores, targets)
    with torch.no_grad():
        found = head.loss(noisy(scores, float("nan")), targets)
    assert_close(found, wanted.detach())
