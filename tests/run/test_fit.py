"""What is said of a training that cannot go on, and what is left of it."""

import json
import math
import re

import pytest
import torch
from conftest import TAGGED, write_conllu
from drills.resume import different, result
from interrupted import content, interrupt, words_for

from seqmodels.storage import read_checkpoint_file
from seqmodels.topologies import ManyToMany


@pytest.fixture
def words(tmp_path):
    return [*words_for(tmp_path / "data"), "scheduler=none", f"run_dir={tmp_path / 'run'}"]


@pytest.fixture
def checkpoints(tmp_path):
    return tmp_path / "run" / "checkpoints"


@pytest.fixture
def spoil(monkeypatch):
    """Spoils the training loss of some batches, counted from 1: multiplies it by a value, or raises an error."""
    loss = ManyToMany.loss

    def choose(numbers, value):
        seen = [0]

        def spoilt(self, batch):
            seen[0] += 1
            if seen[0] in numbers and isinstance(value, BaseException):
                raise value
            return loss(self, batch) * (value if seen[0] in numbers else 1)

        monkeypatch.setattr(ManyToMany, "loss", spoilt)

    return choose


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_stops_the_run_and_names_step_batch_and_examples(
    value, words, checkpoints, spoil, refused, tmp_path
):
    assert interrupt([*words[:-1], f"run_dir={tmp_path / 'other'}"], saves=3) == 130
    spoil({4}, value)
    (fault,) = refused(*words)
    assert re.match(r"step 4: loss (nan|inf), largest gradient norms: \S+ (nan|inf), ", fault)
    assert "; epoch 2, batch 2, of the examples " in fault
    # Two of the four examples, by file and line; which ones, the order of the second epoch says.
    origins = re.findall(r"train\.conllu:\d+", fault)
    assert len(set(origins)) == 2
    assert "set optim.lr or trainer.gradient_clip_val lower, or nonfinite=skip" in fault
    assert not (tmp_path / "run" / "metrics.json").exists()
    saved, wanted = (read_checkpoint_file(path / "last.ckpt") for path in (checkpoints, tmp_path / "other/checkpoints"))
    assert saved["global_step"] == wanted["global_step"] == 3
    assert all(torch.equal(saved["state_dict"][name], weights) for name, weights in wanted["state_dict"].items())


def test_the_examples_of_all_batches_of_a_step_are_named_and_of_many_ten(words, spoil, refused, tmp_path):
    write_conllu(tmp_path / "data" / "train.conllu", TAGGED * 3)
    spoil({1}, math.nan)
    (fault,) = refused(*words, "batching.batch_size=6", "trainer.accumulate_grad_batches=2")
    assert len(re.findall(r"train\.conllu:\d+", fault)) == 10
    assert " and 2 more. The last checkpoint" in fault


def test_a_run_that_stopped_goes_on_from_its_last_checkpoint(words, spoil, refused, said, tmp_path, monkeypatch):
    assert said(*words[:-1], f"run_dir={tmp_path / 'whole'}").code == 0
    spoil({4}, math.nan)
    refused(*words)
    monkeypatch.undo()
    assert said("train", f"resume={tmp_path / 'run'}").code == 0
    assert different(result(tmp_path / "whole"), result(tmp_path / "run")) is None


def test_steps_that_are_left_out_are_counted_over_interruptions_and_said(words, spoil, said, tmp_path):
    words = [*words, "nonfinite=skip"]
    spoil({2, 3}, math.inf)
    assert interrupt(words, saves=4) == 130
    spoil({1}, math.nan)
    done = said("train", f"resume={tmp_path / 'run'}")
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["skipped_steps"] == 3
    assert "steps skipped because their loss or a gradient was no number: 3" in done.out


def test_of_a_run_without_such_steps_nothing_is_said(words, said, tmp_path):
    done = said(*words, "nonfinite=skip")
    assert done.code == 0, done.err
    assert "skipped" not in done.out
    assert "skipped_steps" not in json.loads((tmp_path / "run" / "metrics.json").read_text())


NO_MEMORY = [
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes."),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB."),
    MemoryError(),
]


@pytest.mark.parametrize(
    ("error", "key", "value"),
    list(zip(NO_MEMORY, ["batch_size", "max_tokens"] * 2, [2, 50] * 2, strict=True)),
    ids=lambda value: str(value)[:20],
)
def test_too_little_memory_names_the_batch_and_the_key(key, value, error, words, checkpoints, spoil, refused):
    spoil({4 if key == "batch_size" else 2}, error)
    (fault,) = refused(*words, f"batching.{key}={value}")
    assert fault.startswith("out of memory at a training batch of ")
    assert re.search(r"a training batch of \d x \d tokens \(epoch 2, batch \d\)", fault)
    assert f"set batching.{key} below {value}" in fault
    assert read_checkpoint_file(checkpoints / "last.ckpt")["global_step"] == (3 if key == "batch_size" else 1)


def test_too_little_memory_in_a_validation_names_its_key(words, refused, monkeypatch):
    def fails(self, batch):
        raise NO_MEMORY[0]

    monkeypatch.setattr(ManyToMany, "evaluate", fails)
    (fault,) = refused(*words)
    assert "set batching.eval_batch_size below 128" in fault


def test_another_error_of_the_model_is_none_of_the_users(words, spoil, said):
    spoil({1}, RuntimeError("a fault of ours"))
    with pytest.raises(SystemExit):  # Hydra prints the traceback
        said(*words)


def test_a_checkpoint_that_cannot_be_written_ends_the_run_and_keeps_the_one_before(
    words, checkpoints, refused, said, tmp_path, monkeypatch
):
    left, save = [2], torch.save

    def full(*args, **settings):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        save(*args, **settings)

    monkeypatch.setattr(torch, "save", full)
    (fault,) = refused(*words)
    assert "the checkpoint could not be written (No space left on device)" in fault
    kept = re.search(r"the one written there before is kept: (\S+)", fault)[1]
    assert read_checkpoint_file(checkpoints / "last.ckpt")
    assert kept in {str(path) for path in checkpoints.iterdir()}
    assert not [name for name in content(checkpoints) if name.endswith(".part")]
    monkeypatch.undo()
    assert said("train", f"resume={tmp_path / 'run'}").code == 0


@pytest.mark.parametrize("writer", ["run.train.write_text", "run.train.write_json", "loggers.csv_log.replacing"])
def test_another_file_that_cannot_be_written_is_told_in_a_line(writer, words, refused, monkeypatch):
    def full(path, *more):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(f"seqmodels.{writer}", full)
    (fault,) = refused(*words)
    assert "No space left on device" in fault
