"""What answers beside the head of a many-to-one model."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Batch, Sizes
from seqmodels.nn.embedders import OneHotEmbedder
from seqmodels.nn.encoders import BagEncoder
from seqmodels.nn.heads import CategoricalHead, OrdinalHead
from seqmodels.nn.pool import Mean
from seqmodels.nn.wide import JointNGramLinear, NGramLinear
from seqmodels.topologies import ManyToOne
from seqmodels.types import pad

IDS, LABELS = 20, 3
INPUTS = [torch.randint(4, IDS, (length,), generator=torch.Generator().manual_seed(length)) for length in (5, 2, 7)]
WANTED = torch.tensor([0, 2, 1])


def made(**settings):
    return ManyToOne(OneHotEmbedder, BagEncoder, Mean, CategoricalHead, Sizes(IDS, LABELS), **settings)


def test_the_wide_part_has_its_share_of_the_answer_and_none_of_the_loss():
    model = made(wide=partial(NGramLinear, share=0.3, buckets=100))
    alone = made()
    alone.load_state_dict({name: value for name, value in model.state_dict().items() if "wide" not in name})
    model.wide.fit(INPUTS, WANTED)
    batch = Batch(pad(INPUTS), pad([label[None] for label in WANTED]))
    deep, both = (one.eval().scores(batch.inputs).data[:, 0].log_softmax(dim=1) for one in (alone, model))
    wanted = 0.3 * model.wide(batch.inputs) + 0.7 * deep
    assert_close(both, wanted.log_softmax(dim=1))
    assert not torch.equal(model.loss(batch), alone.loss(batch))
    assert_close(model.train().loss(batch), alone.train().loss(batch))
    model.loss(batch).backward()
    assert all((p.grad is None) == name.startswith("wide") for name, p in model.named_parameters())


def test_a_wide_part_that_learns_is_in_the_loss_and_gets_its_gradient():
    model = made(wide=partial(JointNGramLinear, buckets=100))
    batch = Batch(pad(INPUTS), pad([label[None] for label in WANTED]))
    alone = made()
    alone.load_state_dict({name: value for name, value in model.state_dict().items() if "wide" not in name})
    assert_close(model.loss(batch), alone.loss(batch))  # its weights begin as zeros
    model.loss(batch).backward()
    assert model.wide.weight.grad.any()
    torch.nn.init.normal_(model.wide.weight)
    deep = alone.eval().scores(batch.inputs).data[:, 0]
    assert_close(model.train().scores(batch.inputs).data[:, 0], deep + model.wide(batch.inputs))


def test_a_wide_part_needs_a_head_with_one_score_for_each_label():
    with pytest.raises(ValueError, match="OrdinalHead"):
        ManyToOne(OneHotEmbedder, BagEncoder, Mean, OrdinalHead, Sizes(IDS, LABELS), wide=NGramLinear)
