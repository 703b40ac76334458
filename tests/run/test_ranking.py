"""The n best answers of heads that score whole sequences of labels."""

import argparse
import json
import math
from functools import partial
from itertools import product

import pytest
import torch

from seqmodels import InputError
from seqmodels.audio import LogMel
from seqmodels.data import Batching, SequenceData, TouchTones
from seqmodels.nn.embedders import FeatureEmbedder, TokenEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CrfHead, CtcHead
from seqmodels.run.answering import answering
from seqmodels.run.load import Predictor
from seqmodels.run.ranking import how_many, ranked
from seqmodels.text import StepLabels, Tokens
from seqmodels.topologies import ManyToMany
from seqmodels.types import Sizes

TEXTS = ["Ada met Bo", "Bo", "Bo runs", "Ada met Bo"]
LABELS = ["O", "B-person", "I-person"]


@pytest.fixture
def tagger():
    torch.manual_seed(0)
    words, labels = Tokens("whitespace"), StepLabels()
    words.fit(TEXTS)
    labels.fit([LABELS])
    embedder, encoder = partial(TokenEmbedder, embedding_size=8), partial(RecurrentEncoder, hidden_size=8)
    model = ManyToMany(embedder, encoder, partial(CrfHead, scheme="bio"), Sizes(words.size, labels.size))
    return Predictor(model, words, labels, {})


def answered(predictor, texts, **given):
    names = ("json", "scores", "replace_unknown", "attention", "output", "nbest", "beam", "temperature")
    flags = argparse.Namespace(**dict.fromkeys(names))
    vars(flags).update(given)
    return answering(predictor, flags).answer(texts, lambda _: None)


def test_a_tagger_with_a_crf_ranks_all_legal_answers_whose_probabilities_add_up_to_1(tagger):
    texts = TEXTS[:3]
    for text, found in zip(texts, ranked(tagger, texts, 100), strict=True):
        assert found[0].said == tagger.predict([text])[0]
        assert sum(math.exp(one.log_probability) for one in found) == pytest.approx(1)
        values = [one.log_probability for one in found]
        assert values == sorted(values, reverse=True)
        paths = product(LABELS, repeat=len(text.split()))
        legal = [p for p in paths if all(b != "I-person" or a != "O" for a, b in zip(("O", *p), p, strict=False))]
        assert sorted(tuple(one.said) for one in found) == sorted(legal)
    assert [len(found) for found in ranked(tagger, TEXTS, 2)] == [2, 2, 2, 2]


def test_they_are_shown_by_rank_the_labels_under_their_words(tagger):
    (shown,) = answered(tagger, ["Ada met Bo"], nbest=2, scores=True)
    rank_and_words, labels, second, _ = shown.split("\n")
    best, other = ranked(tagger, ["Ada met Bo"], 2)[0]
    assert rank_and_words.split() == ["1", f"{best.log_probability:.4f}", "Ada", "met", "Bo"]
    assert labels.split() == best.said
    assert labels.index(best.said[0]) == rank_and_words.index("Ada")
    assert second.split()[:2] == ["2", f"{other.log_probability:.4f}"]


def test_as_json_they_are_candidates(tagger):
    (shown,) = answered(tagger, ["Ada met Bo"], nbest=2, json=True)
    best, other = ranked(tagger, ["Ada met Bo"], 2)[0]
    assert json.loads(shown) == {
        "input": "Ada met Bo",
        "tokens": ["Ada", "met", "Bo"],
        "prediction": best.said,
        "candidates": [{"prediction": best.said}, {"prediction": other.said}],
    }
    (alone,) = answered(tagger, ["Bo"], scores=True, json=True)
    assert json.loads(alone).keys() == {"input", "tokens", "prediction", "score"}


def test_ctc_ranks_what_its_beam_has_kept():
    data = SequenceData(TouchTones(train=12, val=1, test=4), LogMel(), Tokens(), Batching(4))
    data.setup("fit")
    embedder, encoder = partial(FeatureEmbedder, embedding_size=8), partial(RecurrentEncoder, hidden_size=8)
    predictor = Predictor(ManyToMany(embedder, encoder, CtcHead, Sizes(*data.sizes)), data.inputs, data.targets, {})
    sounds = [example.inputs for example in data.splits.test]
    assert how_many(predictor, {"beam": 4, "nbest": 3}) == 3
    for found in ranked(predictor, sounds, 3):
        assert len({one.said for one in found}) == len(found) == 3
    assert [found[0].said for found in ranked(predictor, sounds, 1)] == predictor.predict(sounds)
    with pytest.raises(InputError, match="--nbest=5 found, wanted at most --beam, which is 4"):
        how_many(predictor, {"nbest": 5})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"nbest": 0}, "--nbest=0 found, wanted at least 1"),
        ({"nbest": 2, "beam": 4}, "--beam: a CRF takes --nbest and --scores alone; leave it out"),
        ({"beam": 4}, "--beam: only decoders and language models do that"),
        ({"scores": True, "attention": "x"}, "--attention: only decoders and language models do that"),
    ],
)
def test_what_a_crf_cannot_do_is_told(given, fault, tagger):
    with pytest.raises(InputError) as refused:
        answered(tagger, ["Bo"], **given)
    assert str(refused.value).startswith(fault)
