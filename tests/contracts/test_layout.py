"""The laws of the layout, read from the source itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import seqmodels

PACKAGE = Path(seqmodels.__path__[0])
ROOT = PACKAGE.parent
FILES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in [*FILES, *SCRIPTS]}

FLOORS = {"types": 0, "errors": 0, "text": 1, "nn": 1, "decode": 1, "metrics": 2, "floors": 2, "learning": 2}
FLOORS |= {"callbacks": 2, "topologies": 3, "data": 3, "run": 4}
# The front door: it looks names up on first use, and `python -m` is the command.
DOORS = {PACKAGE / "__init__.py", PACKAGE / "__main__.py"}
MAX_LINES, MAX_FUNCTION = 200, 50


def imports(tree, within="seqmodels"):
    """The dotted names of all that is imported, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = f"{within}.{node.module or ''}".rstrip(".") if node.level else node.module
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room(name):
    """The room that a dotted name lies in; the package itself is none."""
    parts = name.split(".")
    return parts[1] if parts[0] == "seqmodels" and len(parts) > 1 and parts[1] in FLOORS else None


def room_of(file):
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def calls(tree):
    """Every call by its dotted name."""
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_every_room_has_a_floor():
    rooms = {room_of(file) for file in FILES if file not in DOORS}
    assert rooms == set(FLOORS)


def offenders(fault, files=TREES):
    """What is wrong, by the file that it is wrong in."""
    found = {str(file.relative_to(ROOT)): fault(file) for file in files}
    return {file: faults for file, faults in found.items() if faults}


def test_the_sources_are_found():
    assert len(FILES) > 50
    assert SCRIPTS


def test_nobody_imports_from_a_higher_floor():
    def higher(file):
        mine = FLOORS[room_of(file)]
        return [name for name in imports(TREES[file]) if room(name) and FLOORS[room(name)] > mine]

    assert offenders(higher, [file for file in FILES if file not in DOORS]) == {}


@pytest.mark.parametrize(("one", "other"), [("topologies", "data"), ("data", "topologies")])
def test_topologies_and_data_never_import_one_another(one, other):
    mine = [file for file in FILES if room_of(file) == one]
    assert offenders(lambda file: [name for name in imports(TREES[file]) if room(name) == other], mine) == {}


def test_names_come_from_rooms_and_not_through_the_front_door():
    def through(file):
        ours = {name for name in imports(TREES[file]) if name.split(".")[0] == "seqmodels"}
        return [name for name in ours if room(name) is None and name != "seqmodels.__version__"]

    assert offenders(through, FILES) == {}


@pytest.mark.parametrize(("package", "where"), [("hydra", "run"), ("omegaconf", "run"), ("torchtext", "text")])
def test_a_package_is_known_to_one_room_only(package, where):
    users = {room_of(file) for file in FILES for name in imports(TREES[file]) if name.split(".")[0] == package}
    assert users == {where}


def test_modules_are_imported_by_name_only_where_objects_are_built():
    dynamic = {"import_module", "importlib.import_module", "__import__"}
    found = offenders(lambda file: [name for name, _ in calls(TREES[file]) if name in dynamic])
    assert set(found) <= {"seqmodels/__init__.py", "seqmodels/run/build.py"}


def test_no_file_is_a_heap():
    heaps = {"util", "utils", "helper", "helpers", "common", "misc"}
    assert offenders(lambda file: {part.removesuffix(".py") for part in file.relative_to(ROOT).parts} & heaps) == {}


def test_no_file_is_long():
    def too_long(file):
        lines = len(file.read_text(encoding="utf-8").splitlines())
        return lines if lines > MAX_LINES else 0

    assert offenders(too_long) == {}


def test_no_function_is_long():
    def length(node):
        said = ast.get_docstring(node, clean=False) is not None
        documented = node.body[0].end_lineno - node.body[0].lineno + 1 if said else 0
        return node.end_lineno - node.lineno + 1 - documented

    assert offenders(lambda file: [f.name for f in functions(TREES[file]) if length(f) > MAX_FUNCTION]) == {}


def test_no_constructor_or_forward_takes_what_it_does_not_name():
    def open_ended(file):
        return [f.name for f in functions(TREES[file]) if f.name in ("__init__", "forward") and f.args.kwarg]

    assert offenders(open_ended) == {}


def test_nobody_asks_what_an_object_has():
    assert offenders(lambda file: [name for name, _ in calls(TREES[file]) if name == "hasattr"]) == {}


def test_nothing_is_run_that_a_file_says():
    running = {"eval", "exec", "compile", "os.system", "pickle.load", "pickle.loads", "pickle.Unpickler"}
    running |= {"torch.hub.load", "yaml.load", "yaml.unsafe_load"}

    def runs(file):
        found = [name for name, node in calls(TREES[file]) if name in running]
        found += [name for name in imports(TREES[file]) if name in running | {"torch.load"}]
        return found + [name for name, node in calls(TREES[file]) if any(word.arg == "shell" for word in node.keywords)]

    assert offenders(runs) == {}


def test_every_torch_load_reads_weights_only():
    def unsafe(file):
        loads = [node for name, node in calls(TREES[file]) if name in ("torch.load",) or "load_from_chec" in name]
        given = [{word.arg: ast.unparse(word.value) for word in node.keywords} for node in loads]
        return [words for words in given if words.get("weights_only") != "True"]

    assert offenders(unsafe) == {}


def test_every_file_says_what_it_is_for():
    assert offenders(lambda file: ast.get_docstring(TREES[file]) is None) == {}


PROBE = """
import os, sys, threading
before = set(sys.modules)
import seqmodels
seqmodels.__version__, dir(seqmodels)
heavy = {"torch", "numpy", "hydra", "omegaconf", "pytorch_lightning", "torchmetrics", "torchtext", "requests"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
ours = [name for name in sys.modules if name.startswith("seqmodels.")]
assert not ours, ours
assert threading.active_count() == 1
import logging, warnings
assert not logging.getLogger().handlers
"""


def test_importing_the_package_loads_starts_and_writes_nothing(tmp_path):
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
