"""What a checkpoint carries besides weights, so that it can be used without the config it came from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

from seqmodels import __version__
from seqmodels.data import SequenceData
from seqmodels.data.reader import fingerprint

KEY = "seqmodels"  # in the checkpoint
FORMAT = 3  # raise it when an older version could not read what this one writes


def make_recipe(config: Mapping[str, Any], data: SequenceData) -> dict[str, Any]:
    """Parts, sizes and vocabularies as plain data.

    Args:
        config: plain, with nothing in it that must not be stored.
        data: after its fields were fitted.
    """
    fields = {"inputs": data.inputs, "targets": data.targets}
    return {
        "format": FORMAT,
        "version": __version__,
        "config": {key: config[key] for key in ("name", "seed", "on_bad", "batching", "metric", "floor")}
        | {"data": _from_anywhere(config["data"])},
        "model": config["model"],
        "sizes": [int(size) for size in data.sizes],
        "whole": data.splits.train[0].whole,  # whether a text has a beginning and an end
        "data_sha256": {name: fingerprint(examples) for name, examples in data.splits._asdict().items()},
        "fields": {
            side: {"config": config["fields"][side], "learnt": field.learnt()} for side, field in fields.items()
        },
    }


def _from_anywhere(node: Any) -> Any:
    """The same data, its files named so that they are found from any folder."""
    if isinstance(node, Mapping):
        return {key: _from_anywhere(value) for key, value in node.items()}
    if not isinstance(node, str):
        return node
    path = Path(node)  # a word alone may be the name of a folder by chance
    return str(path.absolute()) if path.is_file() or ("/" in node and path.is_dir()) else node


class RecipeInCheckpoint(Callback):
    """Puts the recipe into every checkpoint that Lightning writes; it is filled in once the data was read."""

    def __init__(self) -> None:
        self.recipe: dict[str, Any] = {}

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        checkpoint[KEY] = self.recipe
