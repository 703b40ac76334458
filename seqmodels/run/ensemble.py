"""Several runs that answer together."""

from collections.abc import Sequence
from pathlib import Path

from seqmodels.errors import InputError
from seqmodels.nn.heads import CategoricalHead
from seqmodels.run.load import Predictor, load
from seqmodels.topologies import Answerer, Committee, Ensemble, Topology, Writer


def load_together(runs: Sequence[str | Path], trust: Sequence[str] = (), scored: bool = False) -> Predictor:
    """The model of a run, or several that answer as one: p(token) or p(label) is the mean of theirs.

    Args:
        runs: each a run's folder or a checkpoint.
        trust: further packages whose classes a checkpoint may name.
        scored: whether they are to be scored on the data of the first.

    Raises:
        InputError: one of them cannot be loaded, neither writes a sequence nor labels by a categorical head as the
            first does, or has other vocabularies than it; it is to be scored and learnt from other data, which may
            have examples in it that the first is tested with.
    """
    first, *others = (load(run, trust) for run in runs)
    if not others:
        return first
    for run, predictor in zip(runs, [first, *others], strict=True):
        if (kind := _kind(predictor.model)) is None or kind is not _kind(first.model):
            raise InputError(
                f"{run}: {type(predictor.model).__name__} found; wanted models that all write a sequence for another "
                "one, or that all label what they read with model/head=categorical"
            )
        if scored and predictor.recipe.get("data_sha256") != first.recipe.get("data_sha256"):
            raise InputError(
                f"{run}: trained on other data or another split than {runs[0]}, wanted the same to be scored"
            )
        for side, field in predictor.recipe["fields"].items():
            if field["learnt"] != first.recipe["fields"][side]["learnt"]:
                raise InputError(
                    f"{run}: other fields.{side} than those of {runs[0]}: train both on the same vocabulary"
                )
    models = [predictor.model for predictor in (first, *others)]
    writers = [model for model in models if isinstance(model, Writer)]
    answerers = [model for model in models if isinstance(model, Answerer)]
    return Predictor(Ensemble(writers) if writers else Committee(answerers), first.inputs, first.targets, first.recipe)


def first_of(model: Topology) -> Topology:
    """The model of the first run, where several answer together."""
    first = model.members[0] if isinstance(model, Ensemble | Committee) else model
    assert isinstance(first, Topology)
    return first


def _kind(model: Topology) -> type[Topology] | None:
    """What it does together with others of its kind; None of what does nothing."""
    if isinstance(model, Writer):
        return Writer
    return Answerer if isinstance(model, Answerer) and isinstance(model.head, CategoricalHead) else None
