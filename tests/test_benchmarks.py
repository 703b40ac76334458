"""What is measured is what docs/speed.md says: a tagger of words alone, whatever the recipe of the task has become."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from bench import decoding
from bench.tagger import BATCH, WIDTH, _settings
from peers.work import Work, report_file

from seqmodels.data import Batching
from seqmodels.decode import Search
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.build import IN_CONFIGS, build
from seqmodels.run.check import check
from seqmodels.text import Tokens
from seqmodels.types import Sizes

SENTENCE = [("the", "DET"), ("dog", "NOUN"), ("barks", "VERB")]
PEERS = Path(__file__).parents[1] / "scripts" / "peers"


def test_the_tagger_that_is_measured_is_the_one_it_is_held_against():
    settings = _settings(torch.device("cpu"))
    check(settings, IN_CONFIGS)
    model = build(settings["model"], IN_CONFIGS, "model", sizes=Sizes(50, 17))
    shapes = sorted(tuple(weight.shape) for weight in model.parameters() if weight.dim() == 2)
    assert isinstance(model.embedder, TokenEmbedder)
    assert shapes == sorted([(50, 128), (17, 2 * WIDTH), *[(4 * WIDTH, 128), (4 * WIDTH, WIDTH)] * 2])
    assert isinstance(build(settings["fields"]["inputs"], IN_CONFIGS), Tokens)
    assert build(settings["batching"], IN_CONFIGS) == Batching(BATCH)
    assert settings["augment"] is None
    assert settings["model"]["embedder"]["dropout"] == settings["model"]["head"]["dropout"] == 0.2
    assert settings["model"]["encoder"]["dropout"] == 0


def test_our_side_of_the_comparison_with_others_runs(tmp_path):
    lines = (f"{i}\t{word}\t_\t{tag}" + "\t_" * 6 for i, (word, tag) in enumerate(SENTENCE, start=1))
    file = tmp_path / "train.conllu"
    file.write_text("\n".join(lines) + "\n\n")
    work = Work(str(file), str(file), str(tmp_path), seed=1, threads=1, embedding_size=6, hidden_size=5, min_freq=1)
    words = [sys.executable, PEERS / "ours_tagger.py", json.dumps(work._asdict())]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(report_file(str(tmp_path)).read_text())
    assert (report["sentences"], report["tokens"], report["words"]) == (1, 3, 3)
    embedder, encoder, head = (3 + 4) * 6, 2 * 4 * 5 * (6 + 5 + 2), 3 * (2 * 5 + 1)
    assert report["parameters"] == embedder + encoder + head


@pytest.mark.parametrize("length", [3, 5, 8])
def test_all_ways_of_decoding_write_the_same_number_of_tokens(length, monkeypatch):
    for name, value in {"SOURCE": 6, "HIDDEN": 6, "EMBEDDING": 4, "WORDS": 12}.items():
        monkeypatch.setattr(decoding, name, value)
    decoder, device = decoding.Planned().eval(), torch.device("cpu")
    source = decoding.encoded([torch.randn(length, 6)], device)
    ways = [
        lambda: decoding.batched(decoder, Search(), source),
        lambda: decoding.batched(decoder, Search(decoding.BEAM), source),
        lambda: decoding.greedy_alone(decoder, source),
        lambda: decoding.beam_of_one_source(decoder, True, source),
        lambda: decoding.beam_of_one_source(decoder, False, source),
    ]
    with torch.inference_mode():
        assert [way() for way in ways] == [length] * len(ways)
