"""Nothing that others wrote is run, read from the source itself: no pickle, no eval, no names but in one room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import seqmodels

ROOT = Path(seqmodels.__path__[0]).parent
SOURCES = sorted([*(ROOT / "seqmodels").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")])

NEVER_IMPORTED = {"dill", "cloudpickle", "marshal", "shelve", "jsonpickle", "joblib", "_pickle", "runpy", "pty", "code"}
BUILTINS = {"eval", "exec", "compile", "__import__", "execfile"}
NEVER_CALLED = {
    "os.system",
    "os.popen",
    "yaml.load",
    "yaml.load_all",
    "yaml.full_load",
    "yaml.unsafe_load",
    "torch.jit.load",
}
NEVER_CALLED |= {
    "pandas.read_pickle",
    "torch.package.PackageImporter",
    "torch.utils.cpp_extension.load",
    "torch.export.load",
}
# What a path of that beginning names makes objects of names, loads code, or fetches it.
NEVER_UNDER = (
    "hydra.utils.",
    "hydra._internal.instantiate",
    "torch.hub.",
    "torch.utils.cpp_extension",
    "os.exec",
    "os.spawn",
)
# Here, and nowhere else:
BY_NAME = {
    "importlib.import_module",
    "importlib.reload",
    "importlib.util.spec_from_file_location",
    "importlib.util.module_from_spec",
}
BY_NAME_IN = {"seqmodels/__init__.py", "seqmodels/run/build.py", "scripts/hostile/classes.py"}
PROCESSES = ("subprocess", "multiprocessing", "concurrent.futures")
PROCESSES_IN = {
    "seqmodels/run/environment.py",
    "seqmodels/callbacks/slurm.py",
    "seqmodels/sweeps/child.py",
}  # and in scripts
NETWORK = ("requests", "pooch", "socket", "urllib.request", "http", "ftplib")
NETWORK_IN = {"seqmodels/data/download.py"}  # and in scripts
PICKLE = {"UnpicklingError"}
PICKLE_IN = {"scripts/faulty/vector_files.py": {"dumps"}, "scripts/drills/security.py": {"dumps"}}
PICKLE_IN |= {"scripts/hostile/pickles.py": {"dumps", "loads"}}  # to write traps, of which one calls loads
PICKLE_IN |= {"scripts/hostile/spring.py": {"dumps", "loads"}}  # to see them spring, in a process of its own


def faults(source: str, file: str = "seqmodels/new.py") -> list[str]:
    """What in a source could run what others wrote."""
    tree = ast.parse(source)
    names = dict(_imported(tree))
    found = [*_imports(tree, file)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += _call(node, names, file)
        elif isinstance(node, ast.Attribute) and _dotted(node.value, names) == "pickle":
            found += [f"pickle.{node.attr}"] if node.attr not in PICKLE | PICKLE_IN.get(file, set()) else []
    return found


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What each name of a source stands for, by its dotted name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, names)}.{node.attr}"
    return names.get(node.id, node.id) if isinstance(node, ast.Name) else "?"


def _imports(tree: ast.Module, file: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            ours = file.startswith("seqmodels/")
            if module.split(".")[0] in NEVER_IMPORTED or module.startswith(NEVER_UNDER) or module in NEVER_CALLED:
                yield f"import {module}"
            if module.startswith("pickle.") and module[7:] not in PICKLE | PICKLE_IN.get(file, set()):
                yield f"import {module}"
            if ours and _in(module, PROCESSES) and file not in PROCESSES_IN:
                yield f"a process: {module}"
            if ours and _in(module, NETWORK) and file not in NETWORK_IN:
                yield f"the network: {module}"


def _in(module: str, packages: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def _call(node: ast.Call, names: dict[str, str], file: str) -> Iterator[str]:
    name = _dotted(node.func, names)
    given = {word.arg: ast.unparse(word.value) for word in node.keywords}
    last = name.rpartition(".")[2]
    if name in BUILTINS or name in NEVER_CALLED or name.startswith(NEVER_UNDER) or "instantiate" in last:
        yield name
    if name in BY_NAME and file not in BY_NAME_IN:
        yield name
    if last == "getattr" and node.args and file not in BY_NAME_IN:
        whole = ast.unparse(node.args[0])
        if "import_module" in whole or "sys.modules" in whole or "__import__" in whole:
            yield f"getattr of {whole}"
    if (name == "torch.load" or "load_from_checkpoint" in last) and given.get("weights_only") != "True":
        yield f"{name} without weights_only=True"
    if "shell" in given or given.get("allow_pickle", "False") != "False":
        yield f"{name}({node.keywords[0].arg}=...)"


def test_the_sources_are_found():
    assert len(SOURCES) > 150
    assert {"seqmodels", "scripts"} == {path.relative_to(ROOT).parts[0] for path in SOURCES}


def test_nothing_that_others_wrote_is_run():
    found = {
        str(path.relative_to(ROOT)): faults(path.read_text("utf-8"), str(path.relative_to(ROOT))) for path in SOURCES
    }
    assert {file: wrong for file, wrong in found.items() if wrong} == {}


def test_every_exception_is_needed():
    def without(file, text):
        return faults(text, f"seqmodels/new/{Path(file).name}")

    named = BY_NAME_IN | PROCESSES_IN | NETWORK_IN | set(PICKLE_IN)
    assert [file for file in named if not without(file, (ROOT / file).read_text("utf-8"))] == []


BAD = [
    "import pickle; pickle.load(file)",
    "import pickle; pickle.loads(b'')",
    "import pickle; pickle.Unpickler(file).load()",
    "import pickle as harmless; harmless.load(file)",
    "from pickle import loads",
    "from pickle import Unpickler as Reader",
    "import pickle; read = pickle.load",
    "import _pickle",
    "import dill",
    "import cloudpickle.fast",
    "import marshal",
    "import shelve",
    "from joblib import load",
    "import joblib; joblib.load(path)",
    "import numpy as np; np.load(path, allow_pickle=True)",
    "import numpy; numpy.load(path, allow_pickle=trusted)",
    "from pandas import read_pickle; read_pickle(path)",
    "eval(text)",
    "exec(text)",
    "compile(text, '', 'exec')",
    "__import__(name)",
    "import torch; torch.load(path)",
    "import torch; torch.load(path, weights_only=False)",
    "import torch; torch.load(path, weights_only=trusted)",
    "import torch as t; t.load(path)",
    "from torch import load; load(path)",
    "from torch import load as read; read(path, map_location='cpu')",
    "Model.load_from_checkpoint(path)",
    "import torch; torch.jit.load(path)",
    "from torch.jit import load; load(path)",
    "import torch; torch.hub.load(repo, name)",
    "from torch.hub import load_state_dict_from_url",
    "from torch.utils.cpp_extension import load_inline",
    "from hydra.utils import instantiate",
    "import hydra; hydra.utils.instantiate(config)",
    "from hydra.utils import get_class",
    "import hydra.utils as u; u.call(config)",
    "from hydra._internal.instantiate._instantiate2 import instantiate",
    "from elsewhere import instantiate; instantiate(config)",
    "from importlib import import_module; import_module(name)",
    "import importlib; importlib.import_module(name)",
    "import importlib as i; i.reload(module)",
    "import importlib.util; importlib.util.spec_from_file_location(name, path)",
    "getattr(import_module(a), b)",
    "import sys; getattr(sys.modules[a], b)",
    "import runpy; runpy.run_path(path)",
    "import subprocess",
    "from subprocess import run",
    "import multiprocessing as mp",
    "from concurrent.futures import ProcessPoolExecutor",
    "import os; os.system(words)",
    "from os import system",
    "import os; os.popen(words)",
    "import os; os.execvp(a, b)",
    "run(words, shell=True)",
    "run(words, shell=asked)",
    "import pty",
    "import yaml; yaml.load(text, Loader=yaml.SafeLoader)",
    "import yaml; yaml.unsafe_load(text)",
    "from yaml import full_load; full_load(text)",
    "import requests",
    "from urllib.request import urlopen",
    "import socket",
    "def inside():\n    import pickle\n    return pickle.load(file)",
]
GOOD = [
    "import pickle\ntry: pass\nexcept pickle.UnpicklingError: pass",
    "from pickle import UnpicklingError",
    "import torch; torch.load(path, map_location='cpu', weights_only=True)",
    "import numpy; numpy.load(path)",
    "import numpy; numpy.load(path, allow_pickle=False)",
    "import re; re.compile(text)",
    "import torch; torch.compile(model)",
    "model.eval()",
    "import yaml; yaml.safe_load(text)",
    "from urllib.parse import urlsplit",
    "import codecs",
    "getattr(module, name)",
]


@pytest.mark.parametrize("source", BAD)
def test_the_lint_finds(source):
    assert faults(source) != []


@pytest.mark.parametrize("source", GOOD)
def test_the_lint_lets_pass(source):
    assert faults(source) == []


@pytest.mark.parametrize("source", ["import subprocess", "import socket"])
def test_scripts_may_start_processes_and_connect(source):
    assert faults(source, "scripts/new.py") == []


@pytest.mark.parametrize("source", ["import pickle; pickle.dumps(x)", "import importlib; importlib.import_module(x)"])
def test_scripts_may_do_no_more_than_the_package(source):
    assert faults(source, "scripts/new.py") == faults(source) != []
