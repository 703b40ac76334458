"""Several runs that answer together."""

from collections.abc import Sequence
from pathlib import Path

from seqmodels.errors import InputError
from seqmodels.run.load import Predictor, load
from seqmodels.topologies import Ensemble, Writer


def load_together(runs: Sequence[str | Path], trust: Sequence[str] = ()) -> Predictor:
    """The model of a run, or several that write as one: p(token) is the mean of theirs.

    Args:
        runs: each a run's folder or a checkpoint.
        trust: further packages whose classes a checkpoint may name.

    Raises:
        InputError: one of them cannot be loaded, writes no sequence, or has other vocabularies than the first.
    """
    first, *others = (load(run, trust) for run in runs)
    if not others:
        return first
    members = []
    for run, predictor in zip(runs, [first, *others], strict=True):
        if not isinstance(predictor.model, Writer):
            kind = type(predictor.model).__name__
            raise InputError(f"{run}: {kind} found, and only models that write a sequence for another one go together")
        for side, field in predictor.recipe["fields"].items():
            if field["learnt"] != first.recipe["fields"][side]["learnt"]:
                raise InputError(
                    f"{run}: other fields.{side} than those of {runs[0]}: train both on the same vocabulary"
                )
        members.append(predictor.model)
    return Predictor(Ensemble(members), first.inputs, first.targets, first.recipe)
