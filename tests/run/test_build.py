"""What may be built by name, and what may not."""

import sys

import pytest
from torch import nn

from seqmodels.errors import InputError
from seqmodels.run import build as room
from seqmodels.run.build import IN_CHECKPOINTS, IN_CONFIGS, build, resolve

LINEAR = {"_target_": "torch.nn.Linear", "in_features": 2, "out_features": 3}

OUTSIDE = [
    "os.system",
    "builtins.eval",
    "builtins.exec",
    "subprocess.Popen",
    "collections.Counter",
    "torch.load",
    "torch.hub.load",
    "torch.utils.cpp_extension.load",
    "torch.jit.load",
    "torch.Tensor",
    "torchmetrics.Metric",
    "hydra.utils.instantiate",
    # neighbours by name only
    "torch.nnx.Linear",
    "seqmodelsx.nn.Linear",
    "torch.optimizers.Adam",
]
FUNCTIONS = [
    "torch.nn.functional.relu",
    "torch.nn.init.zeros_",
    "torch.nn.utils.clip_grad_norm_",
    "torch.nn.Module.load_state_dict",
    "torch.nn.Module.__subclasses__",
    "seqmodels.load",
    "seqmodels.run.load.load",
    "seqmodels.run.cli.main",
    "seqmodels.run.environment.git_commit",
    "seqmodels.data.Remote.fetch",
]
NOT_CLASSES = ["torch.nn", "torch.nn.functional", "seqmodels.run", "seqmodels.__version__", "torch.nn.Linear.__dict__"]
IMPORTED = [
    "seqmodels.run.environment.subprocess.Popen",
    "seqmodels.run.environment.subprocess.run",
    "seqmodels.run.environment.os.system",
    "seqmodels.data.download.os.system",
    "seqmodels.data.download.requests.Session",
    "seqmodels.data.download.pooch.HTTPDownloader",
    "seqmodels.data.download.Path",
    "seqmodels.run.load.pickle.Unpickler",
    "seqmodels.run.load.torch.load",
    "seqmodels.run.build.import_module",
    "seqmodels.run.build.partial",
    "seqmodels.run.through_hydra.hydra.main",
    "seqmodels.types.Tensor",
    "torch.nn.Module.__class__",
    "torch.optim.Optimizer.__init__.__globals__",
    "torch.nn.modules.module.torch.load",
]
NOT_NAMES = [None, 5, 1.5, True, ["torch.nn.Linear"], {"name": "torch.nn.Linear"}, "", ".", "torch.nn.", "torch..nn"]
NOT_NAMES += ["torch.nn.Linear()", "torch.nn.Linear; import os", "torch.nn Linear", "Linear", "../torch.nn.Linear"]
MISSPELT = ["torch.nn.Linaer", "seqmodels.nn.encoder.RecurrentEncoder", "seqmodels.nothing.Here", "torch.nn.Linear.x"]
FORBIDDEN = [*OUTSIDE, *FUNCTIONS, *NOT_CLASSES, *IMPORTED, *NOT_NAMES, *MISSPELT]


@pytest.fixture
def calls(monkeypatch):
    """What was called while building."""
    called = []

    def construct(target, path, /, *args, **kwargs):
        called.append(target)
        return target(*args, **kwargs)

    monkeypatch.setattr(room, "construct", construct)
    return called


every_forbidden_target = pytest.mark.parametrize("target", FORBIDDEN, ids=str)


@every_forbidden_target
@pytest.mark.parametrize("allowed", [IN_CHECKPOINTS, IN_CONFIGS], ids=["checkpoint", "config"])
def test_a_forbidden_target_is_refused_with_its_key_path_and_not_called(target, allowed, calls):
    with pytest.raises(InputError, match=r"^a\.b\._target_: "):
        build({"_target_": target}, allowed, "a.b")
    assert calls == []


@every_forbidden_target
@pytest.mark.parametrize(
    ("wrap", "path"),
    [
        (lambda node: {"deep": {"down": node}}, "top.deep.down._target_"),
        (lambda node: [1, [node]], "top[1][0]._target_"),
        (lambda node: {**LINEAR, "bias": node}, "top.bias._target_"),
        (lambda node: {**node, "_partial_": True}, "top._target_"),
        (lambda node: {**node, "_partial_": True, "_args_": [1], "x": {"y": 2}}, "top._target_"),
    ],
    ids=["nested", "in a list", "as an argument", "as a factory", "with arguments"],
)
def test_a_forbidden_target_is_refused_wherever_it_stands(target, wrap, path, calls):
    with pytest.raises(InputError) as error:
        build(wrap({"_target_": target}), IN_CONFIGS, "top")
    assert str(error.value).startswith(f"{path}: ")
    assert calls == []


def test_a_target_outside_is_not_even_imported(tmp_path, monkeypatch):
    (tmp_path / "stranger.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Thing: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match="--trust stranger"):
        build({"_target_": "stranger.Thing"}, IN_CONFIGS)
    assert "stranger" not in sys.modules
    assert not (tmp_path / "ran").exists()


def test_a_package_whose_name_only_begins_like_an_allowed_one_is_outside(tmp_path, monkeypatch, calls):
    (tmp_path / "seqmodels_of_others.py").write_text("class Thing: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match="is outside seqmodels"):
        build({"_target_": "seqmodels_of_others.Thing"}, IN_CONFIGS)
    assert calls == []


@pytest.mark.parametrize("package", ["os", "subprocess", "torch"])
def test_trust_lets_no_function_be_called(package, calls):
    function = {"os": "os.system", "subprocess": "subprocess.run", "torch": "torch.hub.load"}[package]
    with pytest.raises(InputError, match="only classes"):
        build({"_target_": function}, (*IN_CONFIGS, package))
    assert calls == []


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("torch.nn.Linaer", "torch.nn.Linear"),
        ("torch.optim.Adma", "torch.optim.Adam"),
        ("seqmodels.nn.encoders.RecurentEncoder", "seqmodels.nn.encoders.RecurrentEncoder"),
    ],
)
def test_a_misspelt_target_is_told_with_the_closest_names(misspelt, meant):
    with pytest.raises(InputError, match="closest: ") as error:
        resolve(misspelt, IN_CONFIGS)
    assert meant in str(error.value)


def test_an_allowed_class_is_built_with_its_parts():
    built = build({"_target_": "torch.nn.ModuleList", "modules": [LINEAR, LINEAR]}, IN_CHECKPOINTS)
    assert isinstance(built, nn.ModuleList)
    assert [tuple(part.weight.shape) for part in built] == [(3, 2), (3, 2)]


def test_a_factory_is_built_only_when_it_is_called(calls):
    factory = build({"_target_": "torch.nn.Linear", "_partial_": True, "out_features": 3}, IN_CHECKPOINTS)
    assert calls == []
    assert factory(2).weight.shape == (3, 2)


def test_what_is_no_target_stays_as_it_is():
    node = {"a": [1, 2.5, None, True, "x"], "b": {"c": {}}}
    assert build(node, IN_CHECKPOINTS) == node


def test_a_refused_argument_is_told_with_the_key_path():
    with pytest.raises(InputError, match=r"^model\.part: Linear refuses its settings: .*colour"):
        build({"part": {**LINEAR, "colour": "red"}}, IN_CHECKPOINTS, "model")
