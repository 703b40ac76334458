"""Forecasting: the next rows of a series, for those before them."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torchmetrics import Metric

from seqmodels.errors import InputError
from seqmodels.learning import Learning
from seqmodels.nn.channels import Channels
from seqmodels.nn.distributions import Distribution
from seqmodels.nn.embedders import Embedder
from seqmodels.nn.encoders import Encoder
from seqmodels.nn.heads import ValueHead
from seqmodels.nn.strategies import Strategy
from seqmodels.topologies.base import Topology
from seqmodels.topologies.evaluated import Evaluated
from seqmodels.types import Batch, Padded, Sizes


class Forecaster(Topology):
    """Reads a window of a series and writes the rows behind it: many-to-one, where the one is a few rows of numbers.

    inputs (B, T, columns) → channels (N, T, D) → embedder → encoder → strategy (N, vectors, H) → head (N, U, K)
    → channels (B, U, columns)

    A forecast is brought back to the level of its window before it costs anything.

    Args:
        channels: makes what makes sequences of windows, called with (sizes.inputs, sizes.targets).
        embedder: makes the embedder, called with a sequence's width.
        encoder: makes the encoder, called with the embedder's width.
        strategy: makes what writes the forecast, called with (the embedder's width, the encoder's, sequences of a
            window).
        head: makes the head, called with (the encoder's width, how many numbers a vector says).
        sizes: columns that are read and that are forecast.
        metrics: by name.
        learning: optimiser and schedule.

    Raises:
        ValueError: the strategy reads what it forecasts, and other columns are read whose future nobody knows.

    Example:
        >>> from functools import partial
        >>> from seqmodels import Sizes
        >>> from seqmodels.nn.channels import LastValue, SharedChannels
        >>> from seqmodels.nn.embedders import SegmentEmbedder
        >>> from seqmodels.nn.encoders import RecurrentEncoder
        >>> from seqmodels.nn.heads import PointHead
        >>> from seqmodels.nn.strategies import SegmentWise
        >>> shared, by_segments = partial(SharedChannels, normalization=LastValue), partial(SegmentWise, horizon=96)
        >>> model = Forecaster(shared, SegmentEmbedder, RecurrentEncoder, by_segments, PointHead, Sizes(7, 7))
    """

    def __init__(
        self,
        channels: Callable[[int, int], Channels],
        embedder: Callable[[int], Embedder],
        encoder: Callable[[int], Encoder],
        strategy: Callable[[int, int, int], Strategy],
        head: Callable[[int, int], ValueHead],
        sizes: Sizes,
        metrics: Mapping[str, Metric] | None = None,
        learning: Learning | None = None,
    ):
        super().__init__(metrics, learning)
        self.channels = channels(sizes.inputs, sizes.targets)
        self.embedder = embedder(self.channels.width)
        self.encoder = encoder(self.embedder.output_size)
        self.strategy = strategy(self.embedder.output_size, self.encoder.output_size, self.channels.sequences)
        self.head = head(self.encoder.output_size, self.strategy.steps * self.channels.targets)
        if self.strategy.feeds_back and self.channels.besides:
            raise ValueError(
                f"{type(self.strategy).__name__} reads what it forecasts, and {self.channels.besides} columns are only "
                "read, so that nobody knows what they will be: read those alone that are forecast and set "
                "data.calendar=[], or choose another model.strategy"
            )

    def scores(self, inputs: Padded) -> Padded:
        """(B, U, columns·P) for inputs (B, T, columns), P parameters of each number."""
        seen = self.channels(inputs)
        encoded = self.encoder(self.embedder(seen.sequences))
        vectors = self.strategy(encoded, self.encoder, self._read)  # (N, vectors, H)
        scores = self.head.rescaled(self._steps(vectors), seen.scale, seen.shift)  # (N, U, K P)
        return self.channels.joined(scores)

    def distribution(self, inputs: Padded) -> Distribution:
        """What is said of every number (B, U, columns)."""
        return self.head.distribution(self.scores(inputs))

    def forward(self, inputs: Padded) -> Padded:
        return self.head.predict(self.scores(inputs))  # (B, U, columns)

    def loss(self, batch: Batch) -> Tensor:
        return self.head.loss(self.scores(batch.inputs), self._targets(batch))

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return batch.targets.lengths.sum()

    def evaluate(self, batch: Batch) -> Evaluated:
        scores, targets = self.scores(batch.inputs), self._targets(batch)
        said = self.head.distribution(scores)
        return Evaluated(self.head.loss(scores, targets), self.steps(batch), self.head.predict(scores), said)

    def _steps(self, vectors: Tensor) -> Padded:
        """Scores (N, U, K·P) of vectors (N, V, H), each of which says some steps."""
        ones = torch.full((len(vectors),), vectors.shape[1], device=vectors.device)
        said = self.head(Padded(vectors, ones)).data  # (N, V, steps K P)
        steps = said.unflatten(2, (self.strategy.steps, -1)).flatten(1, 2)[:, : self.strategy.horizon]
        return Padded(steps, torch.full_like(ones, steps.shape[1]))

    def _read(self, vector: Tensor) -> Padded:
        """What the encoder reads where the steps that a vector (N, H) says come next."""
        return self.embedder(self.head.predict(self._steps(vector[:, None])))

    def _targets(self, batch: Batch) -> Padded:
        assert batch.targets is not None
        wanted, horizon = batch.targets.data.shape[1], self.strategy.horizon
        if wanted != horizon:
            raise InputError(f"data.windows.horizon: {wanted} rows to forecast found, and the model says {horizon}")
        return batch.targets
