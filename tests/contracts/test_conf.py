"""Every yaml of the tree, found by listing its folders: what it says of itself, and that a model trains with it."""

import copy
import json
from difflib import SequenceMatcher
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from omegaconf import OmegaConf, open_dict
from PIL import Image

import seqmodels
import seqmodels.run.train as training
from seqmodels.audio import Recording, write_wave
from seqmodels.data import Faults, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS, build, resolve
from seqmodels.run.check import config_faults
from seqmodels.run.cli import quiet, run
from seqmodels.run.compose import ConfigTree
from seqmodels.run.plain import plain

CONF = Path(seqmodels.__path__[0]).parent / "conf"
YAMLS = sorted(CONF.rglob("*.yaml"))
CHOICES = [(str(file.parent.relative_to(CONF)), file.stem) for file in YAMLS if file.parent != CONF]
TASKS = [name for group, name in CHOICES if group == "task"]
EXPERIMENTS = [name for group, name in CHOICES if group == "experiment"]
# Those that make their examples come first: they can be tried on every machine.
TASKS.sort(key=lambda name: "no download" not in (CONF / "task" / f"{name}.yaml").read_text(encoding="utf-8"))
FEW = 24  # examples
LONG = 2000  # letters of a text
QUICK = ["device=cpu", "callbacks.progress=null", "trainer.max_epochs=1", "++trainer.limit_train_batches=1"]
QUICK += ["++trainer.check_val_every_n_epoch=1"]
NEEDS = {"logger/tensorboard": "tensorboard", "logger/wandb": "wandb", "logger/mlflow": "mlflow"}
SENTENCE = "1\tthe\t_\tDET\t_\t_\t_\t_\t_\t_\n2\tdog\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n"
# Lightning says this of any training loader, and its remedy is what we want: the same batch again and again.
OVERFIT = "ignore:You requested to overfit but enabled train dataloader shuffling:UserWarning"
every_yaml = pytest.mark.parametrize("file", YAMLS, ids=lambda file: str(file.relative_to(CONF)))


def shortened(example):
    """An example whose text is no corpus by itself."""
    inputs, targets = example.inputs, example.targets
    if not isinstance(inputs, str) or len(inputs) <= LONG:
        return example
    return example._replace(inputs=inputs[:LONG], targets=targets[:LONG] if targets == inputs else targets)


def fewer(node):
    """The data of a config where no split that is made is larger than it need be."""
    if not isinstance(node, dict):
        return node
    sized = {name: min(size, FEW) for name, size in node.items() if name in Splits._fields and type(size) is int}
    return {name: fewer(value) for name, value in node.items()} | sized


class First(Reader):
    """The first training examples of a reader, in every split, so that no split has labels of its own."""

    def __init__(self, reader: Reader, count: int):
        self.reader, self.count = reader, count

    def read(self, faults: Faults | None = None) -> Splits:
        examples = [shortened(example) for example in self.reader.read(faults).train[: self.count]]
        return Splits(examples, examples, examples)


class Remembered(Reader):
    """Reads once what many tests ask for."""

    def __init__(self, reader: Reader, key: str, memory: dict[str, Splits]):
        self.reader, self.key, self.memory = reader, key, memory

    def read(self, faults: Faults | None = None) -> Splits:
        if self.key not in self.memory:
            self.memory[self.key] = self.reader.read(faults)
        return self.memory[self.key]


@pytest.fixture(scope="module")
def memory():
    return {}


@pytest.fixture(autouse=True)
def few_examples(monkeypatch, memory):
    """Every run trains on few examples."""
    make_data = training.make_data

    def few(settings, allowed):
        settings = {**settings, "data": fewer(settings["data"])}
        data = make_data(settings, allowed)
        data.reader = First(Remembered(data.reader, json.dumps(settings["data"]), memory), FEW)
        return data

    monkeypatch.setattr(training, "make_data", few)


@pytest.fixture(scope="module")
def tree():
    return ConfigTree()


@pytest.fixture(scope="module")
def tasks(tree):
    """Each task as it stands, with Hydra's part."""
    return {task: tree.compose_whole([f"task={task}", "run_dir=nowhere"]) for task in TASKS}


@pytest.fixture(scope="module")
def chosen(tasks):
    """What each task chooses, by the place of the choice: model/encoder, model/embedder@model.decoder.embedder, ..."""
    return {task: config.hydra.runtime.choices for task, config in tasks.items()}


@pytest.fixture(scope="module")
def trained_with_a_task(tasks, chosen):
    """The choices that tasks make whose data is at hand: their own tests train them."""
    made = set()
    for task, config in tasks.items():
        if not absent({"data": OmegaConf.to_container(config.data, resolve=True)}):
            made |= {(place.split("@")[0], choice) for place, choice in chosen[task].items()}
    return {(group, choice) for group, choice in made if group != "device"}  # for which they take a CPU


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Overrides for choices that want files of the user's."""
    contents = {
        "conllu": SENTENCE,
        "columns": "the\tO\ndog\tB-pet\n\n",
        "csv": "the dog,pet\n",
        "csv_numbers": "1.5,pet\n",
        "parallel": "the dog\n",
        "text": "the dog\n",
        "recordings": "a.wav\tthe dog\n",
        "slot_lines": "play:O it:B-song <=> Play\n",
        "labelled_lines": "pet the dog\n",
    }
    overrides = {}
    for name, content in contents.items():
        path = tmp_path_factory.mktemp("files") / name
        path.write_text("text,label\n" * name.startswith("csv") + content * FEW)
        if name == "recordings":
            write_wave(path.parent / "a.wav", Recording(torch.randn(4000), 8000))
        sides = (".source", ".target") if name == "parallel" else ("",)
        overrides[f"data/{name}"] = [f"data.{split}{side}={path}" for split in Splits._fields for side in sides]
    series = tmp_path_factory.mktemp("files") / "series"
    series.write_text("date,load\n" + "".join(f"{2000 + i}-01-01,{i % 7}\n" for i in range(400)))
    overrides["data/series"] = [f"data.path={series}"]
    overrides["data/captioned_pictures"] = [f"data.captions={pictures(tmp_path_factory.mktemp('pictures'))}"]
    arrays = tmp_path_factory.mktemp("files") / "pictures.npz"
    np.savez(arrays, images=np.arange(4 * FEW * 30, dtype=np.uint8).reshape(-1, 6, 5), labels=np.arange(4 * FEW) % 2)
    overrides["data/image_arrays"] = [f"data.train={arrays}"]
    lines = tmp_path_factory.mktemp("files") / "lines"
    lines.write_text("".join(f"line {i}\n" for i in range(3 * FEW)))
    overrides["data/file_per_label"] = [f"data.files={{a: {lines}, b: {lines}}}"]
    return overrides


def pictures(folder):
    """A table of pictures, of which the training split has some."""
    names = [f"{i}.png" for i in range(2 * FEW)]
    for i, name in enumerate(names):
        Image.new("L", (6, 5), 5 * i).save(folder / name)
    (folder / "captions.json").write_text(json.dumps(dict.fromkeys(names, "the dog")))
    return folder / "captions.json"


def places(task_choices, group):
    """Where a group is chosen: by its own name, or at another place in the model."""
    return [place for place in task_choices if place.split("@")[0] == group]


def alike(one, other):
    """The share of two names' letters that they have in common, where that is most of them; else 0."""
    share = SequenceMatcher(None, one or "", other).ratio()
    return share if share > 0.6 else 0.0


@cache
def opener(group):
    """What has to be chosen in the group above for this one to be asked: the choice whose defaults name it."""
    above, _, last = group.rpartition("/")
    for parent, name in CHOICES:
        if parent == above and any(isinstance(default, dict) and last in default for default in defaults(parent, name)):
            return above, name
    return None, None


@cache
def defaults(parent, name):
    """What a choice's file begins with."""
    return yaml.safe_load((CONF / parent / f"{name}.yaml").read_text(encoding="utf-8")).get("defaults", [])


def absent(config):
    """Files of a config that would have to be downloaded."""

    def remotes(node):
        if not isinstance(node, dict):
            return []
        if "sha256" in node:
            return [build(node, IN_CONFIGS)]
        return [remote for value in node.values() for remote in remotes(value)]

    return [remote.path.name for remote in remotes(config["data"]) if not remote.path.exists()]


def skip_unless_possible(group, name):
    package = NEEDS.get(f"{group}/{name}")
    if package and find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    if f"{group}/{name}" in ("device/gpu", "device/ddp") and not torch.cuda.is_available():
        pytest.skip("this machine has no GPU that torch can use")
    if f"{group}/{name}" in ("device/ddp", "device/ddp_cpu"):
        pytest.skip("it starts further processes, which would run the tests")


def trained(config, folder):
    """The metrics of a run of this config."""
    quiet()
    OmegaConf.update(config, "run_dir", str(folder))
    metrics = training.train(config, [])
    weights = torch.load(folder / "checkpoints" / "best.ckpt", weights_only=True)["state_dict"].values()
    assert all(torch.isfinite(weight).all() for weight in weights if weight.is_floating_point())
    assert metrics["test/loss"] < float("inf")
    return metrics


def attempts(tree, chosen, group, name, files):
    """Configs with this choice, the most natural one first: of experiments and tasks that make it, then of those that
    could, beginning with those whose own choice has a name like it: composing each takes a quarter of a second."""
    for experiment in EXPERIMENTS:
        if f"override /{group}: {name}\n" in (CONF / "experiment" / f"{experiment}.yaml").read_text(encoding="utf-8"):
            words = [f"experiment={experiment}", "monitor=val/loss", "mode=min", "run_dir=nowhere", *QUICK]
            yield experiment, tree.compose(words)
    own = [task for task in TASKS if any(chosen[task][place] == name for place in places(chosen[task], group))]
    could = [task for task in TASKS if task not in own and places(chosen[task], group)]
    could.sort(key=lambda task: -max(alike(chosen[task][place], name) for place in places(chosen[task], group)))
    above, open_by = opener(group)
    opened = [task for task in TASKS if task not in own + could and above in chosen[task]]
    tried = [(task, places(chosen[task], group)) for task in own + could + opened]
    # What reads the inputs need not be able to read what a decoder wrote.
    tried += [(task, [group]) for task, where in tried if len(where) > 1 and group in where]
    for task, where in tried:
        words = [f"{place}={name}" for place in where]
        if task in opened:
            words = [f"{above}={open_by}", f"{group}={name}"]
        # Any metric may be missing once another one is chosen; the loss is always there.
        words += ["monitor=val/loss", "mode=min", "run_dir=nowhere", *QUICK]
        quick = [word for word in words if group != "device" or not word.startswith("device=cpu")]
        try:
            config = tree.compose([f"task={task}", *quick, *files.get(f"{group}/{name}", [])])
            plain(config)
        except InputError:
            # The task sets a value where this choice has entries (date_language's data.train is a number), or takes one
            # from another choice that is gone (forecasting's segments).
            continue
        yield task, config


@every_yaml
def test_a_yaml_describes_itself_in_its_first_comment(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines[:2] if line.startswith("# ") and not line.startswith("# @package")]
    assert said, "wanted a comment in the first line, or behind # @package in the second"
    assert len(said[0].split()) > 1


@every_yaml
def test_hydra_sees_the_package_of_a_yaml_only_in_its_first_line(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert not any("@package" in line for line in lines[1:])


def targets(node):
    """Every _target_ in a yaml's content."""
    if isinstance(node, dict):
        yield from ([node["_target_"]] if "_target_" in node else [])
        for value in node.values():
            yield from targets(value)
    elif isinstance(node, list):
        for value in node:
            yield from targets(value)


@every_yaml
def test_a_yaml_names_only_classes_of_ours_torchs_and_lightnings(file):
    for target in targets(yaml.safe_load(file.read_text(encoding="utf-8"))):
        assert target.startswith(("seqmodels.", "torch.nn.", "torch.optim.", "pytorch_lightning."))
        assert isinstance(resolve(target, IN_CONFIGS), type)


def test_help_shows_every_choice_of_every_group_with_its_description(capsys, tree):
    assert run(["train", "--help"]) == 0
    block, shown = "", set()
    for line in capsys.readouterr().out.partition("choices (GROUP=CHOICE):")[2].splitlines():
        if line.startswith("    "):
            name, _, description = line.strip().partition(" ")
            assert description.strip() == tree.description(block, name) != ""
            shown.add((block, name))
        else:
            block = line.strip()
    assert shown == {(group, name) for group, name in CHOICES if group != "sweep"}  # which another command shows


def test_every_group_is_used_by_a_task(chosen):
    unused = {group for group, _ in CHOICES if group != "task"} - {
        place.split("@")[0] for task in TASKS for place in chosen[task]
    }
    opened = {group for group in unused if opener(group)[0] not in unused | {None}}
    assert unused - opened <= {"sweep"}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_as_it_stands_has_no_fault(task, tasks):
    config = tasks[task].copy()
    with open_dict(config):
        del config["hydra"]
    assert config_faults(plain(config), IN_CONFIGS) == []


@pytest.mark.parametrize("task", TASKS)
def test_a_task_trains_on_its_own_data_beats_nothing_and_says_so(task, tree, tmp_path):
    config = tree.compose([f"task={task}", "run_dir=nowhere", *QUICK])
    if missing := absent(plain(config)):
        pytest.skip(f"SEQMODELS_DATA does not hold {', '.join(missing)}")
    metrics = trained(config, tmp_path)
    assert config.monitor in metrics
    floors = ["floor"] if "_target_" in config.floor else [f"floor/{name}" for name in config.floor]
    assert set(metrics) >= {f"{start}/{name}" for name in config.metric for start in ("val", "test", *floors)}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_trains(name, tree, tmp_path):
    config = tree.compose([f"experiment={name}", "run_dir=nowhere", *QUICK])
    assert config_faults(plain(config), IN_CONFIGS) == []
    if missing := absent(plain(config)):
        pytest.skip(f"SEQMODELS_DATA does not hold {', '.join(missing)}")
    trained(config, tmp_path)


PARTS = [(group, name) for group, name in CHOICES if group not in ("task", "experiment", "sweep")]


@pytest.mark.filterwarnings(OVERFIT)
@pytest.mark.parametrize(("group", "name"), PARTS, ids=[f"{g}={n}" for g, n in PARTS])
def test_a_choice_trains_with_a_task_that_uses_its_group(
    group, name, tree, chosen, trained_with_a_task, files, tmp_path
):
    skip_unless_possible(group, name)
    if (group, name) in trained_with_a_task:
        pytest.skip("a task chooses it, whose own test trains it")
    refusals, missing = [], []
    for number, (task, config) in enumerate(attempts(tree, chosen, group, name, files)):
        settings = plain(copy.deepcopy(config))
        faults = config_faults(settings, IN_CONFIGS)
        if faults:
            refusals.append(f"{task}: {faults}")
        elif gone := absent(settings):
            missing += gone
        else:
            try:
                trained(config, tmp_path / str(number))
            except InputError as error:
                refusals.append(f"{task}: {error}")
            else:
                return
    if missing:
        pytest.skip(f"SEQMODELS_DATA does not hold {', '.join(missing)}")
    pytest.fail("no task trains with it:\n" + "\n".join(refusals))
