"""One tiny trained run a task, and the command line without a process of its own."""

from pathlib import Path
from typing import NamedTuple

import pytest

from seqmodels.run.cli import run
from seqmodels.run.compose import ConfigTree

# Enough to train on and small enough for a second.
SMALL = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "model.encoder.hidden_size=8"]
DATES = [*SMALL, "data.train=64", "data.val=16", "data.test=16", "model.decoder.hidden_size=8"]
TAGGED = ["the DET dog NOUN barks VERB", "dogs NOUN bark VERB", "a DET cat NOUN", "she PRON saw VERB the DET cat NOUN"]


class Said(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        return self.err.splitlines()


@pytest.fixture
def said(capsys):
    """Runs a command."""

    def command(*words: object) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words])
        return Said(code, *capsys.readouterr())

    return command


@pytest.fixture
def refused(said):
    """Runs a command whose input is at fault, and gives its faults."""

    def command(*words: object) -> list[str]:
        result = said(*words)
        assert result.code == 2, result
        assert "Traceback" not in result.err
        assert result.faults
        assert all(line.startswith("seqmodels: ") for line in result.faults), result.err
        return [line.removeprefix("seqmodels: ") for line in result.faults]

    return command


def write_conllu(path: Path, sentences: list[str] = TAGGED) -> Path:
    """A treebank of sentences such as "the DET dog NOUN"."""
    blocks = []
    for sentence in sentences:
        cells = sentence.split()
        pairs = zip(cells[::2], cells[1::2], strict=True)
        blocks.append(
            "".join(f"{i}\t{word}\t_\t{tag}" + "\t_" * 6 + "\n" for i, (word, tag) in enumerate(pairs, start=1))
        )
    path.write_text("\n".join(blocks) + "\n", encoding="utf-8")
    return path


def tagging(folder: Path) -> list[str]:
    """Overrides for a tagger of three tiny files in a folder, which are written there."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [f"data.{split}={write_conllu(folder / f'{split}.conllu')}" for split in ("train", "val", "test")]
    small = ["fields.inputs.min_freq=1", "batching.max_tokens=null", "augment=none", *SMALL]
    return ["task=pos_tagging", "data=conllu", *files, *small]


@pytest.fixture(scope="session")
def tree() -> ConfigTree:
    return ConfigTree()


@pytest.fixture(scope="session")
def dates_run(tmp_path_factory) -> Path:
    """A run folder of an EncoderDecoder."""
    runs = tmp_path_factory.mktemp("dates_runs")
    assert run(["train", *DATES, f"runs={runs}"]) == 0
    (folder,) = (runs / "dates").iterdir()
    return folder


@pytest.fixture(scope="session")
def tagger_run(tmp_path_factory) -> Path:
    """A run folder of a ManyToMany."""
    base = tmp_path_factory.mktemp("tagger")
    assert run(["train", *tagging(base / "data"), f"runs={base / 'runs'}"]) == 0
    (folder,) = (base / "runs" / "pos_tagging").iterdir()
    return folder


@pytest.fixture(params=["dates_run", "tagger_run"])
def any_run(request) -> Path:
    """Each of the run folders."""
    return request.getfixturevalue(request.param)
