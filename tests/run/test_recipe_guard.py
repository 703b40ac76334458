"""Checkpoints that torch reads and no model can use: each is told in a line."""

import copy
import io
import zipfile
from collections import OrderedDict

import pytest
import torch
from hostile import pickles

import seqmodels
from seqmodels.run.recipe import KEY
from seqmodels.storage import CheckpointFiles, read_checkpoint_file


@pytest.fixture(scope="session")
def content(dates_run):
    return read_checkpoint_file(dates_run / "checkpoints" / "best.ckpt")


def nested(count):
    value: object = 1
    for _ in range(count):
        value = {"a": value}
    return value


def shared(count):
    value: list[object] = [1, 2]
    for _ in range(count):
        value = [value, value]
    return value


def circle():
    value: list[object] = []
    value.append(value)
    return value


def shadowed(node):
    """A dictionary whose methods are numbers, which `weights_only` lets through."""
    made = OrderedDict(node)
    made.__dict__["get"] = 5
    return made


RECIPES = {
    "deeper than any recipe": (("model", "x"), nested(60), "nested more than 50 deep"),
    "a bomb": (("model", "x"), shared(30), "more than 100,000 values"),
    "itself": (("config", "metric"), circle(), "nested more than 50 deep"),
    "a tensor": (("config", "data"), torch.zeros(3), "Tensor found, wanted a dictionary"),
    "a key that is no name": (("config", "data"), {1: 2}, "1 found, wanted names for keys"),
    "a key with a line break": (("model", "a\nb"), 1, "wanted names for keys"),
    "fields that are none": (("fields",), 5, "fields: int found"),
    "a vocabulary of bytes": (("fields", "inputs", "learnt", "tokens"), b"ab", "bytes found, wanted a vocabulary"),
    "a setting of another type": (("model", "label_smoothing"), "x", "model.label_smoothing: 'x' found, wanted"),
    "a setting of a field": (("fields", "inputs", "config", "lowercase"), [1], "fields.inputs.lowercase"),
    "a metric of another kind": (("config", "metric"), {"a": {"_target_": "torch.nn.Identity"}}, "metric.a"),
    "no metrics": (("config", "metric"), None, "metric: None found"),
    "a metric in red": (("config", "metric"), {"[red]": {}}, "wanted metrics by their names"),
    "a floor of another kind": (("config", "floor"), {"_target_": "torch.nn.Identity"}, "floor: Identity found"),
    "half an interpolation": (("config", "data", "x"), "${x", "data: "),
    "other sizes": (
        ("fields", "targets", "learnt", "tokens"),
        ["<pad>", "<unk>", "<bos>", "<eos>", "a"],
        "the vocabularies are",
    ),
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_of_no_use_is_told_in_one_line(name, content, refused, tmp_path):
    path, value, fault = RECIPES[name]
    changed = {**content, KEY: copy.deepcopy(content[KEY])}
    node = changed[KEY]
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    CheckpointFiles().save_checkpoint(changed, tmp_path / "a.ckpt")
    found = refused("evaluate", tmp_path / "a.ckpt")
    assert fault in found[0]
    assert all(line.startswith(f"{tmp_path / 'a.ckpt'}: ") and len(line) < 1500 for line in found)


def test_a_dictionary_with_a_shadowed_method_is_read_all_the_same(content, tmp_path):
    changed = shadowed({**content, KEY: shadowed(content[KEY])})
    CheckpointFiles().save_checkpoint(changed, tmp_path / "a.ckpt")
    assert seqmodels.load(tmp_path / "a.ckpt").predict(["x"])


def test_what_a_file_says_cannot_colour_the_terminal(content, refused, tmp_path):
    recipe = {**content[KEY], "format": "\x1b[31m\nred", "version": "\x1b]0;owned\x07\nseqmodels: all is well"}
    CheckpointFiles().save_checkpoint({**content, KEY: recipe}, tmp_path / "a.ckpt")
    (fault,) = refused("predict", tmp_path / "a.ckpt", "x")
    assert fault.isprintable()


@pytest.mark.parametrize("way", ["compressed", "one part under many names"])
def test_an_archive_that_unpacks_to_more_than_it_holds_is_refused(way, content, refused, tmp_path):
    held, file = io.BytesIO(pickles.as_zip({**content, "more": torch.zeros(10_000_000)})), io.BytesIO()
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(name, source.read(name))
        if way != "compressed":
            first = max(packed.infolist(), key=lambda member: member.file_size)
            packed.filelist += [first] * 100
    (tmp_path / "a.ckpt").write_bytes(pickles.sealed(file.getvalue()))
    (fault,) = refused("predict", tmp_path / "a.ckpt", "x")
    assert "damaged, or compressed: it would unpack to" in fault


def some(change):
    """Changes every second tensor."""
    return lambda weights: {
        name: change(tensor) if i % 2 else tensor for i, (name, tensor) in enumerate(weights.items())
    }


def every(change):
    return lambda weights: {name: change(tensor) for name, tensor in weights.items()}


WEIGHTS = {
    "numbers of two kinds": some(torch.Tensor.double),
    "complex": every(lambda tensor: tensor.to(torch.complex64)),
    "whole numbers": every(torch.Tensor.int),
    "in eight bits": every(lambda tensor: tensor.to(torch.float8_e4m3fn)),
    "without numbers": every(lambda tensor: tensor.to("meta")),
    "that are NaN": some(lambda tensor: torch.full_like(tensor, torch.nan) if tensor.is_floating_point() else tensor),
    "sparse": every(torch.Tensor.to_sparse),
    "one number for all": every(lambda tensor: torch.zeros(1).expand(tensor.shape)),
    "no tensors": lambda weights: dict.fromkeys(weights, 1),
    "keys that are no names": lambda weights: {**weights, 5: torch.zeros(1)},
    "a list": lambda weights: list(weights.values()),
    "text": lambda weights: "weights",
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_no_model_can_use_are_told(name, content, refused, tmp_path):
    CheckpointFiles().save_checkpoint({**content, "state_dict": WEIGHTS[name](content["state_dict"])}, tmp_path / "a")
    (fault,) = refused("predict", tmp_path / "a", "x")
    assert "do not fit the model" in fault or "damaged" in fault


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_weights_of_another_precision_are_taken(dtype, content, tmp_path):
    weights = every(lambda tensor: tensor.to(dtype))(content["state_dict"])
    CheckpointFiles().save_checkpoint({**content, "state_dict": weights}, tmp_path / "a")
    assert seqmodels.load(tmp_path / "a").predict(["x"])
