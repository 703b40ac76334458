"""Gradients before and after training, of several models and seeds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import torch
from scores.runs import Run

from memory.solved import model_of
from seqmodels.reports.gradient_flow import GradientCurve, gradient_curve
from seqmodels.run.build import IN_CHECKPOINTS, build
from seqmodels.run.inspect import Inspected, inspect_gradients, run_data, some_batches
from seqmodels.run.load import Predictor, load
from seqmodels.types import Batch, Sizes

BEFORE, AFTER = "at initialisation", "after training"
ONE, ALL = "mean ‖J‖", "multiplied"


def curves_of(runs: Iterable[Run], seeds: int, examples: int) -> list[GradientCurve]:
    """Curves of every model, at initialisation over fresh seeds, and after training over the seeds that were trained.

    Args:
        runs: of one task, named by their encoders.
        seeds: how many fresh models, with seeds from 1 on.
        examples: of the validation split, for every model.

    Raises:
        InputError: a run cannot be loaded, or has no recurrence.
    """
    by_model: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_model[model_of(run)].append(run)
    before, after = [], []
    for name, mine in by_model.items():
        trained = [load(run.folder) for run in mine]
        batches = some_batches(run_data(trained[0], IN_CHECKPOINTS), examples)
        fresh = [freshly_made(trained[0], seed) for seed in range(1, seeds + 1)]
        before += pooled(BEFORE, name, fresh, batches)
        after += pooled(AFTER, name, trained, batches)
    return before + after


def freshly_made(predictor: Predictor, seed: int) -> Predictor:
    """The same model with the weights that a training with this seed would begin with."""
    torch.manual_seed(seed)
    sizes = Sizes(predictor.inputs.size, predictor.targets.size)
    model = build(predictor.recipe["model"], IN_CHECKPOINTS, "model", sizes=sizes)
    return Predictor(model, predictor.inputs, predictor.targets, predictor.recipe)


def pooled(panel: str, name: str, models: Sequence[Predictor], batches: Sequence[Batch]) -> list[GradientCurve]:
    """A curve for each part of the lowest layer's state, the examples of all models together."""
    several = [inspect_gradients(model, batches) for model in models]
    beside = _jacobians(several)
    parts = [flow.part for flow in several[0].flows if flow.layer == 1 and flow.direction == "forward"]
    curves = []
    for i, part in enumerate(parts):
        norms = torch.cat([one.flows[i].norms for one in several])
        curves.append(gradient_curve(panel, f"{name} ∂L/∂{part}", norms, beside))
    return curves


def _jacobians(several: Sequence[Inspected]) -> Mapping[str, float]:
    """Medians over models: of one whose relus are all shut at a step it is -inf, the logarithm of 0."""
    found = [one.norms[0][0] for one in several]
    return {ONE: median(norm.one for norm in found), ALL: median(norm.product for norm in found)}


def table(curves: Sequence[GradientCurve]) -> str:
    """A Markdown table: slopes beside what Jacobians do, in log10 a step."""
    rows = ["| when | gradient | slope a step | Jacobians multiplied, a step | mean norm of one Jacobian |"]
    rows.append("|---|---|---|---|---|")
    for curve in curves:
        numbers = (curve.slope, curve.jacobians[ALL], curve.jacobians[ONE])
        rows.append(f"| {curve.panel} | {curve.name} | " + " | ".join(f"{number:+.3f}" for number in numbers) + " |")
    return "\n".join(rows)
