"""Folders of configs, and words of a command line, that would have Hydra or the yaml parser do more than compose."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hostile.names import TARGETS
from hostile.targets import node

GLOBAL = "# @package _global_\n"
# Words alone, CANARY being a file that whatever they name would make, FOLDER its folder.
WORDS: dict[str, list[str]] = {
    "a callback of Hydra's": ["+hydra.callbacks.x={_target_:os.mkdir,path:'CANARY'}"],
    "the same, forced": ["++hydra.callbacks.x={_target_:os.mkdir,path:'CANARY'}"],
    "the same, key by key": ["+hydra.callbacks.x._target_=os.mkdir", "+hydra.callbacks.x.path=CANARY"],
    "the same with a package": ["+optim@hydra.callbacks.x=adam", "+hydra.callbacks.x.foo=1"],
    "a launcher": ["hydra.launcher._target_=os.mkdir", "++hydra.launcher.path=CANARY"],
    "a sweeper": ["--multirun", "hydra.sweeper._target_=os.mkdir"],
    "a sweep of its own": ["--multirun", "++hydra.sweeper.params.seed='1,2'"],
    "a log file": [
        "hydra/job_logging=default",
        "+hydra.job_logging.handlers.x={class:logging.FileHandler,filename:'CANARY'}",
    ],
    "Hydra's own log file": ["++hydra.hydra_logging.handlers.x={class:logging.FileHandler,filename:'CANARY'}"],
    "a secret of the environment": ["hydra.job.env_copy=[HOME]"],
    "an environment": ["+hydra.job.env_set.PATH=FOLDER"],
    "a package on the search path": ["hydra.searchpath=[pkg://hostile_module]"],
    "the same, forced ": ["++hydra.searchpath=[pkg://hostile_module]"],
    "a package to look at": ["hydra.searchpath=[pkg://hostile_module]", "--cfg", "job"],
    "a folder on the search path": ["hydra.searchpath=['file://FOLDER']"],
    "an output folder": ["hydra.output_subdir='CANARY'"],
    "a callback to look at": ["+hydra.callbacks.x={_target_:os.mkdir,path:'CANARY'}", "--cfg", "job"],
    "a part": ["model.encoder._target_=os.mkdir", "+model.encoder.path=CANARY"],
    "a setting of a part": ["model.encoder._target_=hostile_module.Thing", "model.encoder.path=1"],
    "Lightning's command line": ["+callbacks.x={_target_:pytorch_lightning.cli.LightningCLI,args:[fit]}"],
    "a download of Lightning's": ["+callbacks.x={_target_:pytorch_lightning.demos.transformer.WikiText2}"],
}
# A choice `experiment=it` of a folder, and what else lies there; CANARY and FOLDER as above.
FILES: dict[str, dict[str, str]] = {
    "a callback of Hydra's in a file": {
        "experiment/it": GLOBAL + "hydra: {callbacks: {x: {_target_: os.mkdir, path: 'CANARY'}}}\n"
    },
    "a callback by its package": {
        "experiment/it": "# @package hydra.callbacks\nx: {_target_: os.mkdir, path: 'CANARY'}\n"
    },
    "a callback by a choice": {
        "experiment/it": GLOBAL + "defaults: [override /hydra/callbacks: evil]\n",
        "hydra/callbacks/evil": "x: {_target_: os.mkdir, path: 'CANARY'}\n",
    },
    "an environment in a file": {"experiment/it": GLOBAL + "hydra: {job: {env_set: {PATH: 'FOLDER'}}}\n"},
    "a log in a file": {
        "experiment/it": "# @package hydra.job_logging\nversion: 1\nroot: {handlers: [x]}\n"
        "handlers: {x: {class: logging.FileHandler, filename: 'CANARY'}}\n"
    },
    "a factory of a log": {
        "experiment/it": "# @package hydra.job_logging\nversion: 1\nroot: {handlers: [x]}\n"
        "handlers: {x: {'()': os.mkdir, path: 'CANARY'}}\n"
    },
    "overrides in a file": {
        "experiment/it": GLOBAL + "hydra: {overrides: {hydra: ['+hydra.callbacks.x._target_=os.mkdir']}}\n"
    },
    "a part in a file": {"experiment/it": GLOBAL + "model: {encoder: {_target_: os.mkdir, path: 'CANARY'}}\n"},
    "a part that nobody trusts": {"experiment/it": GLOBAL + "model: {encoder: {_target_: antigravity.X}}\n"},
    "a tag of yaml": {"experiment/it": GLOBAL + "seed: !!python/object/apply:os.mkdir ['CANARY']\n"},
    "another tag of yaml": {"experiment/it": GLOBAL + "seed: !!python/name:os.system\n"},
    "no text": {"experiment/it": "\0\1\2"},
    "a choice that chooses itself": {"experiment/it": GLOBAL + "defaults: [/experiment: it]\n"},
    "interpolations in a circle": {"experiment/it": GLOBAL + "name: ${monitor}\nmonitor: ${name}\n"},
}

# What stands in the `overrides.yaml` of a run that is to be resumed.
RECORDS = {
    "a callback in the record": "- \"+hydra.callbacks.x={_target_:os.mkdir,path:'CANARY'}\"\n",
    "a search path in the record": "- hydra.searchpath=[pkg://hostile_module]\n",
    "a part in the record": "- model.encoder._target_=os.mkdir\n",
    "numbers in the record": "- 5\n",
    "a flag in the record": "- --multirun\n",
    "no list": "a: 1\n",
    "no override": "- seed=[1\n",
    "a tag of yaml in the record": "- !!python/object/apply:os.mkdir [CANARY]\n",
    "no text": "\0",
}


def bombs() -> dict[str, str]:
    """Short texts that stand for more than memory holds, or take a parser for ever."""
    lists = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    nested = [f"a{i}: &a{i} {{" + ", ".join(f"k{j}: *a{i - 1}" for j in range(10)) + "}" for i in range(1, 12)]
    merged = [f"m{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}]}}" for i in range(1, 60)]
    return {
        "lists of lists": "\n".join(["a0: &a0 [1, 2, 3]", *lists]),
        "mappings of mappings": "\n".join(["a0: &a0 {b: 1}", *nested]),
        "merged mappings": "\n".join(["m0: &m0 {b: 1}", *merged]),
        "behind much else": "\n".join([*(f"k{i}: v" for i in range(60_000)), "a0: &a0 [1, 2, 3]", *lists]),
        "in a list of itself": "a: &a [*a, *a]",
        "deep lists": "a: " + "[" * 100_000,
        "deep blocks": "- " * 200_000,
        "deep keys": "? " * 200_000,
        "much text": "a: " + "x" * (1 << 20),
    }


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder of configs."""
    for path, text in files.items():
        file = folder / f"{path}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def with_bomb(folder: Path, place: str, text: str) -> Path:
    """A folder of configs with a bomb in it, or near it."""
    harmless = {"experiment/it": GLOBAL + "seed: 2\n"}
    if place == "a choice":
        return write(folder, {"experiment/it": GLOBAL + text})
    if place == "a choice that is not chosen":
        return write(folder, {**harmless, "task/other": text})
    if place == "behind a link":
        write(folder.with_name(f"{folder.name}-far"), {"experiment/it": GLOBAL + text})
        folder.mkdir()
        os.symlink(folder.with_name(f"{folder.name}-far") / "experiment", folder / "experiment")
        return folder
    write(folder.with_name(f"{folder.name}-far"), {"it": text})
    return write(folder, {"experiment/it": GLOBAL + f"defaults: [/../{folder.name}-far/it]\n"})


PLACES = ("a choice", "a choice that is not chosen", "behind a link", "outside the folder")


def everywhere(canary: Path) -> dict[str, Any]:
    """A config with every hostile target, as a callback, a logger, a plugin and a setting of the model."""
    return {
        "callbacks": {f"x{i}": node(target, canary) for i, target in enumerate(TARGETS)},
        "logger": {f"x{i}": node(target, canary, _partial_=True) for i, target in enumerate(TARGETS)},
        "trainer": {"plugins": [node(target, canary) for target in TARGETS]},
        "model": {"encoder": {"hidden_size": [{"a": node(target, canary)} for target in TARGETS]}},
    }


def dumped(config: Any) -> str:
    """The config as a file of the folder's ``experiment``, its odd strings quoted and no ``${`` of theirs resolved."""
    return GLOBAL + yaml.safe_dump(config, allow_unicode=True).replace("${", "\\${")


def filled(text: str, canary: Path) -> str:
    """With the names of the file and of its folder."""
    return text.replace("CANARY", str(canary)).replace("FOLDER", str(canary.parent))
