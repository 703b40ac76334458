"""A trained model back from its run, and what a file from elsewhere may not do."""

import copy
import hashlib
import os
import pickle
import sys

import pytest
import torch
from conftest import tagging

import seqmodels
from seqmodels import InputError
from seqmodels.run.recipe import FORMAT
from seqmodels.storage import CheckpointFiles

TEXTS = ["3. März 2026", "1 mai 2020", "x", "2026年3月3日", "3. März 2026", "Dienstag, 3. März 2026 " * 3]


@pytest.fixture
def checkpoint(dates_run):
    """The content of a checkpoint, to be changed."""
    return copy.deepcopy(torch.load(dates_run / "checkpoints" / "best.ckpt", weights_only=True))


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return (os.mkdir, (str(self.file),))


@pytest.mark.parametrize("part", ["", "checkpoints/best.ckpt", "checkpoints/last.ckpt"])
def test_a_model_is_loaded_from_a_run_folder_and_from_a_checkpoint(part, dates_run):
    assert seqmodels.load(dates_run / part).predict(TEXTS) == seqmodels.load(str(dates_run)).predict(TEXTS)


def test_a_run_folder_that_was_moved_is_loaded(dates_run, tmp_path):
    (tmp_path / "moved" / "checkpoints").mkdir(parents=True)
    (tmp_path / "moved/checkpoints/best.ckpt").write_bytes((dates_run / "checkpoints/best.ckpt").read_bytes())
    assert seqmodels.load(tmp_path / "moved").predict(TEXTS) == seqmodels.load(dates_run).predict(TEXTS)


def test_a_loaded_model_is_ready_to_predict(any_run):
    predictor = seqmodels.load(any_run)
    assert not predictor.model.training
    assert all(p.device.type == "cpu" for p in predictor.model.parameters())


def wrong(recipe_path, value):
    """Sets a value deep in a checkpoint."""

    def change(content):
        node = content["seqmodels"]
        for key in recipe_path[:-1]:
            node = node[key]
        node[recipe_path[-1]] = value

    return change


CHANGES = [
    (lambda c: c.pop("seqmodels"), "no recipe found in it"),
    (lambda c: c.pop("state_dict"), "no recipe found in it"),
    (lambda c: c.update(seqmodels="x"), "no recipe found in it"),
    (wrong(["format"], 99), f"recipe format 99 found, {FORMAT} wanted"),
    (wrong(["format"], FORMAT - 1), f"recipe format {FORMAT - 1} found, {FORMAT} wanted"),
    (wrong(["format"], None), "recipe format None found"),
    (wrong(["model", "_target_"], "torch.hub.load"), "model._target_: torch.hub.load is outside"),
    (wrong(["model", "_target_"], "os.system"), "model._target_: os.system is outside"),
    (wrong(["model", "_target_"], "collections.Counter"), "model._target_: collections.Counter is outside"),
    (wrong(["model", "_target_"], "pytorch_lightning.Trainer"), "model._target_: pytorch_lightning.Trainer is outside"),
    (wrong(["model", "encoder", "_target_"], "torch.load"), "model.encoder._target_: torch.load is outside"),
    (wrong(["model", "encoder", "_target_"], "seqmodels.run.load.load"), "only classes can be named"),
    (wrong(["fields", "inputs", "config", "_target_"], "os.mkdir"), "fields.inputs._target_: os.mkdir is outside"),
    (wrong(["model", "_target_"], "torch.nn.Identity"), "model: Identity found, wanted a topology"),
    (wrong(["fields", "targets", "config"], {"_target_": "torch.nn.Identity"}), "fields.targets: Identity found"),
    (wrong(["model", "decoder", "hidden_size"], 9), "the weights do not fit the model"),
    (wrong(["sizes"], [5, 5]), "sizes: [5, 5] found, but the vocabularies are of"),
    (wrong(["sizes"], 5), "the recipe in it is damaged"),
    (wrong(["fields"], []), "the recipe in it is damaged"),
    (wrong(["model", "decoder", "colour"], "red"), "colour"),
    (wrong(["fields", "inputs", "learnt", "tokens"], [1, 2]), "vocabulary"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[words for _, words in CHANGES])
def test_a_checkpoint_that_is_not_as_we_write_it_is_refused(change, words, checkpoint, refused, tmp_path):
    change(checkpoint)
    file = tmp_path / "changed.ckpt"
    CheckpointFiles().save_checkpoint(checkpoint, file)
    (fault,) = refused("predict", file, "x")
    assert fault.startswith(f"{file}: ")
    assert words in fault
    with pytest.raises(InputError):
        seqmodels.load(file)


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.999])
def test_a_truncated_checkpoint_is_refused(share, dates_run, refused, tmp_path):
    whole = (dates_run / "checkpoints" / "best.ckpt").read_bytes()
    (tmp_path / "short.ckpt").write_bytes(whole[: int(share * len(whole))])
    (fault,) = refused("predict", tmp_path / "short.ckpt", "x")
    assert fault.startswith(f"{tmp_path / 'short.ckpt'}: no sha256 found at its end; it is cut off, or ")


def write_pickle(content, file):
    """A pickle with a true sha256 behind it, as ours end, or what somebody made who wants it to be read."""
    data = pickle.dumps(content, 2)
    file.write_bytes(data + b"sha256:" + hashlib.sha256(data).hexdigest().encode())


WRITE = {"ours": CheckpointFiles().save_checkpoint, "pickle with a sha256": write_pickle}


@pytest.mark.parametrize("forced", [False, True])
@pytest.mark.parametrize("place", ["seqmodels", "state_dict", "more"])
@pytest.mark.parametrize("write", WRITE.values(), ids=WRITE)
def test_a_pickle_runs_nothing(write, place, forced, checkpoint, refused, tmp_path, monkeypatch):
    if forced:
        monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    write(checkpoint | {place: Trap(tmp_path / "sprung")}, tmp_path / "trap.ckpt")
    for command in (["predict", tmp_path / "trap.ckpt", "x"], ["evaluate", tmp_path / "trap.ckpt"]):
        (fault,) = refused(*command)
        assert "nothing in it was run" in fault
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("write", [torch.save, lambda x, f: f.write_bytes(pickle.dumps(x, 2))], ids=["torch", "pickle"])
def test_a_pickle_without_a_sha256_is_not_even_opened(write, checkpoint, refused, tmp_path):
    write(checkpoint | {"more": Trap(tmp_path / "sprung")}, tmp_path / "trap.ckpt")
    (fault,) = refused("predict", tmp_path / "trap.ckpt", "x")
    assert "no sha256 found at its end" in fault
    assert not (tmp_path / "sprung").exists()


def test_the_trap_would_have_sprung(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("nowhere", "nowhere: no such run; wanted a run's folder or a checkpoint"),
        ("https://example.org/best.ckpt", "a URL found, wanted a file or folder"),
        ("s3://bucket/run", "a URL found"),
        (".", "no checkpoint found, wanted checkpoints/best.ckpt"),
    ],
)
def test_a_run_that_is_not_there_is_told(run, words, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in (["predict", run, "x"], ["evaluate", run]):
        (fault,) = refused(*command)
        assert words in fault


OWN = """
import torch
from seqmodels import Encoded, Padded
from seqmodels.nn.encoders import Encoder


class Sums(Encoder):
    def __init__(self, input_size: int, hidden_size: int = 8):
        super().__init__(output_size=hidden_size, sees_future=False)
        self.project = torch.nn.Linear(input_size, hidden_size)

    def forward(self, inputs: Padded, state=None) -> Encoded:
        outputs = Padded(self.project(inputs.zeroed().data.cumsum(1)), inputs.lengths).zeroed()
        last = outputs.data[torch.arange(len(inputs.lengths)), inputs.lengths - 1]
        return Encoded(outputs, (last[None],))
"""


@pytest.fixture
def own_package(tmp_path, monkeypatch):
    """A package of the user's with an encoder, and a choice that names it."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "__init__.py").write_text("")
    (tmp_path / "theirs" / "sums.py").write_text(OWN)
    (tmp_path / "conf" / "model" / "encoder").mkdir(parents=True)
    choice = "# Running sums\n_target_: theirs.sums.Sums\n_partial_: true\nhidden_size: 8\n"
    (tmp_path / "conf" / "model" / "encoder" / "sums.yaml").write_text(choice)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "theirs"]:
        del sys.modules[name]


def test_a_part_of_the_users_own_package_is_trained_and_loaded_only_if_trusted(own_package, said, refused):
    words = ["--config-dir", own_package / "conf", "model/encoder=sums", *tagging(own_package / "data")]
    words += [f"runs={own_package / 'runs'}"]
    assert any("model.encoder._target_: theirs.sums.Sums is outside" in fault for fault in refused("train", *words))
    assert not (own_package / "runs").exists()

    trusting = said("train", "--trust", "theirs", *words)
    assert trusting.code == 0, trusting.err
    (folder,) = (own_package / "runs" / "pos_tagging").iterdir()

    (fault,) = refused("predict", folder, "the dog")
    assert "theirs.sums.Sums is outside seqmodels" in fault
    assert "--trust theirs" in fault
    with pytest.raises(InputError, match="outside"):
        seqmodels.load(folder)
    with pytest.raises(InputError, match="outside"):
        seqmodels.load(folder, trust=["their", "theirs.sum"])

    predictor = seqmodels.load(folder, trust=["theirs"])
    assert type(predictor.model.encoder).__module__ == "theirs.sums"
    (labels,) = predictor.predict(["the dog barks"])
    assert len(labels) == 3
    answered = said("predict", folder, "the dog barks", "--trust", "theirs")
    assert answered.code == 0, answered.err
    assert answered.out.split("\n")[1].split() == labels
    assert said("evaluate", folder, "--trust", "theirs").code == 0
