"""Several heads over the same features, and one label for the whole beside those of the steps."""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from seqmodels import Padded
from seqmodels.nn.heads import AdaptiveSoftmaxHead, CategoricalHead, CrfHead, CtcHead, JointHead, PooledHead
from seqmodels.nn.pool import LastState, Max, Mean
from seqmodels.types import Size, pad

H = 5
LENGTHS = [3, 5, 1]
SIZE = Size(3, parts={"slots": Size(3, names=("B-x", "I-x", "O")), "intent": Size(4)})
HEADS = {"slots": CrfHead, "intent": lambda width, size: PooledHead(width, size, Max)}


def make_targets():
    intents = torch.randint(4, (3,))
    slots = [torch.randint(3, (length,)) for length in LENGTHS]
    return pad([torch.stack([s, i.expand(len(s))], dim=1) for s, i in zip(slots, intents, strict=True)])


def test_the_loss_is_the_weighted_sum_of_the_heads_own(vectors):
    head = JointHead(H, SIZE, HEADS, {"intent": 0.25}).double()
    features, targets = vectors(LENGTHS, H), make_targets()
    losses = [
        part.loss(part(features), Padded(targets.data[..., i], targets.lengths))
        for i, part in enumerate(head.heads.values())
    ]
    assert_close(head.loss(head(features), targets), losses[0] + 0.25 * losses[1])


def test_answers_are_the_heads_own_side_by_side(vectors):
    head, features = JointHead(H, SIZE, HEADS).double(), vectors(LENGTHS, H)
    answers = head.predict(head(features))
    assert answers.data.shape == (3, 5, 2)
    for i, part in enumerate(head.heads.values()):
        assert torch.equal(answers.data[..., i], part.predict(part(features)).data)
    assert (answers.data[~features.mask] == 0).all()
    for row in answers.rows():
        assert len(set(row[:, 1].tolist())) == 1  # one intent


def test_noise_in_padding_changes_neither_loss_nor_answers(vectors, noisy):
    head, features, targets = JointHead(H, SIZE, HEADS).double(), vectors(LENGTHS, H), make_targets()
    dirty = noisy(features, 1e3)
    wanted = head.loss(head(features), targets)
    assert_close(head.loss(head(dirty), Padded(targets.data, targets.lengths)), wanted)
    assert torch.equal(head.predict(head(dirty)).data, head.predict(head(features)).data)


@pytest.mark.parametrize(
    ("heads", "weights", "words"),
    [
        ({"slots": CategoricalHead}, None, "heads for slots found, and labels of the kinds slots, intent"),
        ({}, None, "heads for nothing found"),
        (HEADS, {"verb": 1.0}, "weights for verb found, wanted some of slots, intent"),
    ],
)
def test_heads_and_labels_that_do_not_go_together_are_refused(heads, weights, words):
    with pytest.raises(ValueError, match=words):
        JointHead(H, SIZE, heads, weights)


@pytest.mark.parametrize("other", [CtcHead, AdaptiveSoftmaxHead])
def test_heads_that_do_not_score_each_class_are_refused(other, vectors):
    with pytest.raises(ValueError, match=f"heads.intent: {other.__name__} found, wanted one with a score for each"):
        JointHead(16, SIZE, {"slots": CrfHead, "intent": other})


def test_labels_of_one_kind_need_no_joint_head():
    with pytest.raises(ValueError, match="labels of the kinds none"):
        JointHead(H, 3, HEADS)


@pytest.mark.parametrize("pool", [Max, Mean, LastState])
def test_one_label_for_the_whole_is_a_softmax_over_what_the_pool_made(pool, vectors):
    head, features = PooledHead(H, 4, pool).double(), vectors(LENGTHS, H)
    targets = torch.tensor([2, 0, 3])
    made = {
        Max: lambda row: row.amax(dim=0),
        Mean: lambda row: row.mean(dim=0),
        LastState: lambda row: row[-1],
    }
    wanted = torch.stack([head.scores(made[pool](row)) for row in features.rows()])
    scores = head(features)
    for row, vector in zip(scores.rows(), wanted, strict=True):
        assert_close(row, vector.expand(len(row), -1))
    spread = Padded(targets[:, None].expand(-1, 5), features.lengths)
    shares = features.lengths.double() / features.lengths.sum()  # the label stands at every step
    assert_close(head.loss(scores, spread), F.cross_entropy(wanted, targets, reduction="none") @ shares)
    assert [row[0] for row in head.predict(scores).rows()] == wanted.argmax(dim=1).tolist()


def test_losses_of_sentences_weighted_by_steps_make_that_of_their_batch(vectors):
    head, features, targets = JointHead(H, SIZE, HEADS).double(), vectors(LENGTHS, H), make_targets()
    losses = [
        head.loss(head(pad([row])), pad([ids])) * len(row)
        for row, ids in zip(features.rows(), targets.rows(), strict=True)
    ]
    assert_close(sum(losses) / sum(LENGTHS), head.loss(head(features), targets))
