"""Which checkpoints are kept: the best ones, held against a sorting of all."""

import random

import pytest
import torch
from test_checkpoints import EPOCHS, Toy, fit

from seqmodels.callbacks import Checkpoints
from seqmodels.storage import CheckpointFiles, read_checkpoint_file


def drawn(seed, count=40):
    """Scores, many of which are the same."""
    draw = random.Random(seed)
    return [draw.choice([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) for _ in range(count)]


def ranked(validated, mode, keep):
    """The steps of the best validations, the best first, and of those that are as good the earlier first."""
    sign = 1 if mode == "min" else -1
    return [step for step, _ in sorted(validated, key=lambda entry: (sign * entry[1], entry[0]))[:keep]]


def steps_in(folder):
    """The step that each file says it was saved at."""
    return {path.name: read_checkpoint_file(path)["global_step"] for path in folder.glob("*.ckpt")}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("keep", [1, 2, 3])
@pytest.mark.parametrize("mode", ["min", "max"])
def test_the_best_ones_are_kept_and_of_two_that_are_as_good_the_earlier(mode, keep, seed, tmp_path):
    model = Toy(drawn(seed))
    fit(model, Checkpoints(str(tmp_path), "val/score", mode, keep), val_check_interval=1)
    best = ranked(model.validated, mode, keep)
    steps = steps_in(tmp_path)
    assert steps.pop("best.ckpt") == best[0]
    assert steps.pop("last.ckpt") == model.validated[-1][0]
    assert steps.pop("previous.ckpt") == model.validated[-2][0]
    assert steps == ({f"step-{step}.ckpt": step for step in best} if keep > 1 else {})
    assert not list(tmp_path.glob(".*")), "something was left half-written"


@pytest.mark.parametrize("keep", [1, 3])
def test_at_every_moment_the_best_so_far_are_there(keep, tmp_path, monkeypatch):
    save, model, seen = Checkpoints.save, Toy(drawn(9)), []

    def looked_at(self, trainer):
        save(self, trainer)
        seen.append(trainer.global_step)
        best = ranked(model.validated, "max", keep)
        steps = steps_in(tmp_path)
        assert [steps.get("best.ckpt")] == (best[:1] or [None])
        assert keep == 1 or {f"step-{step}.ckpt": step for step in best}.items() <= steps.items()

    monkeypatch.setattr(Checkpoints, "save", looked_at)
    fit(model, Checkpoints(str(tmp_path), "val/score", "max", keep, save_every=1), val_check_interval=2)
    assert seen == list(range(1, 7 * EPOCHS + 1))


def test_a_run_that_goes_on_knows_the_best_of_before(tmp_path):
    scores = drawn(2)
    whole, parts = Toy(scores), Toy(scores)
    fit(whole, Checkpoints(str(tmp_path / "whole"), "val/score", keep=3))
    fit(parts, Checkpoints(str(tmp_path / "parts"), "val/score", keep=3), max_epochs=1)
    again = Toy(scores)
    again.validated = list(parts.validated)
    fit(again, Checkpoints(str(tmp_path / "parts"), "val/score", keep=3), start=tmp_path / "parts" / "last.ckpt")
    assert again.validated == whole.validated
    assert steps_in(tmp_path / "parts") == steps_in(tmp_path / "whole")


def forked(tmp_path, scores, keep):
    """A training of two epochs, what it was then, and the end of a third one that is the best."""
    folder, fork = tmp_path / "run", tmp_path / "fork.ckpt"
    fit(Toy(scores[:2]), Checkpoints(str(folder), "val/score", "min", keep), max_epochs=2)
    fork.write_bytes((folder / "last.ckpt").read_bytes())
    fit(Toy(scores[2:]), Checkpoints(str(folder), "val/score", "min", keep), start=fork)
    assert steps_in(folder)["best.ckpt"] == 3 * 7
    return folder, fork


def test_the_best_of_a_branch_that_was_left_is_not_the_best_of_the_other(tmp_path, capsys):
    folder, fork = forked(tmp_path, [0.4, 0.9, 0.2], keep=1)
    fit(Toy([0.6, 0.5]), Checkpoints(str(folder), "val/score"), start=fork, max_epochs=4)
    best = read_checkpoint_file(folder / "best.ckpt")
    assert (best["global_step"], best["callbacks"]["Checkpoints"]["best"]) == (4 * 7, [(-0.5, 4 * 7)])
    assert "the checkpoint of step 7 was one of the best, and is gone" in capsys.readouterr().err


def test_where_nothing_follows_the_branch_that_was_left_has_no_best_either(tmp_path):
    folder, fork = forked(tmp_path, [0.4, 0.9, 0.2], keep=1)
    fit(Toy(), Checkpoints(str(folder), "val/score"), start=fork, max_epochs=2)
    assert not (folder / "best.ckpt").exists()


def test_a_best_that_both_branches_had_is_found_where_it_lies(tmp_path, capsys):
    folder, fork = forked(tmp_path, [0.4, 0.9, 0.2], keep=3)
    fit(Toy([0.6]), Checkpoints(str(folder), "val/score", keep=3), start=fork)
    steps = {"best.ckpt": 7, "previous.ckpt": 21, "last.ckpt": 21, "step-7.ckpt": 7, "step-14.ckpt": 14}
    assert steps_in(folder) == steps | {"step-21.ckpt": 21}
    assert read_checkpoint_file(folder / "step-21.ckpt")["callbacks"]["Checkpoints"]["best"][1][1] == 21
    assert not capsys.readouterr().err


@pytest.mark.parametrize("keep", [1, 2])
def test_the_best_may_be_what_is_gone_on_from(keep, tmp_path):
    folder, fork = forked(tmp_path, [0.9, 0.4, 0.2], keep)
    fit(Toy([0.8]), Checkpoints(str(folder), "val/score", keep=keep), start=fork)
    assert steps_in(folder)["best.ckpt"] == 14


def test_another_branch_s_checkpoint_of_the_same_step_is_not_the_best(tmp_path):
    folder, fork = forked(tmp_path, [0.9, 0.8, 0.2], keep=1)
    other = tmp_path / "other.ckpt"
    other.write_bytes((folder / "last.ckpt").read_bytes())  # step 21, 0.2
    fit(Toy([0.7]), Checkpoints(str(folder), "val/score"), start=fork)  # step 21, 0.7
    fit(Toy([0.3]), Checkpoints(str(folder), "val/score"), start=other, max_epochs=4)
    best = read_checkpoint_file(folder / "best.ckpt")
    assert best["callbacks"]["Checkpoints"]["best"][0][0] == pytest.approx(-0.2)


@pytest.mark.parametrize("left", ["nothing", "damage", "weights alone"])
def test_a_best_that_is_gone_is_taken_from_the_last(left, tmp_path):
    fit(Toy([0.1]), Checkpoints(str(tmp_path), "val/score"), max_epochs=1)
    (tmp_path / "best.ckpt").unlink()
    if left == "damage":
        (tmp_path / "best.ckpt").write_bytes(b"no checkpoint")
    elif left == "weights alone":
        CheckpointFiles().save_checkpoint({"state_dict": {}}, tmp_path / "best.ckpt")
    fit(Toy([0.3, 0.4]), Checkpoints(str(tmp_path), "val/score"), start=tmp_path / "last.ckpt")
    assert steps_in(tmp_path)["best.ckpt"] == 7


@pytest.mark.parametrize("keep", [1, 2])
def test_killed_between_the_best_and_the_last_a_training_ends_with_the_same_ones(keep, tmp_path, monkeypatch):
    scores = [0.5, 0.6, 0.4]
    fit(Toy(scores), Checkpoints(str(tmp_path / "whole"), "val/score", keep=keep))
    folder, save = tmp_path / "parts", Checkpoints._save_best

    def killed(self, trainer):
        done = save(self, trainer)
        if trainer.global_step == 21:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(Checkpoints, "_save_best", killed)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        fit(Toy(scores), Checkpoints(str(folder), "val/score", keep=keep))
    monkeypatch.setattr(Checkpoints, "_save_best", save)
    assert (steps_in(folder)["best.ckpt"], steps_in(folder)["last.ckpt"]) == (21, 14)
    fit(Toy(scores[2:]), Checkpoints(str(folder), "val/score", keep=keep), start=folder / "last.ckpt")
    assert steps_in(folder) == steps_in(tmp_path / "whole")


@pytest.mark.parametrize("keep", [1, 2])
def test_the_best_is_kept_though_its_validation_falls_into_a_step(keep, tmp_path):
    # Batches 1 to 7, a step after every third and the last; validated after 2, 4 and 6, best after 2 and then after 4.
    model = Toy([0.2, 0.1, 0.9])
    fit(
        model,
        Checkpoints(str(tmp_path), "val/score", keep=keep),
        max_epochs=1,
        accumulate_grad_batches=3,
        val_check_interval=2,
    )
    best = read_checkpoint_file(tmp_path / "best.ckpt")
    assert best["global_step"] == 1
    assert best["state_dict"]["weight"] != read_checkpoint_file(tmp_path / "last.ckpt")["state_dict"]["weight"]
    assert not best["callbacks"]["Checkpoints"]["whole"], "no training can go on from the middle of a step"


def test_a_step_that_is_validated_twice_is_kept_once(tmp_path):
    # Steps after batches 2, 4, 6 and 7: every step is validated while the next one's gradients are gathered, too.
    model = Toy([0.4, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1])
    settings = {"accumulate_grad_batches": 2, "val_check_interval": 1, "max_epochs": 1}
    fit(model, Checkpoints(str(tmp_path), "val/score", keep=3), **settings)
    assert {name for name in steps_in(tmp_path) if name.startswith("step-")} == {
        f"step-{step}.ckpt" for step in (2, 3, 4)
    }


@pytest.mark.parametrize(("scores", "keep"), [([float("nan"), 0.5, 0.4], 1), ([0.5, float("nan"), 0.4], 2)])
def test_a_score_that_is_no_number_is_never_among_the_best(scores, keep, tmp_path):
    model, mode = Toy(scores), "min"
    fit(model, Checkpoints(str(tmp_path), "val/score", mode, keep))
    numbers = [entry for entry in model.validated if entry[1] == entry[1]]
    assert steps_in(tmp_path)["best.ckpt"] == ranked(numbers, mode, 1)[0]


def test_what_is_kept_holds_the_weights_of_its_step(tmp_path):
    model, weights = Toy(drawn(5)), {}
    end = model.on_validation_epoch_end

    def noted():
        end()
        weights[model.trainer.global_step] = model.weight.detach().clone()

    model.on_validation_epoch_end = noted
    fit(model, Checkpoints(str(tmp_path), "val/score", keep=3), val_check_interval=1)
    for path in tmp_path.glob("*.ckpt"):
        state = read_checkpoint_file(path)
        assert torch.equal(state["state_dict"]["weight"], weights[state["global_step"]])
