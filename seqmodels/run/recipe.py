"""What a checkpoint carries besides weights, so that it can be used without the config it came from."""

from collections.abc import Mapping
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

from seqmodels import __version__
from seqmodels.data import SequenceData

KEY = "seqmodels"  # in the checkpoint
FORMAT = 1  # raise it when an older version could not read what this one writes


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
        "config": {key: config[key] for key in ("name", "seed", "data", "batching", "metric", "floor")},
        "model": config["model"],
        "sizes": list(data.sizes),
        "fields": {
            side: {"config": config["fields"][side], "tokens": field.vocab.tokens} for side, field in fields.items()
        },
    }


class RecipeInCheckpoint(Callback):
    """Puts the recipe into every checkpoint that Lightning writes; it is filled in once the data was read."""

    def __init__(self) -> None:
        self.recipe: dict[str, Any] = {}

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        checkpoint[KEY] = self.recipe
