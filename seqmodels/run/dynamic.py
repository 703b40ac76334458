"""The score of a language model that learns on while it is scored, beside the one of the model as it is."""

from dataclasses import replace
from itertools import islice

from seqmodels.data import SequenceData
from seqmodels.errors import InputError
from seqmodels.topologies import DynamicEvaluation, LanguageModel, Topology

GATHERED = 100  # training batches whose gradients' mean squares are taken


def dynamic_scores(dynamic: DynamicEvaluation, model: Topology, data: SequenceData, split: str) -> dict[str, float]:
    """The loss and what follows from it, by names such as ``test/dynamic_loss``.

    Args:
        dynamic: how to learn on.
        model: a language model.
        data: set up; a batch is a window of the one stream that is read, which decides how often a step is made.
        split: ``val`` or ``test``.

    Raises:
        InputError: it is no language model.
    """
    if not isinstance(model, LanguageModel):
        raise InputError(f"dynamic.rate={dynamic.rate}: {type(model).__name__} found, wanted a LanguageModel")
    data.batching = replace(data.batching.exact(), eval_batch_size=1)
    scored = data.val_dataloader() if split == "val" else data.test_dataloader()
    loss = dynamic.score(model, scored, islice(data.train_dataloader(), GATHERED))
    assert model.of_loss is not None
    found = {"loss": loss, **model.of_loss(split, loss)}
    return {f"{split}/dynamic_{name}": float(value) for name, value in found.items()}
