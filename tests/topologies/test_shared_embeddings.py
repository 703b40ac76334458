"""One table of embeddings for source, target and scores; and what decoders make of a topology's training."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from seqmodels import Batch, Sizes
from seqmodels.nn.decoders import (
    AdaptiveScores,
    DecoderOptions,
    InputFeedingDecoder,
    RecurrentDecoder,
    ScheduledSampling,
)
from seqmodels.nn.embedders import OneHotEmbedder, TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.topologies import EncoderDecoder
from seqmodels.topologies.teacher_forcing import forced_loss

C, H = 20, 8
embedder = partial(TokenEmbedder, embedding_size=6)
encoder = partial(RecurrentEncoder, hidden_size=H, cell="gru")


def make(sizes=None, read=embedder, kind=RecurrentDecoder, label_smoothing=0.0, **options):
    decoder = partial(kind, embedder=embedder, cell="gru", hidden_size=H, options=DecoderOptions(**options))
    return EncoderDecoder(read, encoder, decoder, sizes or Sizes(C, C), label_smoothing=label_smoothing)


@pytest.fixture
def batch(ids):
    return Batch(ids([3, 5, 1], C), ids([2, 1, 4], C))


@pytest.mark.parametrize("kind", [RecurrentDecoder, InputFeedingDecoder])
def test_source_target_and_scores_have_one_table_and_keep_it_when_loaded(kind, batch):
    one = make(kind=kind, tied="source_and_target")
    with torch.device("meta"):
        other = make(kind=kind, tied="source_and_target")
    other.load_state_dict({name: tensor.clone() for name, tensor in one.state_dict().items()}, assign=True)
    for model in (one, other):
        assert model.embedder.table.weight is model.decoder.embedder.table.weight is model.decoder.scores.weight
        assert sum(p.numel() == C * 6 for p in model.parameters()) == 1
    assert_close(one.loss(batch), other.loss(batch))
    one.loss(batch).backward()
    assert (one.embedder.table.weight.grad[4:] != 0).any()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sizes": Sizes(C + 1, C)}, r"embeddings of \(21, 6\) and \(20, 6\) found, wanted one vocabulary"),
        ({"read": OneHotEmbedder}, "OneHotEmbedder found, wanted model/embedder=tokens"),
        ({"read": partial(embedder, frozen=True)}, "with frozen=false"),
    ],
)
def test_a_table_in_common_is_refused_where_there_is_none(settings, words):
    with pytest.raises(ValueError, match=words):
        make(tied="source_and_target", **settings)


def test_label_smoothing_of_adaptive_scores_is_refused_before_any_data_is_read():
    with pytest.raises(ValueError, match="set label_smoothing=0, or take SoftmaxScores"):
        make(scores=partial(AdaptiveScores, divisor=2.0), label_smoothing=0.1)


def test_scheduled_sampling_goes_by_the_step_and_acts_in_training_only(batch):
    model = make(sampling=ScheduledSampling(steps=1, least=0.0))
    source = model.encode(batch.inputs)
    first, later = (forced_loss(model.decoder, source, batch.targets, step=step) for step in (0, 1))
    assert_close(first, model.loss(batch))
    assert not torch.equal(first, later)
    model.eval()
    assert_close(forced_loss(model.decoder, source, batch.targets, step=1), first)


def test_a_table_in_common_begins_small_or_as_it_is_told():
    assert make(tied="source_and_target").embedder.table.weight.abs().max() <= 0.1
    decoder = partial(
        RecurrentDecoder, embedder=partial(embedder, deviation=0.5), options=DecoderOptions(tied="target")
    )
    table = EncoderDecoder(embedder, encoder, decoder, Sizes(C, C)).decoder.scores.weight
    assert 0.4 < table.std() < 0.6
