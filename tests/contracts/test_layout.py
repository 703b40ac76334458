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

FLOORS = {
    "types": 0,
    "errors": 0,
    "text": 1,
    "audio": 2,
    "images": 2,
    "series": 2,
    "nn": 1,
    "decode": 1,
    "metrics": 2,
    "floors": 2,
    "learning": 2,
}
FLOORS |= {"storage": 1, "loggers": 2, "callbacks": 3, "topologies": 3, "data": 3, "reports": 3, "sweeps": 3, "run": 4}
FLOORS |= {"axis": 0, "pages": 4}  # pages read what runs write, by what guards that
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


# What importing others' packages does: torchmetrics asks for the temporary folder, which Python tries out; torch makes
# the folder of its cache there, and opens its libraries; urllib3 tries whether this machine has IPv6.
OTHERS = {
    "open by torchmetrics/functional/text/sacre_bleu.py",
    "os.remove by torchmetrics/functional/text/sacre_bleu.py",
    "os.mkdir by torch/_inductor/runtime/cache_dir_utils.py",
    "ctypes.dlopen by torch/__init__.py",
    "socket.bind by urllib3/util/connection.py",
}
WATCHED = """
import importlib, sys, threading, traceback
from hostile.watch import Watch

class Witness(Watch):
    def told(self, event, words):
        files = [frame.filename for frame in traceback.extract_stack()[:-2]]
        files = [file for file in files if "site-packages" in file or "/seqmodels/" in file] or ["nobody"]
        return f"{event} by {files[-1].rpartition('site-packages/')[2]}"

with Witness().watching() as seen:
    for name in sys.argv[1:]:
        importlib.import_module(name)
assert threading.active_count() == 1
print(*seen, sep="\\n")
"""


def test_importing_every_module_starts_connects_and_writes_nothing(tmp_path):
    (tmp_path / "tmp").mkdir()
    (tmp_path / "here").mkdir()
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in FILES]
    paths = f"{ROOT}:{ROOT / 'scripts'}"
    environment = {"PYTHONPATH": paths, "HOME": str(tmp_path / "here"), "TMPDIR": str(tmp_path / "tmp")}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *modules],
        cwd=tmp_path / "here",
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(done.stdout.split("\n")) - {""} <= OTHERS
    assert list((tmp_path / "here").iterdir()) == []


def test_every_test_file_has_a_name_of_its_own():
    # pytest collects all of them as modules of one package.
    names = [file.name for file in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
