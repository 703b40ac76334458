"""A trained model back from its run."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from seqmodels.data.batching import Batching, BucketBatches
from seqmodels.errors import InputError
from seqmodels.run.build import IN_CHECKPOINTS, build
from seqmodels.run.recipe import FORMAT, KEY
from seqmodels.run.recipe_guard import one_line, plain_recipe, recipe_faults, weights_fault
from seqmodels.storage import read_checkpoint_file
from seqmodels.text import Field, Item
from seqmodels.topologies import Topology
from seqmodels.types import Padded, Sizes, pad


class Predictor:
    """A model and the fields that turn its inputs into ids and its answers into text.

    Args:
        model: any topology.
        inputs: field of the inputs.
        targets: field of the targets.
        recipe: what the model was built from.
    """

    def __init__(self, model: Topology, inputs: Field, targets: Field, recipe: Mapping[str, Any]):
        self.model = model.eval()
        self.inputs = inputs
        self.targets = targets
        self.recipe = recipe

    @torch.inference_mode()
    def predict(
        self, texts: Sequence[Item], batch_size: int = 128, done: Callable[[int], None] | None = None
    ) -> list[Any]:
        """An answer for every text, in the order of the texts.

        Args:
            texts: strings, or lists of tokens.
            batch_size: texts of like length that go through the model together; it changes nothing but the time.
            done: called with how many texts were answered, after every batch.

        Raises:
            InputError: a text has no token in it.

        Example:
            >>> import seqmodels
            >>> seqmodels.load("runs/dates/2026-11-23_09-30-00").predict(["3. März 2026"])  # doctest: +SKIP
            ['2026-03-03']
        """
        answers: list[Any] = [""] * len(texts)
        for indices, inputs in self.batches(texts, batch_size):
            for i, ids in zip(indices, self.model(inputs).rows(), strict=True):
                answers[i] = self.targets.decode(ids.tolist())
            if done:
                done(len(indices))
        return answers

    def batches(self, texts: Sequence[Item], batch_size: int) -> Iterator[tuple[list[int], Padded]]:
        """Which of the texts, and their ids, in batches of like length on the model's device.

        Raises:
            InputError: a text has no token in it.
        """
        if isinstance(texts, str):
            raise TypeError(f"predict() takes a list of texts: predict([{texts!r}])")
        encoded = [self.inputs.encode(text) for text in texts]
        empty = [i for i, ids in enumerate(encoded) if not len(ids)]
        if empty:
            raise InputError([f"text {i + 1}: {texts[i]!r} has no token in it; leave it out" for i in empty])
        for indices in BucketBatches([len(ids) for ids in encoded], Batching(batch_size=batch_size), shuffle=False):
            inputs = pad([encoded[i] for i in indices])
            yield indices, Padded(*(tensor.to(self.model.device) for tensor in inputs))


def load(run: str | Path, trust: Sequence[str] = ()) -> Predictor:
    """The model of a run, ready to predict.

    Nothing that the file names is run unless it is a class of seqmodels, torch.nn, torch.optim, or of a package that
    you name.

    Args:
        run: a run's folder (its best checkpoint is taken) or a checkpoint.
        trust: further packages whose classes the checkpoint may name.

    Raises:
        InputError: there is no checkpoint, or it is not one of ours.

    Example:
        >>> import seqmodels
        >>> model = seqmodels.load("runs/dates/2026-11-23_09-30-00")  # doctest: +SKIP
    """
    path = checkpoint_path(run)
    checkpoint = read_checkpoint(path)
    try:
        return _predictor(checkpoint[KEY], checkpoint["state_dict"], (*IN_CHECKPOINTS, *trust))
    except InputError as error:
        raise InputError([f"{path}: {one_line(fault)}" for fault in error.faults]) from error
    except Exception as error:  # values that nobody foresaw make our classes fail in any way
        reason = one_line(f"{type(error).__name__}: {error}")
        raise InputError(f"{path}: the recipe in it is damaged ({reason})") from error


def _predictor(recipe: Mapping[str, Any], weights: Mapping[str, Any], allowed: Sequence[str]) -> Predictor:
    recipe["config"]["floor"], recipe["config"]["metric"], recipe["config"]["data"]  # all that evaluate reads
    fields = {}
    for side in ("inputs", "targets"):
        field = build(recipe["fields"][side]["config"], allowed, f"fields.{side}")
        if not isinstance(field, Field):
            raise InputError(f"fields.{side}: {type(field).__name__} found, wanted a field")
        field.load_learnt(recipe["fields"][side]["learnt"])
        fields[side] = field
    sizes = Sizes(fields["inputs"].size, fields["targets"].size)
    if [int(size) for size in sizes] != list(recipe["sizes"]):
        raise InputError(f"sizes: {recipe['sizes']} found, but the vocabularies are of {[int(size) for size in sizes]}")
    with torch.device("meta"):  # the file's weights take their places, so no size that it names takes memory
        model = build(recipe["model"], allowed, "model", sizes=sizes)
    if not isinstance(model, Topology):
        raise InputError(f"model: {type(model).__name__} found, wanted a topology")
    faults = recipe_faults(recipe, allowed)
    if faults:
        raise InputError(faults)
    model.measure({})  # metrics are no weights: made anew, off the meta device
    dtypes = {name: tensor.dtype for name, tensor in model.state_dict().items()}
    try:
        model.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise InputError(f"the weights do not fit the model: {' '.join(str(error).split())[:500]}") from error
    wrong = weights_fault(model, dtypes)
    if wrong:
        raise InputError(f"the weights do not fit the model: {wrong}")
    model.cpu()  # where the weights are already; Lightning still notes the device it was built on
    return Predictor(model, fields["inputs"], fields["targets"], recipe)


def checkpoint_path(run: str | Path) -> Path:
    """The checkpoint that is meant by a run's folder or a checkpoint's own path.

    Raises:
        InputError: a URL is given, or there is no such file.
    """
    if "://" in str(run):
        raise InputError(f"{run}: a URL found, wanted a file or folder; download it yourself if you trust it")
    path = Path(run).expanduser()
    if path.is_file():
        return path
    folder = path if path.name == "checkpoints" else path / "checkpoints"
    candidates = [folder / name for name in ("best.ckpt", "last.ckpt")]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    if path.is_dir():
        raise InputError(
            f"{path}: no checkpoint found, wanted {candidates[0]}; did the run reach its first validation?"
        )
    raise InputError(f"{path}: no such run; wanted a run's folder or a checkpoint")


def read_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint's content, plain values and tensors only.

    Raises:
        InputError: it cannot be read, would run code, or was not written by this project.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's, of what stands in files of other kinds
            content = read_checkpoint_file(path)
    except InputError as error:
        raise InputError([one_line(fault) for fault in error.faults]) from error
    recipe = dict.get(content, KEY) if isinstance(content, dict) else None  # content.get could be a number
    if not isinstance(recipe, dict) or "state_dict" not in content:
        raise InputError(f"{path}: no recipe found in it; wanted a checkpoint that `seqmodels train` wrote")
    if dict.get(recipe, "format") != FORMAT:
        raise InputError(
            f"{path}: recipe format {dict.get(recipe, 'format')!r} found, {FORMAT} wanted; "
            f"it was written by seqmodels {one_line(str(dict.get(recipe, 'version')))}: use that version"
        )
    try:
        return {**dict(dict.items(content)), KEY: plain_recipe(recipe)}
    except InputError as error:
        reason = "; ".join(one_line(fault) for fault in error.faults)
        raise InputError(f"{path}: the recipe in it is damaged ({reason})") from error
