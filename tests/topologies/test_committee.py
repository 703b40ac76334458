"""Models that label together."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Batch, Sizes
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CategoricalHead, CrfHead
from seqmodels.nn.pool import LastState
from seqmodels.topologies import Committee, ManyToMany, ManyToOne
from seqmodels.types import pad

SIZES = Sizes(20, 4)
INPUTS = pad([torch.randint(4, 20, (length,)) for length in (5, 2, 7)])


def of_whole():
    return ManyToOne(TokenEmbedder, partial(RecurrentEncoder, hidden_size=6), LastState, CategoricalHead, SIZES)


def of_steps(head=CategoricalHead):
    return ManyToMany(TokenEmbedder, partial(RecurrentEncoder, hidden_size=6), head, SIZES)


@pytest.mark.parametrize("make", [of_whole, of_steps])
def test_a_label_is_as_probable_as_the_members_say_on_average(make):
    members = [make().eval() for _ in range(3)]
    committee = Committee(members).eval()
    log_p = committee.scores(INPUTS)
    wanted = torch.stack([one.scores(INPUTS).data.softmax(dim=-1) for one in members]).mean(dim=0)
    assert_close(log_p.data.exp()[log_p.mask], wanted[log_p.mask])
    assert torch.equal(committee(INPUTS).data[log_p.mask], wanted.argmax(dim=-1)[log_p.mask])
    targets = members[0](INPUTS)
    found = committee.evaluate(Batch(INPUTS, targets))
    mine = wanted.gather(-1, targets.data[..., None])[..., 0][targets.mask]
    assert_close(found.loss, -mine.log().mean())


def test_a_head_that_scores_whole_paths_is_refused():
    with pytest.raises(ValueError, match="CrfHead"):
        Committee([of_steps(), of_steps(partial(CrfHead))])


def test_its_loss_has_nothing_of_what_one_member_was_trained_with():
    members = [of_steps(partial(CategoricalHead, label_smoothing=0.3)).eval(), of_steps().eval()]
    batch = Batch(INPUTS, members[0](INPUTS))
    assert_close(Committee(members).evaluate(batch).loss, Committee(members[::-1]).evaluate(batch).loss)
