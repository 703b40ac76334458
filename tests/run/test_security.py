"""What others wrote runs nothing and imports nothing, and what a run writes or says holds no secret."""

import json
import sys

import pytest
from conftest import DATES, tagging
from drills.child import finish, start
from drills.security import drill
from hostile import configs
from hostile.names import TARGETS
from hostile.spring import spring

from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS, resolve

SECRET = "s3cr3t-t0ken-0f-n0body"


def test_nothing_of_the_drill_fails(tmp_path):
    rows = list(drill(True, tmp_path))
    assert [failure for row in rows for failure in row.failures] == []
    assert all(row.tried == row.survived > 20 for row in rows)
    assert len({row.fault for row in rows}) == len(rows) == 8
    assert len(TARGETS) > 80


def test_every_trap_would_have_sprung_and_been_seen(tmp_path):
    assert finish(start(spring, tmp_path, out=tmp_path / "out.txt")) == 0, (tmp_path / "out.txt").read_text()
    seen = json.loads((tmp_path / "seen.json").read_text())
    # torch itself does not read the inner pickle any more, and a list of names that may be read does nothing by itself.
    assert {name for name, noted in seen.items() if not noted} <= {"torch.load", "torch.serialization.add_safe_globals"}


CALLBACK = """
from hydra.experimental.callback import Callback
class Note(Callback):
    def __init__(self, file: str):
        self.file = file
    def on_run_start(self, config, **more):
        open(self.file, "w").close()
"""


@pytest.fixture
def theirs(tmp_path, monkeypatch):
    """A package of the user's."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "theirs"
    for name in [name for name in sys.modules if name.split(".")[0] == "theirs"]:
        del sys.modules[name]


def test_hydra_makes_a_callback_only_if_its_package_is_trusted(theirs, refused, said, tmp_path):
    (theirs / "notes.py").write_text(CALLBACK)
    words = [f"+hydra.callbacks.x={{_target_:theirs.notes.Note,file:'{tmp_path / 'ran'}'}}"]
    words += [*DATES, f"runs={tmp_path / 'runs'}"]
    (fault,) = refused("train", *words)
    assert fault.startswith("hydra.callbacks.x._target_: theirs.notes.Note is outside")
    assert not (tmp_path / "ran").exists()
    result = said("train", "--trust", "theirs", *words)
    assert result.code == 0, result.err
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "word", ["hydra.verbose=true", "hydra/job_logging=stdout", "hydra.run.dir=x", "hydra.sweep.subdir=x"]
)
def test_what_runs_no_code_can_be_set_of_hydra(word, tree):
    assert tree.compose([word]).name == "dates"


def test_choices_of_a_sweep_are_looked_at_together(refused, tmp_path):
    # Neither of these choices does anything beside the first of the other group.
    files = {
        "experiment/one": configs.GLOBAL + "seed: 2\n",
        "experiment/two": configs.GLOBAL + "defaults:\n  - /far@hydra.job.env_set: ${debug}\n",
        "debug/one": configs.GLOBAL + "seed: 3\n",
        "debug/two": configs.GLOBAL + "seed: 4\n",
        "far/one": "{}\n",
        "far/two": "PATH: /nowhere\n",
    }
    folder = configs.write(tmp_path / "conf", files)
    words = ["-m", "experiment=one,two", "debug=one,two", f"runs={tmp_path / 'runs'}"]
    (fault,) = refused("train", "--config-dir", folder, *words)
    assert fault.startswith("hydra.job.env_set: it cannot be set")
    assert not (tmp_path / "runs").exists()


def test_a_part_of_a_package_that_is_not_trusted_is_not_imported_to_look_at_its_settings(theirs, refused, tmp_path):
    (theirs / "parts.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nclass Part: ...\n")
    text = configs.GLOBAL + "model: {encoder: {_target_: theirs.parts.Part}}\n"
    folder = configs.write(tmp_path / "conf", {"experiment/it": text})
    found = refused("train", "--config-dir", folder, "experiment=it", "model.encoder.width=3")
    assert any("theirs.parts.Part is outside" in fault for fault in found)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "target",
    [
        "seqmodels.run.compose.ConfigTree",
        "seqmodels.run.load.Predictor",
        "seqmodels.Predictor",
        "pytorch_lightning.demos.transformer.WikiText2",
        "pytorch_lightning.demos.mnist_datamodule.MNISTDataModule",
    ],
)
def test_what_reads_trains_or_downloads_by_itself_is_no_part(target):
    with pytest.raises(InputError, match="is no part of a model or of its training"):
        resolve(target, IN_CONFIGS)


PARTS = """
from pytorch_lightning import Callback
from pytorch_lightning.loggers import Logger

class Note(Callback):
    def __init__(self, settings: dict):
        assert settings["deep"] == [{"token": "SECRET-nested"}], settings

class Log(Logger):
    name, version = "theirs", ""

    def __init__(self, api_key: str):
        super().__init__()
        assert api_key == "SECRET-key", api_key

    def log_metrics(self, metrics, step=None): ...
    def log_hyperparams(self, params, *args, **more): print("hyperparameters", params)
""".replace("SECRET", SECRET)


@pytest.mark.parametrize("sweep", [False, True])
def test_no_secret_of_the_environment_is_written_or_said(sweep, theirs, said, tmp_path, monkeypatch):
    (theirs / "parts.py").write_text(PARTS)
    secrets = {"KEY": f"{SECRET}-key", "NESTED": f"{SECRET}-nested", "RATE": "0.00317", "FOLDER": f"{SECRET}-folder"}
    for name, value in secrets.items():
        monkeypatch.setenv(f"SEQMODELS_TEST_{name}", value)
    text = """
    logger: {theirs: {_target_: theirs.parts.Log, api_key: "${oc.env:SEQMODELS_TEST_KEY,none}"}}
    callbacks: {note: {_target_: theirs.parts.Note, settings: {deep: [{token: "${oc.env:SEQMODELS_TEST_NESTED}"}]}}}
    """
    folder = configs.write(tmp_path / "conf", {"experiment/it": configs.GLOBAL + text})
    words = [
        word.replace(secrets["FOLDER"], "${oc.env:SEQMODELS_TEST_FOLDER}")
        for word in tagging(tmp_path / secrets["FOLDER"])
    ]
    words = [f"{word.split('=')[0]}='{word.split('=', 1)[1]}'" if "$" in word else word for word in words]
    words += [
        "optim.lr='${oc.decode:${oc.env:SEQMODELS_TEST_RATE}}'",
        "save_every=1 steps",
        *(["-m", "seed=1,2"] if sweep else []),
    ]
    words += ["++logger.again={_target_: theirs.parts.Log, api_key: '${oc.env:SEQMODELS_TEST_KEY}'}"]
    result = said(
        "train", "--config-dir", folder, "--trust", "theirs", "experiment=it", *words, f"runs={tmp_path / 'runs'}"
    )
    assert result.code == 0, result.err
    files = [file for file in (tmp_path / "runs").rglob("*") if file.is_file()]
    names = {
        "config.yaml",
        "overrides.yaml",
        "environment.json",
        "metrics.json",
        "best.ckpt",
        "last.ckpt",
        "metrics.csv",
    }
    assert names <= {file.name for file in files}
    for secret in secrets.values():
        assert [str(file) for file in files if secret.encode() in file.read_bytes()] == []
        assert secret not in result.out + result.err
    config = next(file for file in files if file.name == "config.yaml").read_text()
    assert all(f"oc.env:SEQMODELS_TEST_{name}" in config for name in secrets)


def test_a_secret_in_an_environment_that_is_copied_is_refused(refused, monkeypatch):
    monkeypatch.setenv("SEQMODELS_TEST_SECRET", SECRET)
    words = ["hydra.job.env_copy=[SEQMODELS_TEST_SECRET]", "name='${hydra:job.env_set.SEQMODELS_TEST_SECRET}'"]
    found = refused("train", *words)
    assert SECRET not in "".join(found)
