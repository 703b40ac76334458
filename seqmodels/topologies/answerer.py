"""What all models have in common that read something and have a head answer it."""

from abc import ABC, abstractmethod

from torch import Tensor

from seqmodels.nn.distributions import Distribution
from seqmodels.nn.heads import Head, StepHead, ValueHead, nats
from seqmodels.topologies.base import Topology
from seqmodels.topologies.evaluated import Evaluated
from seqmodels.types import Batch, Padded


class Answerer(Topology, ABC):
    """Has a head score what was read: labels, or numbers.

    Args:
        metrics: by name.
        learning: optimiser and schedule.
    """

    plain = False  # whether the loss of validation and test is -log p alone, whatever training adds to it
    head: Head  # which every kind makes after what it reads with

    @abstractmethod
    def scores(self, inputs: Padded) -> Padded:
        """What the head says of inputs, (B, U, C)."""

    def forward(self, inputs: Padded) -> Padded:
        return self.head.predict(self.scores(inputs))  # (B, U), or numbers (B, U, K)

    def loss(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return self.head.loss(self.scores(batch.inputs), batch.targets)

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return batch.targets.lengths.sum()

    def evaluate(self, batch: Batch) -> Evaluated:
        assert batch.targets is not None
        scores = self.scores(batch.inputs)
        loss = nats(self.head, scores, batch.targets) if self.plain else self.head.loss(scores, batch.targets)
        return Evaluated(loss, self.steps(batch), self.head.predict(scores), self._said(scores))

    def _said(self, scores: Padded) -> Distribution | Padded | None:
        """What is said besides the answers: of numbers a distribution, of labels log p where a metric reads it."""
        if isinstance(self.head, ValueHead):
            return self.head.distribution(scores)
        wanted = self.scorer("val").reads_probabilities
        return self.head.log_probabilities(scores) if wanted and isinstance(self.head, StepHead) else None
