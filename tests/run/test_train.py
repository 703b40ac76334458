"""What a training run leaves behind, and that the same run twice is the same run."""

import csv
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE

import pytest
import torch
import yaml
from conftest import DATES, TAGGED, tagging

import seqmodels
from seqmodels.errors import InputError
from seqmodels.run.alone import LOCK, alone
from seqmodels.run.environment import git_commit, weights_hash
from seqmodels.run.folder import new_run_folder
from seqmodels.run.process import process_settings

ROOT = seqmodels.__path__[0].rpartition("/")[0]


def read(folder, name="metrics.json"):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_a_run_folder_holds_what_the_readme_says(any_run):
    files = {str(file.relative_to(any_run)) for file in any_run.rglob("*") if file.is_file()}
    wanted = {"config.yaml", "overrides.yaml", "metrics.json", "environment.json", "logs/metrics.csv"}
    assert wanted | {"checkpoints/best.ckpt", "checkpoints/last.ckpt"} <= files
    assert not [name for name in files if "/." in f"/{name}"], "a half-written file was left"


def test_the_metrics_are_flat_numbers_of_every_split_and_the_floor(dates_run, tagger_run):
    common = {"val/loss", "test/loss", "seconds", "epochs", "parameters", "tokens"}
    for folder, metric in [(dates_run, "exact_match"), (tagger_run, "accuracy")]:
        metrics = read(folder)
        more = {"val/perplexity", "test/perplexity", "val/cut", "test/cut"}
        more = {"test/exact_match", "test/unseen_words"} if metric == "accuracy" else more
        assert set(metrics) == common | more | {f"{split}/{metric}" for split in ("val", "test", "floor")}
        assert all(isinstance(value, int | float) and not isinstance(value, bool) for value in metrics.values())
        assert metrics["epochs"] == 1
        assert 0 < metrics["seconds"] < 100
        assert all(0 <= metrics[f"{split}/{metric}"] <= 1 for split in ("val", "test", "floor"))


def test_the_tokens_are_those_of_the_inputs_once_an_epoch(tagger_run):
    assert read(tagger_run)["tokens"] == sum(len(sentence.split()) // 2 for sentence in TAGGED)


def test_the_parameters_are_those_in_the_checkpoint(any_run):
    model = seqmodels.load(any_run).model
    assert read(any_run)["parameters"] == sum(p.numel() for p in model.parameters())


def test_the_environment_says_what_a_result_depends_on(any_run):
    facts = read(any_run, "environment.json")
    assert facts["versions"]["torch"] == torch.__version__
    assert facts["versions"]["python"] == sys.version.split()[0]
    assert {"pytorch-lightning", "torchmetrics", "hydra-core"} <= set(facts["versions"])
    assert facts["device"] == "cpu"
    assert facts["seed"] == 1
    assert facts["process"] == process_settings()
    assert facts["process"]["GOMP_SPINCOUNT"] == os.environ["GOMP_SPINCOUNT"]
    assert facts["git_commit"] == git_commit()
    assert set(facts["data_sha256"]) == {"train", "val", "test"}
    assert all(len(digest) == 64 for digest in [*facts["data_sha256"].values(), facts["weights_sha256"]])


@pytest.mark.parametrize(
    ("words", "size"),
    [
        (["batching.batch_size=3"], "2 of up to 3 examples, 84.6 %"),  # lengths 2, 2, 3 and 4
        (["batching.max_tokens=6"], "3 of up to about 6 tokens with padding, 100.0 %"),
    ],
    ids=["batch_size", "max_tokens"],
)
def test_the_start_of_a_run_tells_the_batches_and_their_padding(words, size, said, tmp_path):
    result = said("train", *tagging(tmp_path / "data"), *words, f"runs={tmp_path / 'runs'}")
    assert f"batches: {size} of the tokens in them real" in result.out.splitlines()


def test_the_hash_of_the_data_follows_its_content_and_nothing_else(tagger_run):
    examples = [[["the", "dog", "barks"], ["DET", "NOUN", "VERB"]], [["dogs", "bark"], ["NOUN", "VERB"]]]
    examples += [[["a", "cat"], ["DET", "NOUN"]], [["she", "saw", "the", "cat"], ["PRON", "VERB", "DET", "NOUN"]]]
    text = "".join(json.dumps(example) + "\n" for example in examples)
    wanted = hashlib.sha256(text.encode()).hexdigest()
    assert read(tagger_run, "environment.json")["data_sha256"] == dict.fromkeys(("train", "val", "test"), wanted)


def test_the_hash_of_the_weights_is_that_of_the_best_checkpoint(any_run):
    weights = torch.load(any_run / "checkpoints" / "best.ckpt", weights_only=True)["state_dict"]
    assert read(any_run, "environment.json")["weights_sha256"] == weights_hash(weights)


def test_the_hash_of_weights_changes_with_every_bit_name_and_shape():
    weights = {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor(3)}
    others = [
        {"a": torch.tensor([1.0, torch.nextafter(torch.tensor(2.0), torch.tensor(3.0))]), "b": torch.tensor(3)},
        {"a": torch.tensor([[1.0, 2.0]]), "b": torch.tensor(3)},
        {"a": torch.tensor([1.0, 2.0]), "c": torch.tensor(3)},
        {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor(3, dtype=torch.int32)},
        {"a": torch.tensor([1.0, 2.0])},
    ]
    assert len({weights_hash(w) for w in [weights, *others]}) == 1 + len(others)
    assert weights_hash(dict(reversed(weights.items()))) == weights_hash(weights)


def test_the_config_and_the_command_line_are_kept(dates_run):
    config = yaml.safe_load((dates_run / "config.yaml").read_text())
    assert config["data"]["train"] == 64
    assert config["run_dir"] == str(dates_run)
    assert set(DATES) <= set(yaml.safe_load((dates_run / "overrides.yaml").read_text()))


def test_the_log_holds_the_validated_metrics(dates_run):
    with (dates_run / "logs" / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    logged = [float(row["val/loss"]) for row in rows if row.get("val/loss")]
    assert logged
    assert logged[0] == pytest.approx(read(dates_run)["val/loss"])


def test_the_scores_of_the_test_split_are_those_that_evaluate_prints(any_run, said):
    result = said("evaluate", any_run, "--json")
    assert result.code == 0, result.err
    wanted = {k: v for k, v in read(any_run).items() if k.startswith(("test/", "floor/"))}
    assert json.loads(result.out) == pytest.approx(wanted, rel=1e-6)


@pytest.fixture(scope="module")
def repeated(tmp_path_factory):
    """Metrics and weights of the same training with some seeds."""

    def train(seed):
        base = tmp_path_factory.mktemp("repeated")
        assert seqmodels_train(*tagging(base / "data"), f"seed={seed}", f"runs={base / 'runs'}") == 0
        (folder,) = (base / "runs" / "pos_tagging").iterdir()
        metrics = {k: v for k, v in read(folder).items() if k != "seconds"}
        return metrics, read(folder, "environment.json")["weights_sha256"]

    return [train(seed) for seed in (3, 3, 4)]


def seqmodels_train(*words):
    from seqmodels.run.cli import run

    return run(["train", *words])


def test_the_same_seed_gives_the_same_weights_and_metrics(repeated):
    assert repeated[0] == repeated[1]


def test_another_seed_gives_other_weights(repeated):
    assert repeated[0][1] != repeated[2][1]
    assert repeated[0][0]["val/loss"] != repeated[2][0]["val/loss"]


def test_threads_that_start_in_the_same_second_get_folders_of_their_own(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        folders = list(pool.map(lambda _: new_run_folder(tmp_path, "dates"), range(100)))
    assert len(set(folders)) == 100
    assert all(folder.is_dir() and folder.parent == tmp_path / "dates" for folder in folders)


def test_processes_that_start_in_the_same_second_get_folders_of_their_own(tmp_path):
    # Importing the room seqmodels.storage takes torch along, six seconds; making a folder needs none of it.
    code = "import sys, types\nroom = sys.modules['seqmodels.storage'] = types.ModuleType('storage')\n"
    code += "room.write_text = print\nfrom seqmodels.run.folder import new_run_folder as new\n"
    code += "for _ in range(30): print(new('.', 'dates'))"
    command = [sys.executable, "-c", code]
    started = [
        subprocess.Popen(command, cwd=tmp_path, env={"PYTHONPATH": ROOT}, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    folders = [line for process in started for line in process.communicate()[0].split()]
    assert len(folders) == len(set(folders)) == 120


def test_two_runs_in_the_same_second_do_not_meet(said, tmp_path, monkeypatch):
    class Frozen:
        @staticmethod
        def now():
            import datetime

            return datetime.datetime(2026, 3, 3, 9, 30, 0)

    monkeypatch.setattr("seqmodels.run.folder.datetime", Frozen)
    folders = [new_run_folder(tmp_path, "x").name for _ in range(3)]
    assert folders == ["2026-03-03_09-30-00", "2026-03-03_09-30-00_2", "2026-03-03_09-30-00_3"]


def test_a_folder_that_cannot_be_made_is_told(refused, tmp_path):
    (tmp_path / "file").write_text("")
    (fault,) = refused("train", *DATES, f"runs={tmp_path / 'file'}")
    assert fault.startswith(f"runs={tmp_path / 'file'}: the run's folder cannot be made there")


@pytest.mark.parametrize("more", [[], ["-m", "seed=5"]], ids=["one", "multirun"])
def test_a_folder_may_have_any_name(more, said, tmp_path):
    runs = tmp_path / "été, (it's) [a=b] {c}"
    quoted = str(runs).replace("'", "\\'")
    result = said("train", *tagging(tmp_path / "data"), f"runs='{quoted}'", *more)
    assert result.code == 0, result.err
    assert len(list(runs.rglob("metrics.json"))) == 1


def multiruns(runs):
    """The folders of the jobs of the only multirun, in their order."""
    (sweep,) = runs.glob("*/multirun/*")
    return sorted(path for path in sweep.iterdir() if path.is_dir())


def test_a_multirun_makes_a_run_of_every_value_and_a_failing_one_stops_no_other(said, tmp_path):
    files = tagging(tmp_path / "data")
    # Found only when the data is read, so the check before all jobs cannot see it.
    broken = tmp_path / "broken.conllu"
    broken.write_text("1\tonly\n")
    good = [word for word in files if not word.startswith("data.val=")]
    values = f"data.val={tmp_path / 'data' / 'val.conllu'},{broken},{tmp_path / 'data' / 'test.conllu'}"
    result = said("train", *good, "-m", values, f"runs={tmp_path / 'runs'}")
    assert result.code == 2
    assert f"{broken}:1: 2 columns found" in result.err
    assert "Traceback" not in result.err
    folders = multiruns(tmp_path / "runs")
    assert len(folders) == 3
    assert [(folder / "metrics.json").is_file() for folder in folders] == [True, False, True]


def test_a_multirun_of_two_seeds_makes_two_different_runs(said, tmp_path):
    result = said("train", *tagging(tmp_path / "data"), "--multirun", "seed=1,2", f"runs={tmp_path / 'runs'}")
    assert result.code == 0, result.err
    facts = [read(folder, "environment.json") for folder in multiruns(tmp_path / "runs")]
    assert [fact["seed"] for fact in facts] == [1, 2]
    assert facts[0]["weights_sha256"] != facts[1]["weights_sha256"]


def test_validation_scores_are_those_of_the_best_checkpoint_when_the_last_is_worse(said, tmp_path, monkeypatch):
    # Where the highest loss is the best (which is refused), the first epoch is the best and the last the worst.
    monkeypatch.setattr("seqmodels.run.check._mode_faults", lambda *settings: [])
    words = ["task=date_language", "data.train=300", "data.val=50", "data.test=50", "trainer.max_epochs=6"]
    words += ["monitor=val/loss", "mode=max"]
    assert said("train", *words, f"runs={tmp_path}").code == 0
    (folder,) = (tmp_path / "date_language").iterdir()
    metrics = json.loads((folder / "metrics.json").read_text())
    again = json.loads(said("evaluate", folder, "--split", "val", "--json").out)
    last = json.loads(said("evaluate", folder / "checkpoints" / "last.ckpt", "--split", "val", "--json").out)
    assert metrics["val/loss"] == pytest.approx(again["val/loss"], rel=1e-6)
    assert last["val/loss"] < 0.99 * again["val/loss"]


@pytest.mark.parametrize(
    "words", [["trainer.precision=bf16-mixed"], ["optim=adamw"], ["optim=sgd", "scheduler=plateau"]]
)
def test_every_precision_and_optimiser_of_a_cpu_trains(words, said, tmp_path):
    small = ["task=date_language", "data.train=100", "data.val=20", "data.test=20", "trainer.max_epochs=1"]
    result = said("train", *small, *words, f"runs={tmp_path}")
    assert result.code == 0, result.err


LOCKS = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_folder_in_which_another_process_trains_is_left_to_it(said, refused, tmp_path):
    small = ["data.train=300", "data.val=50", "data.test=50", "trainer.max_epochs=1"]
    words, folder = ["task=date_language", *small], tmp_path / "mine"
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", LOCKS, folder / LOCK], stdin=PIPE, stdout=PIPE) as other:
        assert other.stdout.readline() == b"locked\n"
        for more in ([], ["resume=last"]):
            (fault,) = refused("train", *words, *more, f"run_dir={folder}")
            assert fault.startswith(f"run_dir={folder}: another process trains there now")
        assert [path.name for path in folder.iterdir()] == [LOCK]
        other.stdin.close()
    done = said("train", *words, f"run_dir={folder}")
    assert done.code == 0, done.err
    assert not (folder / LOCK).exists()
    with pytest.raises(InputError), alone(tmp_path / "other" / "run"):
        raise InputError("it is refused")
    assert not (tmp_path / "other").exists()


def test_a_folder_in_which_a_run_lies_is_not_written_to_again(said, refused, tmp_path):
    small = ["task=date_language", "data.train=100", "data.val=20", "data.test=20", "trainer.max_epochs=1"]
    assert said("train", *small, f"run_dir={tmp_path / 'mine'}").code == 0
    before = (tmp_path / "mine" / "metrics.json").read_bytes()
    assert "a run lies there already" in refused("train", *small, "seed=2", f"run_dir={tmp_path / 'mine'}")[0]
    assert (tmp_path / "mine" / "metrics.json").read_bytes() == before
    assert "run_dir" not in (tmp_path / "mine" / "overrides.yaml").read_text()
