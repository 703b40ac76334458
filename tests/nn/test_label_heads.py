"""Classes that count differently, and classes that have an order."""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.heads import CategoricalHead, OrdinalHead
from seqmodels.nn.heads.class_weights import class_weights
from seqmodels.nn.heads.focal import focal_loss
from seqmodels.text import Label
from seqmodels.types import Size, pad

H, C = 5, 4
LENGTHS = [3, 5, 1]
GRADES = Size(C, names=("fair", "good", "poor", "top"), counts=(10, 20, 5, 5))
ORDER = ["poor", "fair", "good", "top"]


def make_targets():
    return pad([torch.randint(C, (length,)) for length in LENGTHS])


def pairs(scores, targets):
    """Each real row of scores with its target."""
    rows = zip(scores.rows(), targets.rows(), strict=True)
    return [pair for some, wanted in rows for pair in zip(some, wanted, strict=True)]


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_weights_multiply_each_rows_loss_and_the_mean_is_over_rows(smoothing, vectors):
    head = CategoricalHead(H, GRADES, label_smoothing=smoothing, weights={"poor": 3.0, "good": 0.5}).double()
    scores, targets = vectors(LENGTHS, C), make_targets()
    weights = torch.tensor([1.0, 0.5, 3.0, 1.0], dtype=torch.float64)
    rows = [
        F.cross_entropy(s, t, weight=weights, label_smoothing=smoothing, reduction="sum")
        for s, t in pairs(scores, targets)
    ]
    assert_close(head.loss(scores, targets), torch.stack(rows).sum() / sum(LENGTHS))


def test_balanced_weights_let_all_classes_count_the_same():
    field = Label()
    field.fit(["b", "a", "b", "b", "c", "b", "a", "b"])
    weights = class_weights("balanced", field.size)
    assert field.size.counts == (2, 5, 1)
    assert_close(weights * torch.tensor([2.0, 5.0, 1.0]), torch.full((3,), 8 / 3))
    # A label that training never has, such as <other>, is made up for by nothing.
    one = torch.ones(1)
    assert_close(class_weights("balanced", Size(4, counts=(2, 0, 5, 1))), torch.cat([weights[:1], one, weights[1:]]))


def test_a_focus_looks_away_from_what_is_said_already(vectors):
    scores, targets = vectors(LENGTHS, C), make_targets()
    weights = torch.rand(C, dtype=torch.float64) + 0.5
    rows = []
    for row, wanted in pairs(scores, targets):
        p = row.softmax(dim=0)[wanted]
        rows.append(-weights[wanted] * (1 - p) ** 1.5 * p.log())
    assert_close(focal_loss(scores, targets, 1.5, weights), torch.stack(rows).mean())
    assert_close(focal_loss(scores, targets, 0.0), CategoricalHead(H, C).loss(scores, targets))
    head = CategoricalHead(H, GRADES, weights="balanced", focus=2.0).double()
    assert_close(
        head.loss(scores, targets), focal_loss(scores, targets, 2.0, class_weights("balanced", GRADES).double())
    )


def test_what_is_quite_sure_has_a_finite_gradient():
    data = torch.tensor([[[200.0, 0.0]]], requires_grad=True)
    one = torch.ones(1, dtype=torch.int64)
    focal_loss(Padded(data, one), Padded(torch.zeros(1, 1, dtype=torch.int64), one), 0.5).backward()
    assert data.grad.isfinite().all()


@pytest.mark.parametrize("noise", [1e6, float("nan")], ids=str)
def test_noise_in_padding_changes_no_loss(noise, vectors, noisy):
    targets = make_targets()
    heads = [
        CategoricalHead(H, GRADES, weights="balanced"),
        CategoricalHead(H, GRADES, focus=2.0),
        OrdinalHead(H, GRADES),
    ]
    for head in [head.double() for head in heads]:
        scores = head(vectors(LENGTHS, H))
        assert_close(head.loss(noisy(scores, noise), noisy(targets, C - 1)), head.loss(scores, targets))


@pytest.mark.parametrize(
    ("weights", "size", "told"),
    [
        ("balanced", 3, "weights=balanced found, and nobody counted the labels"),
        ("balanced", Size(3, names=("a", "b", "c")), "weights=balanced found, and nobody counted the labels"),
        ({"z": 2.0}, GRADES, "weights of z found, wanted some of fair, good, poor, top"),
        ({"z": 2.0}, 3, "weights of z found, wanted some of no names"),
        ({"top": 0.0}, GRADES, "weights top=0.0 found, wanted numbers above 0"),
    ],
    ids=["a number", "names", "unknown", "no names", "zero"],
)
def test_weights_that_do_not_fit_are_refused(weights, size, told):
    with pytest.raises(ValueError, match=told):
        CategoricalHead(H, size, weights=weights)


def test_smoothing_and_focus_are_not_mixed():
    with pytest.raises(ValueError, match=r"focus=2.0 and label_smoothing=0.1 found, wanted one of them"):
        CategoricalHead(H, C, label_smoothing=0.1, focus=2.0)


def test_weights_and_ranks_come_back_with_a_checkpoint():
    unknown = Size(C, names=GRADES.names)
    for made in (lambda s: CategoricalHead(H, s, weights="balanced"), lambda s: OrdinalHead(H, s, order=ORDER)):
        head = made(GRADES)
        with torch.device("meta"):
            other = made(unknown)
        other.load_state_dict(head.state_dict(), assign=True)
        scores, targets = head(Padded(torch.randn(3, 5, H), torch.tensor(LENGTHS))), make_targets()
        assert_close(other.loss(scores, targets), head.loss(scores, targets))
        assert torch.equal(other.predict(scores).data, head.predict(scores).data)


@pytest.fixture
def graded():
    head = OrdinalHead(H, GRADES, order=ORDER).double()
    with torch.no_grad():
        head.gaps.uniform_(-2, 2)
        head.scores.weight.mul_(20)
    return head


def logits(head, features):
    """Those of p(y > k) of each real row (N, C-1), by the formula."""
    return head.scores(features.data)[features.mask] - head.thresholds()


def test_probabilities_are_differences_of_the_cumulative_ones(graded, vectors):
    features = vectors(LENGTHS, H)
    p = graded.log_probabilities(graded(features)).data[features.mask].exp()
    above = logits(graded, features).sigmoid()
    whole = F.pad(torch.cat([torch.ones(len(above), 1, dtype=torch.float64), above], dim=1), (0, 1))
    ranked = whole[:, :-1] - whole[:, 1:]  # (N, C)
    assert (graded.thresholds().diff() > 0).all()
    assert_close(p, ranked[:, [ORDER.index(name) for name in GRADES.names]])
    assert_close(p.sum(dim=1), torch.ones(len(p), dtype=torch.float64))


def test_the_loss_is_corals_sum_over_all_thresholds(graded, vectors):
    features, targets = vectors(LENGTHS, H), make_targets()
    ranks = torch.tensor([ORDER.index(GRADES.names[i]) for i in targets.data[targets.mask].tolist()])
    levels = (ranks[:, None] > torch.arange(C - 1)).double()
    wanted = F.binary_cross_entropy_with_logits(logits(graded, features), levels, reduction="none").sum(dim=1).mean()
    assert_close(graded.loss(graded(features), targets), wanted)


def test_the_likelihood_is_cross_entropy_of_the_probabilities(vectors):
    head, features, targets = OrdinalHead(H, GRADES, ORDER, "likelihood").double(), vectors(LENGTHS, H), make_targets()
    scores = head(features)
    rows = [-row[wanted] for row, wanted in pairs(scores, targets)]
    assert_close(head.loss(scores, targets), torch.stack(rows).mean())


def test_the_answer_is_the_median(graded, vectors):
    features = vectors(LENGTHS, H)
    said = graded.predict(graded(features))
    ranks = (logits(graded, features) >= 0).sum(dim=1)
    assert [GRADES.names[i] for i in said.data[features.mask]] == [ORDER[rank] for rank in ranks]
    assert not said.data[~features.mask].any()


@pytest.mark.parametrize("loss", ["coral", "likelihood"])
def test_an_order_is_learnt(loss):
    torch.manual_seed(0)
    features = torch.randn(200, 1, H)
    one, targets = torch.ones(200, dtype=torch.int64), ((features[:, :, 0] > 0).long() + (features[:, :, 0] > 0.7) * 2)
    head = OrdinalHead(H, 4, loss=loss)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        head.loss(head(Padded(features, one)), Padded(targets, one)).backward()
        optimizer.step()
    said = head.predict(head(Padded(features, one))).data
    assert (said == targets).float().mean() > 0.95


@pytest.mark.parametrize(
    ("names", "order", "ranks"),
    [
        (("1", "10", "2"), None, [0, 2, 1]),
        (("-1", "0.5", "0"), None, [0, 2, 1]),
        (("a", "b"), None, [0, 1]),
        ((), None, [0, 1, 2]),
        (("a", "b", "c"), ["c", "a", "b"], [1, 2, 0]),
    ],
    ids=["numbers", "signs", "letters", "nameless", "given"],
)
def test_classes_are_ordered_by_name_by_number_or_as_is_said(names, order, ranks):
    assert OrdinalHead(H, Size(len(names) or 3, names=names), order).ranks.tolist() == ranks


def test_an_order_of_others_is_refused():
    with pytest.raises(ValueError, match="order=poor, good found, wanted all of fair, good, poor, top, each once"):
        OrdinalHead(H, GRADES, order=["poor", "good"])
    with pytest.raises(ValueError, match="output_size=1 found, wanted 2 classes or more"):
        OrdinalHead(H, 1)
