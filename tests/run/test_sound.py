"""Recordings and wav files through a whole model."""

from functools import partial

import pytest
import torch

from seqmodels import Sizes
from seqmodels.audio import LogMel, Recording, write_wave
from seqmodels.data import Batching, SequenceData, TouchTones
from seqmodels.errors import InputError
from seqmodels.nn.embedders import FeatureEmbedder
from seqmodels.nn.encoders import RecurrentEncoder
from seqmodels.nn.heads import CtcHead
from seqmodels.run.load import Predictor
from seqmodels.run.predict import answers
from seqmodels.run.searching import search_by
from seqmodels.run.show import words
from seqmodels.text import Tokens
from seqmodels.topologies import ManyToMany


def test_a_wav_file_is_answered_like_its_recording_alone_or_among_others(tmp_path):
    data = SequenceData(TouchTones(train=12, val=1, test=4), LogMel(), Tokens(), Batching(4))
    data.setup("fit")
    model = ManyToMany(
        lambda size: FeatureEmbedder(size, 8, stride=3),
        lambda size: RecurrentEncoder(size, 8, bidirectional=True),
        CtcHead,
        Sizes(*data.sizes),
    )
    predictor = Predictor(model, data.inputs, data.targets, {})
    recordings = [example.inputs for example in data.splits.test]
    files = [str(tmp_path / f"{i}.wav") for i in range(len(recordings))]
    for file, recording in zip(files, recordings, strict=True):
        write_wave(file, recording)
    said = predictor.predict(files)
    assert len(set(said)) > 1  # an untrained model says something else of each
    assert predictor.predict(recordings) == said
    assert [predictor.predict([file])[0] for file in files] == said
    assert answers(predictor, files, as_json=False) == said


def test_a_recording_is_shown_as_how_long_it_is():
    assert words(Recording(torch.zeros(3440, dtype=torch.int16), 8000)) == "0.43 s of sound"


def test_the_beam_of_a_ctc_head_can_be_chosen_when_it_is_used():
    data = SequenceData(TouchTones(train=12, val=1, test=4), LogMel(), Tokens(), Batching(4))
    data.setup("fit")
    embedder, encoder = partial(FeatureEmbedder, embedding_size=8), partial(RecurrentEncoder, hidden_size=8)
    model = ManyToMany(embedder, encoder, CtcHead, Sizes(*data.sizes))
    predictor = Predictor(model, data.inputs, data.targets, {})
    search_by(predictor, {"beam": 3})
    assert model.head.beam_width == 3
    with pytest.raises(InputError, match="--beam=0 found, wanted at least 1"):
        search_by(predictor, {"beam": 0})
    with pytest.raises(InputError, match="a CTC head takes --beam alone"):
        search_by(predictor, {"beam": 3, "nbest": 2})
