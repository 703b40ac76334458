"""How sure a model is of a split, and how often it is right then."""

import torch
from pytorch_lightning import Trainer

from seqmodels.data import SequenceData
from seqmodels.metrics import CalibrationError, Reliability
from seqmodels.nn.heads import StepHead
from seqmodels.run.load import Predictor
from seqmodels.topologies import Answerer
from seqmodels.types import Padded, pad

MANY = 128  # examples at once


@torch.inference_mode()
def make_reliability(predictor: Predictor, data: SequenceData, trainer: Trainer, split: str) -> Reliability | None:
    """Count by how sure the model is; None of one that says no probability of each label.

    Args:
        predictor: the model that was scored.
        data: set up.
        trainer: which scored it.
        split: ``val`` or ``test``.
    """
    model, examples = predictor.model, data.encoded[split]
    if not isinstance(model, Answerer) or not isinstance(model.head, StepHead):
        return None
    metric = CalibrationError()
    model.to(trainer.strategy.root_device)
    try:
        with trainer.precision_plugin.forward_context():  # as the metrics were computed
            for indices, inputs in predictor.batches([example.inputs for example in examples.kept], MANY):
                said = model.head.log_probabilities(model.scores(inputs))
                log_p = Padded(said.data.float().cpu(), said.lengths.cpu())
                metric.update(log_p, pad([examples.targets[i] for i in indices]))
    finally:
        model.cpu()
    return metric.reliability()
