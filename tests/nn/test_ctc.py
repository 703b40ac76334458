"""CTC against enumeration: every alignment of small cases."""

import itertools
import math
from collections import defaultdict

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.decode import beam_search, best_path
from seqmodels.nn.heads import CtcHead
from seqmodels.nn.heads.ctc import steps_needed
from seqmodels.types import pad

H, C = 5, 3
LENGTHS = [5, 4, 1]
TARGETS = [[0, 0, 2], [1, 2], [1]]


def collapsed(path, blank):
    """Repeats joined, then blanks taken out."""
    return tuple(k for k, _ in itertools.groupby(path) if k != blank)


def probabilities(log_probabilities, blank):
    """Each sequence that some alignment says, by its probability."""
    found = defaultdict(float)
    steps, classes = log_probabilities.shape
    for path in itertools.product(range(classes), repeat=steps):
        found[collapsed(path, blank)] += math.exp(sum(log_probabilities[t, k].item() for t, k in enumerate(path)))
    return dict(found)


def make_targets(targets=TARGETS):
    return pad([torch.tensor(ids) for ids in targets])


def test_the_loss_is_minus_the_log_of_all_alignments_a_target_id(vectors):
    head, scores = CtcHead(H, C), vectors(LENGTHS, C + 1)
    costs = [
        -math.log(probabilities(row.log_softmax(dim=-1), C)[tuple(ids)])
        for row, ids in zip(scores.rows(), TARGETS, strict=True)
    ]
    wanted = sum(costs) / sum(map(len, TARGETS))
    assert_close(head.loss(scores, make_targets()).item(), wanted, rtol=1e-10, atol=1e-10)


def test_all_sequences_together_have_probability_one(vectors):
    (row,) = vectors([4], C + 1).rows()
    found = beam_search(row.log_softmax(dim=-1), C, beam_width=1000)
    assert_close(sum(math.exp(h.log_probability) for h in found), 1.0, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("blank", [0, C])
@pytest.mark.parametrize("steps", [1, 3, 5])
def test_a_wide_beam_gives_every_sequence_its_probability_in_order(blank, steps, vectors):
    (row,) = vectors([steps], C + 1).rows()
    logs = row.log_softmax(dim=-1)
    wanted = probabilities(logs, blank)
    found = beam_search(logs, blank, beam_width=1000)
    assert [h.log_probability for h in found] == sorted((h.log_probability for h in found), reverse=True)
    assert {h.ids for h in found} == set(wanted)
    for hypothesis in found:
        assert_close(math.exp(hypothesis.log_probability), wanted[hypothesis.ids], rtol=1e-10, atol=1e-12)


def test_a_narrow_beam_never_overstates_and_ties_go_by_ids():
    logs = torch.full((3, C + 1), 1 / (C + 1)).log()
    wanted = probabilities(logs, C)
    for width in (1, 2, 5):
        found = beam_search(logs, C, width)
        assert len(found) <= width
        assert all(math.exp(h.log_probability) <= wanted[h.ids] + 1e-12 for h in found)
    assert [h.ids for h in beam_search(logs, C, 1000)[:3]] == [(0,), (1,), (2,)]


def test_the_best_sequence_may_not_be_the_one_of_the_best_path():
    head = CtcHead(H, 1, beam_width=4)
    scores = Padded(torch.tensor([[[0.4, 0.6], [0.4, 0.6]]]).log(), torch.tensor([2]))
    assert best_path(scores, head.blank).lengths.tolist() == [0]  # both blank: .36
    assert head.predict(scores).rows()[0].tolist() == [0]  # one of the three other alignments: .64
    ((best, second, *_),) = head.n_best(scores)
    assert_close([math.exp(best.log_probability), math.exp(second.log_probability)], [0.64, 0.36])


def test_a_beam_of_one_ranks_what_it_predicts_by_all_of_its_alignments(vectors):
    head = CtcHead(H, C)
    scores = vectors([5, 4, 1], C + 1)
    scores.data[2, 0, C] = 9.0  # nothing is said
    for row, said, (best,) in zip(scores.rows(), head.predict(scores).rows(), head.n_best(scores), strict=True):
        assert best.ids == tuple(said.tolist())
        assert_close(math.exp(best.log_probability), probabilities(row.log_softmax(dim=-1), C)[best.ids])
    # A prefix beam of 1 would have said 0 alone here.
    other = torch.tensor([[[0.5, 0.4, 0.1], [0.4, 0.3, 0.3], [0.3, 0.4, 0.3]]]).log()
    ((found,),) = CtcHead(H, 2).n_best(Padded(other, torch.tensor([3])))
    assert found.ids == (0, 1)


@pytest.mark.parametrize("width", [1, 8])
def test_answers_are_those_of_each_row_alone_zero_past_their_ends(width, vectors, noisy):
    head, scores = CtcHead(H, C, beam_width=width), vectors([6, 9, 1, 4], C + 1)
    together = head.predict(scores)
    assert torch.equal(together.data, together.zeroed().data)
    assert together.data.shape[1] == int(together.lengths.max())
    for row, said in zip(scores.rows(), together.rows(), strict=True):
        alone = head.predict(pad([row]))
        assert torch.equal(alone.rows()[0], said)
    assert torch.equal(head.predict(noisy(scores, float("nan"), 2)).data, together.data)


def test_best_path_is_the_collapsed_argmax(vectors):
    scores = vectors([7, 12, 2, 1], C + 1)
    for row, said in zip(scores.rows(), best_path(scores, C).rows(), strict=True):
        assert tuple(said.tolist()) == collapsed(row.argmax(dim=-1).tolist(), C)


def test_predictions_may_be_empty():
    scores = torch.zeros(2, 3, C + 1)
    scores[..., C] = 1.0
    for width in (1, 4):
        said = CtcHead(H, C, beam_width=width).predict(Padded(scores * 9, torch.tensor([3, 1])))
        assert (said.lengths.tolist(), said.data.shape) == ([0, 0], (2, 0))


@pytest.mark.parametrize("noise", [1e6, float("inf"), float("nan")], ids=str)
def test_noise_in_padding_changes_no_loss(noise, vectors, noisy):
    head, scores, targets = CtcHead(H, C), vectors(LENGTHS, C + 1), make_targets()
    wanted = head.loss(scores, targets)
    assert_close(head.loss(noisy(scores, noise, 3), noisy(targets, 99, 2)), wanted)
    assert_close(head.loss(scores, noisy(targets, -7)), wanted)


def test_noise_in_features_changes_neither_loss_nor_gradients(vectors, noisy):
    head, clean = CtcHead(H, C).double(), vectors(LENGTHS, H)
    results = []
    for features in (clean, noisy(clean, 1e3)):
        data = features.data.requires_grad_()
        loss = head.loss(head(Padded(data, features.lengths)), make_targets())
        results.append((loss, torch.autograd.grad(loss, [data, *head.parameters()])))
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)


def test_gradients_are_those_of_finite_differences(vectors):
    head, scores = CtcHead(H, C), vectors(LENGTHS, C + 1)

    def loss(data):
        return head.loss(Padded(data, scores.lengths), make_targets())

    assert torch.autograd.gradcheck(loss, [scores.data.requires_grad_()])


def test_losses_of_batches_weighted_by_target_ids_make_that_of_all(vectors):
    head, scores, targets = CtcHead(H, C), vectors(LENGTHS, C + 1), make_targets()
    parts = [
        head.loss(pad([row]), pad([ids])) * len(ids) for row, ids in zip(scores.rows(), targets.rows(), strict=True)
    ]
    assert_close(sum(parts) / targets.lengths.sum(), head.loss(scores, targets))


def test_a_target_needs_a_step_between_equal_ids_and_as_many_are_enough(vectors):
    targets = make_targets([[0, 0, 2], [1, 1, 1], [1]])
    assert steps_needed(targets).tolist() == [4, 5, 1]
    assert math.isfinite(CtcHead(H, C).loss(vectors([4, 5, 1], C + 1), targets))


def test_a_target_that_no_alignment_says_is_refused_with_its_row(vectors):
    message = "row 1 of the batch: 3 target ids need 5 steps, 4 found"
    with pytest.raises(ValueError, match=message):
        CtcHead(H, C).loss(vectors([4, 4, 1], C + 1), make_targets([[0, 0, 2], [1, 1, 1], [1]]))


def test_half_precision_is_summed_in_single(vectors):
    scores = vectors([40], C + 1, torch.float16)
    head, targets = CtcHead(H, C), make_targets([[0, 1, 2]])
    assert_close(head.loss(scores, targets), head.loss(Padded(scores.data.float(), scores.lengths), targets))


def test_one_thread_and_two_give_the_same_loss_gradients_and_answers(vectors):
    scores, targets = vectors([90, 80, 85, 60] * 3, C + 1, torch.float32), make_targets([[0, 0, 2, 1]] * 12)
    threads, results = torch.get_num_threads(), []
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            data = scores.data.clone().requires_grad_()
            loss = CtcHead(H, C).loss(Padded(data, scores.lengths), targets)
            results.append((loss.item(), torch.autograd.grad(loss, data)[0]))
    finally:
        torch.set_num_threads(threads)
    assert results[0][0] == results[1][0]
    assert torch.equal(results[0][1], results[1][1])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_scores_that_are_no_probabilities_are_refused(value):
    logs = torch.randn(4, C + 1).log_softmax(dim=-1)
    logs[2, 1] = value
    with pytest.raises(ValueError, match=f"{value} found for class 1 at step 2, wanted log-probabilities"):
        beam_search(logs, C, 3)
    logs[2, 1] = -float("inf")  # a class that cannot be
    assert beam_search(logs, C, 3)
