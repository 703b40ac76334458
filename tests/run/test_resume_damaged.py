"""A run whose files are damaged is told so in a line, with the checkpoint that is whole and can be gone on from."""

import json

import pytest
import torch
from interrupted import change, content, copy_of, interrupt, words_for
from omegaconf import OmegaConf

from seqmodels.errors import InputError
from seqmodels.run.recipe import FORMAT
from seqmodels.run.resume import resumed
from seqmodels.run.train import train


@pytest.fixture(scope="module")
def three_steps(tmp_path_factory):
    """A run that was interrupted after three of its six steps."""
    base = tmp_path_factory.mktemp("half")
    assert interrupt([*words_for(base / "data"), f"run_dir={base / 'run'}"], saves=3) == 130
    return base / "run"


@pytest.fixture
def half(three_steps, tmp_path):
    """A copy of it, to be damaged."""
    return copy_of(three_steps, tmp_path / "half")


@pytest.fixture
def last(half):
    return half / "checkpoints" / "last.ckpt"


@pytest.fixture
def one_fault(half, three_steps, monkeypatch):
    """The line that says why the run cannot be gone on with; it stays as it is."""

    def begins(*args):
        raise AssertionError("the training began with a damaged state")

    def ask():
        # As the command line would compose it, in a tenth of the time.
        config = OmegaConf.load(three_steps / "config.yaml")
        config.run_dir = config.resume = str(half)
        before = content(half)
        with monkeypatch.context() as patched:
            patched.setattr("seqmodels.run.train.fit", begins)
            with pytest.raises(InputError) as caught:
                train(config, [])
        assert content(half) == before
        (fault,) = caught.value.faults
        assert "\n" not in fault
        return fault

    return ask


def hint(half):
    return f"; go on from another one that is whole: resume={half / 'checkpoints' / 'previous.ckpt'}"


def flip(path, place):
    damaged = bytearray(path.read_bytes())
    damaged[int(place * len(damaged))] ^= 4
    path.write_bytes(damaged)


@pytest.mark.parametrize("place", [0, 0.3, 0.999])
def test_a_flipped_bit_is_told_and_what_is_whole(place, half, last, one_fault):
    flip(last, place)
    assert one_fault().startswith(f"{last}: ")
    assert one_fault().endswith(hint(half))


def test_what_is_advised_works(half, last, one_fault, refused, said):
    flip(last, 0.5)
    (fault,) = refused("train", f"resume={half}")
    assert fault == one_fault()
    assert said("train", fault.rpartition(": ")[2]).code == 0


@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_a_checkpoint_that_was_cut_off_is_told_and_what_is_whole(share, half, last, one_fault):
    whole = last.read_bytes()
    last.write_bytes(whole[: int(share * len(whole))])
    assert one_fault().startswith(f"{last}: no sha256 found at its end; it is cut off")
    assert one_fault().endswith(hint(half))


def test_where_no_other_one_is_whole_none_is_advised(half, last, one_fault):
    for path in (half / "checkpoints").iterdir():
        path.write_bytes(b"")
    assert one_fault().startswith(f"{last}: no sha256 found at its end")
    assert "go on from" not in one_fault()


def test_the_best_one_is_advised_where_the_one_before_is_damaged_too(half, last, one_fault):
    for name in ("last.ckpt", "previous.ckpt"):
        (half / "checkpoints" / name).write_bytes(b"")
    assert one_fault().endswith(f"resume={half / 'checkpoints' / 'best.ckpt'}")


def not_whole(state):
    state["callbacks"]["Checkpoints"]["whole"] = False


def test_one_that_no_training_can_go_on_from_is_not_advised(half, last, one_fault):
    for name in ("last.ckpt", "previous.ckpt"):
        (half / "checkpoints" / name).write_bytes(b"")
    change(half / "checkpoints" / "best.ckpt", not_whole)  # as one that was saved while gradients were gathered
    assert "go on from" not in one_fault()


def test_one_that_was_saved_for_its_weights_alone_is_refused(half, refused):
    best = half / "checkpoints" / "best.ckpt"
    change(best, not_whole)
    (fault,) = refused("train", f"resume={best}")
    assert fault.startswith(f"{best}: saved for its weights, where no training can go on; wanted last.ckpt")
    assert fault.endswith(f"resume={half / 'checkpoints' / 'last.ckpt'}")


TOLD = ["state_dict", "loops", "callbacks", "optimizer_states", "lr_schedulers", "seqmodels"]
KEYS = [*TOLD, *(key for key in ("epoch", "global_step", "pytorch-lightning_version"))]
KEYS += [key for key in ("running_loss", "skipped", "carried")]
KEYS += [key for key in ("SequenceData", "current_model_state", "averaging_state")]


@pytest.mark.parametrize("key", KEYS)
def test_a_state_with_something_missing_is_told(key, half, last, one_fault):
    change(last, lambda state: state.pop(key))
    assert one_fault().startswith(f"{last}: ")
    assert one_fault().endswith(hint(half))


def test_no_key_of_a_checkpoint_is_left_out_above(last):
    there = set(torch.load(last, weights_only=True))
    assert there == {key if isinstance(key, str) else key.values[0] for key in KEYS}


def shorter_weights(state):
    name = next(iter(state["state_dict"]))
    state["state_dict"][name] = state["state_dict"][name][:2]


def test_weights_of_another_shape_are_told_and_what_is_whole(half, last, one_fault):
    change(last, shorter_weights)
    assert one_fault().startswith(f"{last}: its weights do not fit the model: ")
    assert one_fault().endswith(hint(half))


def optimizer(state):
    return state["optimizer_states"][0]


def moments(how):
    """Changes the moments of the first parameter. A fused optimiser reads and writes where they do not reach."""

    def spoil(state):
        entry = optimizer(state)["state"][0]
        entry["exp_avg"] = how(entry["exp_avg"])

    return spoil


SHAPES = {
    "shorter moments": moments(lambda mean: mean[:2].clone()),
    "a number for moments": moments(lambda mean: torch.tensor(0.0)),
    "moments of one number, seen as many": moments(lambda mean: torch.zeros(1, 1).expand(mean.shape)),
    "moments that are no tensor": moments(lambda mean: mean.tolist()),
    "moments of other parameters": lambda state: optimizer(state)["param_groups"][0]["params"].reverse(),
    "moments by names": lambda state: optimizer(state)["state"].update(first={"exp_avg": torch.zeros(1)}),
    "no moments": lambda state: state.update(optimizer_states=[]),
    "no groups": lambda state: optimizer(state).pop("param_groups"),
    "groups without parameters": lambda state: optimizer(state)["param_groups"][0].pop("params"),
    "averaged weights": lambda state: state["current_model_state"].popitem(),
    "no sums": lambda state: state.update(running_loss=torch.zeros(0, 2)),
    "sums that are none": lambda state: state.update(running_loss=[1.0]),
    "no batches": lambda state: state.update(SequenceData=None),
    "a position behind the end": lambda state: state["SequenceData"].update(position=10**9),
}


# A sha256 says that a file is as it was written, and not by whom.
@pytest.mark.parametrize("name", SHAPES)
def test_a_state_of_another_shape_is_told(name, last, one_fault):
    change(last, SHAPES[name])
    assert one_fault().startswith(f"{last}: ")


@pytest.mark.parametrize("number", [FORMAT - 1, FORMAT + 1])
def test_another_format_is_told(number, half, last, one_fault):
    change(last, lambda state: state["seqmodels"].update(format=number))
    assert one_fault().startswith(
        f"{last}: recipe format {number} found, {FORMAT} wanted; it was written by seqmodels "
    )
    assert one_fault().endswith(hint(half))


def test_a_file_that_is_none_of_ours_is_told(half, last, one_fault):
    torch.save({"state_dict": {}}, last)
    assert one_fault().startswith(f"{last}: no sha256 found")
    assert one_fault().endswith(hint(half))


RECORDS = {
    "empty": "",
    "no list": "seed: 1\n",
    "no words": "- 3\n",
    "no yaml": "{",
    "code": "- !!python/object/apply:os.system [ls]\n",
    "bytes": "\0",
    "no override": "- seed\n",
    "half an override": "- seed=[1\n",
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_is_damaged_is_told(name, half, tree):
    (half / "overrides.yaml").write_text(RECORDS[name])
    with pytest.raises(InputError) as caught:
        resumed([f"resume={half}"], tree, multirun=False)
    (fault,) = caught.value.faults
    assert fault.startswith(f"{half / 'overrides.yaml'}: ")
    assert "\n" not in fault


def test_a_record_that_is_gone_or_names_no_key_is_told(half, refused):
    (half / "overrides.yaml").write_text("- sed=1\n")
    assert refused("train", f"resume={half}")[0].startswith("sed: there is no 'sed' in the config; closest: seed")
    (half / "overrides.yaml").unlink()
    (fault,) = refused("train", f"resume={half}")
    assert fault.startswith(f"{half / 'overrides.yaml'}: ")


CONFIGS = {"no yaml": "{", "bytes": "\0", "a list": "- a\n", "what is not there": "seed: ${nothing}\n"}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_that_is_damaged_is_told(name, half, one_fault):
    (half / "config.yaml").write_text(CONFIGS[name])
    assert one_fault().startswith(f"{half / 'config.yaml'}: ")


def test_a_config_that_lost_its_end_is_another_config(half, refused):
    file = half / "config.yaml"
    file.write_text(file.read_text()[:300].rpartition("\n")[0])
    assert "not there" in refused("train", f"resume={half}")[0]


@pytest.mark.parametrize("name", ["environment.json", "metrics.json"])
@pytest.mark.parametrize("text", ["", "{"])
def test_what_was_noted_and_is_damaged_is_told(name, text, half, one_fault):
    (half / name).write_text(text)
    assert one_fault().startswith(f"{half / name}: cannot be read (")


@pytest.mark.parametrize("text", ["[]", "3", json.dumps({"before": 3})])
def test_an_environment_that_is_none_is_told(text, half, one_fault):
    (half / "environment.json").write_text(text)
    assert one_fault().startswith(f"{half / 'environment.json'}: ")
