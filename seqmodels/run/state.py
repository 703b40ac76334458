"""The state of a training in a checkpoint, held against what is to go on with it before anything is touched."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Trainer

from seqmodels.callbacks import AveragedSgd, Checkpoints, WeightAverage
from seqmodels.callbacks.best import BEST, LAST, PREVIOUS
from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.run.load import read_checkpoint
from seqmodels.run.renewed import Renewed
from seqmodels.topologies import Topology

NEEDED = ["epoch", "global_step", "pytorch-lightning_version", "loops", "callbacks", "optimizer_states"]
NEEDED += ["lr_schedulers", "running_loss", "skipped", "carried", "SequenceData"]
Known = Callable[[Mapping[str, Any]], object]
AVERAGED = ["current_model_state", "averaging_state"]
AVERAGES = {kind.__name__ for kind in (AveragedSgd, WeightAverage)}


def read_state(path: Path, model: Topology, data: SequenceData, trainer: Trainer, known: Known) -> dict[str, Any]:
    """A checkpoint that this model can go on from, with these data and this Trainer.

    Args:
        path: the checkpoint.
        model, data, trainer: what is to go on.
        known: raises an error if the checkpoint is one of other data or vocabularies.

    Raises:
        InputError: it cannot be read, or they cannot; names one beside it from which they can.
    """

    def check(candidate: Path) -> dict[str, Any]:
        state = read_checkpoint(candidate)
        fault = _missing(state)
        if fault is None:
            known(state)
            fault = _misfit(state, model, trainer) or _other_batches(state, data, trainer)
        if fault is not None:
            raise InputError(f"{candidate}: {fault}")
        return state

    try:
        return check(path)
    except InputError as error:
        hint = other_than(path, check)
        raise InputError([f"{fault}{hint}" for fault in error.faults]) from error


def other_than(path: Path, check: Callable[[Path], object]) -> str:
    """What to advise in place of a checkpoint: one of its neighbours, if it passes the check."""
    for name in (LAST, PREVIOUS, BEST):
        other = path.parent / name
        if other == path:
            continue
        try:
            check(other)
        except InputError:
            continue
        return f"; go on from another one that is whole: resume={other}"
    return ""


def _missing(state: Mapping[str, Any]) -> str | None:
    averaged = AVERAGED if AVERAGES & set(state.get("callbacks") or {}) else []
    missing = [key for key in (*NEEDED, *averaged) if key not in state]
    if missing:
        return f"it has not the whole state of a training, {', '.join(missing)} is missing; wanted {LAST}"
    if not (state["callbacks"].get(Checkpoints.__name__) or {}).get("whole"):
        return f"saved for its weights, where no training can go on; wanted {LAST}"
    return None


def _misfit(state: Mapping[str, Any], model: Topology, trainer: Trainer) -> str | None:
    renewed = (callback.fault(state["callbacks"]) for callback in _callbacks(trainer) if isinstance(callback, Renewed))
    if (fault := next(renewed, None)) is not None:
        return fault
    averages = AVERAGES & {type(callback).__name__ for callback in _callbacks(trainer)}
    if averages != AVERAGES & set(state["callbacks"]):
        return "its weights were averaged in another way than they are to be now, or not at all; begin a new run"
    for name in ("state_dict", "current_model_state")[: 1 + len(averages)]:
        try:
            model.load_state_dict(state[name])
        except RuntimeError as error:
            return f"its weights do not fit the model: {' '.join(str(error).split())[:500]}"
    sums = state["running_loss"]
    if not isinstance(sums, torch.Tensor) or sums.dim() != 2 or not len(sums) or sums.shape[1] not in (2, 3):
        return "its sums of the loss are none; the file is damaged"
    carried = () if state["carried"] is None else state["carried"]  # None where a model carries nothing
    if not isinstance(carried, tuple) or not all(isinstance(part, torch.Tensor) for part in carried):
        return "what it carries from batch to batch is no state; the file is damaged"
    return _foreign_optimizer(state["optimizer_states"], model)


def _other_batches(state: Mapping[str, Any], data: SequenceData, trainer: Trainer) -> str | None:
    if trainer.overfit_batches:  # type: ignore[attr-defined]
        return None  # it goes on at the beginning of an epoch
    try:
        data.batches("train").load_state_dict(state["SequenceData"])
    except AttributeError:
        return "its place in the data is damaged"
    except ValueError as error:
        return f"its batches were other ones, so nothing can go on in the middle of them: {error}; begin a new run"
    return None


def _foreign_optimizer(states: Any, model: Topology) -> str | None:
    """A fused optimiser reads and writes beyond the end of a state of another shape, so shapes are looked at first."""
    mine = model.learning.optimizer(model.parameters())
    parameters = [p for group in mine.param_groups for p in group["params"]]
    try:
        (state,) = states
        groups, entries = state["param_groups"], state["state"]
        settings = [set(group) - {"initial_lr"} for group in groups]
        numbers = [number for group in groups for number in group["params"]]
        faults = [_foreign_entry(parameters, number, entry) for number, entry in entries.items()]
    except (AttributeError, KeyError, TypeError, ValueError):
        return "its optimiser's state is damaged"
    if settings != [set(group) - {"initial_lr"} for group in mine.param_groups] or numbers != [*range(len(parameters))]:
        return f"its optimiser is another kind than {type(mine).__name__}, or of other parameters; begin a new run"
    return next((fault for fault in faults if fault is not None), None)


def _foreign_entry(parameters: list[torch.nn.Parameter], number: Any, entry: Mapping[str, Any]) -> str | None:
    if type(number) is not int or not 0 <= number < len(parameters):
        return f"its optimiser has a state of parameter {number!r}, of {len(parameters)}"
    wanted = parameters[number].shape
    for name, value in entry.items():
        if value is None or (name == "step" and (isinstance(value, int | float) or value.numel() == 1)):
            continue
        if not isinstance(value, torch.Tensor) or value.shape != wanted or not value.is_contiguous():
            found = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
            return f"its optimiser's {name} of parameter {number} is {found}, wanted {tuple(wanted)} in one piece"
    return None


def _callbacks(trainer: Trainer) -> list[Any]:
    return list(trainer.callbacks)  # type: ignore[attr-defined]
