"""What all models have in common that read something and write a sequence of its own length."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from torch import Tensor
from torchmetrics import Metric

from seqmodels.decode import Found, Next, Search, begin, search
from seqmodels.learning import Learning
from seqmodels.nn.decoders import Decoder
from seqmodels.topologies.base import Topology
from seqmodels.topologies.evaluated import Evaluated
from seqmodels.topologies.teacher_forcing import forced_loss, forced_steps, perplexity
from seqmodels.types import Batch, Encoded, Padded


class Writer(Topology, ABC):
    """Has a decoder write what it reads from ``encode``.

    Training is teacher-forced; validation and test measure the teacher-forced loss and perplexity (e to the loss), and
    the metrics on what the model writes by itself, with the share of it that was cut at the search's greatest length
    (``cut``).

    Args:
        metrics: by name.
        learning: optimiser and schedule.
        search: how to look for what to write; greedily if not given.
        label_smoothing: share of a target's probability spread over all ids in the training loss.
    """

    decoder: Decoder  # which every kind makes after what it reads with

    def __init__(
        self,
        metrics: Mapping[str, Metric] | None,
        learning: Learning | None,
        search: Search | None,
        label_smoothing: float,
    ):
        super().__init__(metrics, learning)
        self.search = search or Search()
        self.label_smoothing = label_smoothing
        self.of_loss = perplexity

    @abstractmethod
    def encode(self, inputs: Padded) -> Encoded:
        """What the decoder reads."""

    def forward(self, inputs: Padded) -> Padded:
        return self.write(inputs).best()  # (B, U)

    def begin(self, inputs: Padded) -> Next:
        """What the decoder says of the first token."""
        return begin(self.decoder, self.encode(inputs))

    def write(self, inputs: Padded) -> Found:
        """All that the search finds."""
        return search(self.begin(inputs), inputs, self.search)

    def loss(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        source = self.encode(batch.inputs)
        return forced_loss(self.decoder, source, batch.targets, self.label_smoothing, self.global_step)

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return forced_steps(batch.targets)

    def evaluate(self, batch: Batch) -> Evaluated:
        assert batch.targets is not None
        source = self.encode(batch.inputs)
        found = search(begin(self.decoder, source), batch.inputs, self.search, repeats=batch.repeats)
        loss = forced_loss(self.decoder, source, batch.targets)
        return Evaluated(loss, self.steps(batch), found.best(), ended=found.ended[:, 0])
