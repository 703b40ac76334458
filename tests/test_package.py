"""What is installed works away from the checkout, and the documents say what is so."""

import ast
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from seqmodels import __version__
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.check import config_faults
from seqmodels.run.cli import _parser, run
from seqmodels.run.compose import ConfigTree, repair, runs_to_check
from seqmodels.run.plain import plain
from seqmodels.run.sweep_check import checked
from seqmodels.run.sweep_words import over, read_file, read_words
from seqmodels.sweeps.definition import make_space
from seqmodels.sweeps.space import Choice

ROOT = Path(__file__).parents[1]
DOCUMENTS = [file for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))] if file.is_file()]
SOURCES = ["seqmodels", "conf", "scripts", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"]
TINY = ["task=date_language", "data.train=600", "data.val=8", "data.test=8", "trainer.max_epochs=1", "device=cpu"]


def call(*words, cwd, **environment):
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "OMP_NUM_THREADS": "1", "PIP_NO_INDEX": "1"}
    done = subprocess.run([str(w) for w in words], cwd=cwd, env=clean | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the sources, so that building leaves nothing in the checkout."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The bin folder of an environment that has all but seqmodels; what is installed outside is seen, not fetched."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "outside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    words = ["pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, checkout]
    call(sys.executable, "-m", *words, cwd=folder)
    (file,) = folder.glob("*.whl")
    return file


def test_a_script_runs_in_a_checkout_that_is_not_installed(bare, checkout, tmp_path):
    out = call(bare / "python", checkout / "scripts" / "train.py", "--help", cwd=tmp_path)
    assert "usage: seqmodels train" in out
    assert "pos_tagging" in out


def test_the_wheel_holds_every_yaml_and_module_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as file:
        held = {name for name in file.namelist() if ".dist-info/" not in name}
    modules = {
        f.relative_to(ROOT)
        for f in (ROOT / "seqmodels").rglob("*")
        if f.suffix in (".py", ".css", ".html", ".js") or f.name == "py.typed"
    }
    yamls = {
        Path("seqmodels") / f.relative_to(ROOT) for f in (ROOT / "conf").rglob("*") if f.suffix in (".py", ".yaml")
    }
    assert held == {file.as_posix() for file in modules | yamls}


@pytest.fixture(scope="module")
def installed(bare, wheel, tmp_path_factory):
    """The bin folder of an environment with the wheel in it."""
    words = ["--python", bare / "python", "install", "--no-deps", "--no-index", "--quiet", wheel]
    call(sys.executable, "-m", "pip", *words, cwd=tmp_path_factory.mktemp("install"))
    return bare


def test_an_installed_command_trains_with_the_configs_of_its_own_environment(installed, tmp_path):
    where = "from importlib.resources import files; print(files('seqmodels'), files('seqmodels.conf'))"
    for place in call(installed / "python", "-c", where, cwd=tmp_path).split():
        assert str(installed.parent) in place
    assert call(installed / "seqmodels", "--version", cwd=tmp_path) == f"seqmodels {__version__}\n"
    # One process for both, since importing torch is most of it.
    both = "import sys; from seqmodels.run.cli import run; run(['train', '--help']); sys.exit(run(sys.argv[1:]))"
    out = call(installed / "python", "-c", both, "train", *TINY, cwd=tmp_path)
    help_text, _, out = out.partition("keys (KEY=VALUE)")
    for choice in (ROOT / "conf" / "task").glob("*.yaml"):
        assert re.search(rf"^    {choice.stem} +\S+", help_text, re.MULTILINE), "a choice without its description"
    (folder,) = (tmp_path / "runs" / "date_language").iterdir()
    assert (folder / "metrics.json").is_file()
    assert str(folder.relative_to(tmp_path)) in out.replace("\n", "")


def blocks(kind):
    """(document, code) of every block of a kind in the documents."""
    pattern = re.compile(rf"^```{kind}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [(file.name, code) for file in DOCUMENTS for code in pattern.findall(file.read_text(encoding="utf-8"))]


def commands():
    """(document, words) of every command line in the documents."""
    found = []
    for name, code in blocks("(?:bash|console|sh|shell)"):
        for line in code.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words:
                found.append((name, words))
    return found


every_command = pytest.mark.parametrize(("name", "words"), commands(), ids=lambda v: v if isinstance(v, str) else v[0])


@pytest.fixture(scope="module")
def tree():
    return ConfigTree()


def test_the_documents_show_commands():
    assert {"seqmodels", "make"} <= {words[0] for name, words in commands() if name == "README.md"}


@every_command
def test_a_command_in_the_documents_can_be_given(name, words, tree):
    program, *rest = [Path(word).name if i == 0 else word for i, word in enumerate(words)]
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert {word for word in rest if "=" not in word} <= set(targets)
        return
    if program.startswith("python"):
        assert rest[0].startswith("-") or (ROOT / rest[0]).is_file()
        if rest[0] != "scripts/train.py":
            return
        rest[0] = "train"
    elif program != "seqmodels":
        return
    if rest[0] == "sweep":
        asked = read_words([word for word in rest[1:] if word != "--help"], tree)
        asked = over(read_file(asked.own["sweep"], tree), asked, tree) if "sweep" in asked.own else asked
        # One value of each key; all that files of ours offer is composed beside the command itself.
        space = {key: Choice(found.ends()[:1], found.when) for key, found in make_space(asked.space).items()}
        assert "--help" in rest or "resume" in asked.own or checked(asked, space, tree)
        return
    if rest[0] != "train":
        _parser().parse_args(rest)
        return
    if {"--trust", "--config-dir", "-cd"} & set(rest):
        pytest.skip("it names a package or folder of the reader's own")
    overrides = [word for word in rest[1:] if not word.startswith("-")]
    assert {word for word in rest if word.startswith("-")} <= {"-m", "--multirun", "--help", "-h", "--cfg"}
    overrides, faults = repair(tree, [word for word in overrides if word != "job"])
    assert faults == []
    config = plain(tree.compose([*runs_to_check(overrides)[0], "run_dir=nowhere"]))
    assert config_faults(config, IN_CONFIGS) == []


@pytest.mark.parametrize(("name", "code"), [(n, c) for n, c in blocks("text") if c.startswith("$ seqmodels train ")])
def test_the_messages_that_the_documents_show_are_those_that_are_told(name, code, capsys):
    command, _, shown = code.replace("\\\n", " ").partition("\n")
    assert run(shlex.split(command.removeprefix("$ seqmodels "))) == 2
    assert capsys.readouterr().err.strip() == shown.strip()


@pytest.mark.parametrize(("name", "code"), blocks("python"))
def test_the_python_in_the_documents_runs(name, code, tmp_path, monkeypatch):
    ast.parse(code)
    if "runs/" in code:
        pytest.skip("it needs a run that the reader has")
    monkeypatch.chdir(tmp_path)
    for split in ("train", "dev", "test"):  # files that a reader would have
        columns = [["1", "dogs", "_", "NOUN", *"______"], ["2", "bark", "_", "VERB", *"______"]]
        (tmp_path / f"{split}.conllu").write_text("".join("\t".join(row) + "\n" for row in columns) + "\n")
    # As a module of its own: classes in it ask for the module that they are in.
    exec(compile(code, name, "exec"), {"__name__": "documents"})


def test_a_document_links_only_to_files_that_are_there():
    for file in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / link).exists(), f"{file.name}: {link}"
