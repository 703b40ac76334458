"""What order is worth: how far answers move when words are shuffled, and what is right with and without order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from statistics import mean, stdev
from typing import NamedTuple

import torch
from scores.runs import Run

from seqmodels.data import Example, Shuffled
from seqmodels.errors import InputError
from seqmodels.floors import AveragedVectors, BagOfWords, LabelFloor, Tfidf
from seqmodels.run.build import IN_CHECKPOINTS, build
from seqmodels.run.load import Predictor, load
from seqmodels.topologies import ManyToOne

QUESTIONS, PAIRS = "question_type", "word_order"
SHARE = 0.95  # of a confidence interval
NAMES = {"BagEncoder": "mean of learnt vectors", "MlpEncoder": "dense layers"}
METHODS: dict[str, LabelFloor] = {
    "bag of words": BagOfWords(),
    "TF-IDF of words": Tfidf(ngrams=[1, 1]),
    "averaged vectors": AveragedVectors(),
    "TF-IDF of words and pairs": Tfidf(ngrams=[1, 2]),
}


class Reached(NamedTuple):
    """What a method gets right.

    Args:
        task: ``word_order`` or ``question_type``.
        method: its name.
        shuffled: whether the words stood in any order.
        scores: accuracy by seed; of a floor, the one that all seeds have.
        seeded: whether it depends on the seed.
    """

    task: str
    method: str
    shuffled: bool
    scores: Mapping[int, float]
    seeded: bool = True


class Moved(NamedTuple):
    """How far what a method says of a text moves when its words are shuffled.

    Args:
        method: its name.
        largest: max over texts and labels of |log p(label | text) - log p(label | shuffled text)|, in nats.
        changed: the share of texts that get another label.
    """

    method: str
    largest: float
    changed: float


class Interval(NamedTuple):
    """A mean difference, and where it lies with 95 % confidence (Student's t over pairs of one seed)."""

    difference: float
    low: float
    high: float
    pairs: int


def reached(runs: Iterable[Run]) -> list[Reached]:
    """Accuracy on test by task, method and order, seeds together; the floors of a task behind its models.

    Raises:
        InputError: a run is of another task, or a seed is there twice.
    """
    models: dict[tuple[str, str, bool], dict[int, float]] = defaultdict(dict)
    floors: dict[tuple[str, str, bool], dict[int, float]] = defaultdict(dict)
    for run in runs:
        if run.task not in (QUESTIONS, PAIRS):
            raise InputError(f"{run.folder}: task {run.task} found, wanted {PAIRS} or {QUESTIONS}")
        shuffled, seed = is_shuffled(run), run.facts["seed"]
        if seed in models[run.task, method_of(run), shuffled]:
            raise InputError(f"{run.folder}: a second run of {run.task} with seed {seed}; leave one out")
        models[run.task, method_of(run), shuffled][seed] = run.metrics["test/accuracy"]
        for name in run.config["floor"]:
            floors[run.task, name.replace("_", " "), shuffled] = {seed: run.metrics[f"floor/{name}/accuracy"]}
    found = [Reached(*key, scores, scored is models) for scored in (models, floors) for key, scores in scored.items()]
    return sorted(found, key=lambda one: (one.task == QUESTIONS, one.shuffled))


def is_shuffled(run: Run) -> bool:
    """Whether the run read words in any order."""
    return str(run.config["data"]["_target_"]).endswith(".Shuffled")


def method_of(run: Run) -> str:
    """What reads in a run."""
    encoder = run.config["model"]["encoder"]
    both = "Bi" if encoder.get("bidirectional") else ""
    kind = encoder["_target_"].rpartition(".")[2]
    return both + encoder["cell"].upper() if "cell" in encoder else NAMES.get(kind, kind)


def difference(found: Sequence[Reached]) -> Interval:
    """How much more of the questions is right with order than without, seed by seed.

    Raises:
        InputError: fewer than two seeds have both.
    """
    by_order: dict[bool, Mapping[int, float]] = {
        shuffled: next((one.scores for one in found if one.task == QUESTIONS and one.shuffled == shuffled), {})
        for shuffled in (False, True)
    }
    seeds = sorted(set(by_order[False]) & set(by_order[True]))
    if len(seeds) < 2:
        raise InputError(f"{len(seeds)} seeds found of which {QUESTIONS} was run with data=trec and data=trec_shuffled")
    each = [by_order[False][seed] - by_order[True][seed] for seed in seeds]
    half = _student(len(each)) * stdev(each) / sqrt(len(each))
    return Interval(mean(each), mean(each) - half, mean(each) + half, len(each))


def _student(count: int) -> float:
    from scipy.stats import t  # which scikit-learn needs

    return float(t.ppf((1 + SHARE) / 2, count - 1))


def moved(run: Run) -> list[Moved]:
    """How far methods move when the run's test questions are shuffled: those that read no order, and the run's model.

    Raises:
        InputError: the run's model or data cannot be read.
    """
    predictor = load(run.folder)
    reader = build(predictor.recipe["config"]["data"], IN_CHECKPOINTS, "data")
    train, _, plain = reader.read()
    mixed = list(map(Shuffled(reader).shuffled, plain))
    labels = list(predictor.targets.size.names)
    found = []
    for name, floor in METHODS.items():
        floor.fit([e.inputs for e in train], [e.targets for e in train])
        said = [floor.log_probabilities([e.inputs for e in one], labels) for one in (plain, mixed)]
        found.append(_moved(name, *said))
    said = [log_probabilities(predictor, one) for one in (plain, mixed)]
    return [*found, _moved(f"{method_of(run)}, seed {run.facts['seed']}", *said)]


def _moved(method: str, one: torch.Tensor, other: torch.Tensor) -> Moved:
    changed = (one.argmax(dim=1) != other.argmax(dim=1)).double().mean()
    return Moved(method, float((one - other).abs().max()), float(changed))


@torch.inference_mode()
def log_probabilities(predictor: Predictor, examples: Sequence[Example]) -> torch.Tensor:
    """log p (N, C) of every label, by the model."""
    model = predictor.model
    assert isinstance(model, ManyToOne)
    found = torch.zeros(len(examples), int(predictor.targets.size), dtype=torch.float64)
    for places, inputs in predictor.batches([e.inputs for e in examples], 128):
        found[places] = model.scores(inputs).data[:, 0].double().log_softmax(dim=-1)
    return found


def table(found: Sequence[Reached], shifts: Sequence[Moved], gain: Interval) -> str:
    """Everything as Markdown."""
    rows = [
        "| method | largest change of log p when words are shuffled | texts that get another label |",
        "|---|---|---|",
    ]
    rows += [f"| {one.method} | {one.largest:.1e} | {one.changed:.1%} |" for one in shifts]
    rows += ["", "| task | words | method | accuracy on test | seeds |", "|---|---|---|---|---|"]
    for one in found:
        scores = list(one.scores.values())
        spread = f" ± {stdev(scores):.4f}" if len(scores) > 1 else ""
        words, seeds = "shuffled" if one.shuffled else "in order", len(scores) if one.seeded else "-"
        rows.append(f"| {one.task} | {words} | {one.method} | {mean(scores):.4f}{spread} | {seeds} |")
    told = f"{gain.difference:+.4f}, 95 % confidence {gain.low:+.4f} to {gain.high:+.4f} ({gain.pairs} pairs of seeds)"
    return "\n".join([*rows, "", f"Order is worth on {QUESTIONS}: {told}."])
