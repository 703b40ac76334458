"""The loss and the metrics of one split."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torchmetrics import Metric

from seqmodels.metrics.exact_match import ExactMatch
from seqmodels.metrics.forecast_metric import ForecastMetric
from seqmodels.metrics.probability_metric import ProbabilityMetric
from seqmodels.metrics.text_metric import TextMetric
from seqmodels.nn.distributions import Distribution
from seqmodels.types import Padded

Texts = Sequence[Sequence[str]] | None


class Scorer(nn.Module):
    """Accumulates the loss, weighted by steps, and any metrics over a split.

    Args:
        metrics: by name, each with ``update(predictions, targets)``; they are copied.

    Example:
        >>> from seqmodels.metrics import Accuracy, Scorer
        >>> sorted(Scorer({"accuracy": Accuracy()}).metrics)
        ['accuracy']
    """

    def __init__(self, metrics: Mapping[str, Metric]):
        super().__init__()
        self.loss = _Mean()
        self.cut = _Mean()
        self.metrics = nn.ModuleDict({name: metric.clone() for name, metric in metrics.items()})

    def update(
        self,
        loss: Tensor,
        steps: Tensor,
        predictions: Padded,
        targets: Padded,
        texts: Texts = None,
        distribution: Distribution | Padded | None = None,
        ended: Tensor | None = None,
    ) -> None:
        """Count a batch whose mean loss over ``steps`` steps is ``loss``; ``texts`` count as right for each row, and
        what has not ``ended`` (B,) was cut."""
        self.loss.update(loss, steps)
        if ended is not None:
            self.cut.update((~ended).float().mean(), torch.tensor(len(ended), device=ended.device))
        self.update_metrics(predictions, targets, texts, distribution=distribution)

    def update_metrics(
        self,
        predictions: Padded,
        targets: Padded,
        texts: Texts = None,
        said: Sequence[str] | None = None,
        distribution: Distribution | Padded | None = None,
    ) -> None:
        """Count a batch for which there is no loss (a floor has none), and whose predictions may be texts already."""
        for metric in self.metrics.values():
            if isinstance(metric, TextMetric):
                metric.update(metric.texts(predictions) if said is None else said, texts)
            elif isinstance(metric, ExactMatch):
                metric.update(predictions, targets, texts)
            elif isinstance(metric, ForecastMetric):
                assert not isinstance(distribution, Padded)
                metric.update(predictions, targets, distribution)
            elif isinstance(metric, ProbabilityMetric):
                if not isinstance(distribution, Padded):
                    raise ValueError(f"{type(metric).__name__} wants log p of every class, and none was given")
                metric.update(distribution, targets)
            else:
                assert isinstance(metric, Metric)
                metric.update(predictions, targets)

    def compute(self) -> dict[str, Tensor]:
        """Everything counted since the last reset, by name, float32 as Lightning logs it; of what was written, the
        share that was ``cut``."""
        cut = {"cut": self.cut.compute()} if self.cut.update_called else {}
        return {"loss": self.loss.compute(), **cut, **self.compute_metrics()}

    def compute_metrics(self) -> dict[str, Tensor]:
        """The metrics alone."""
        return {name: metric.compute().to(torch.float32) for name, metric in self._named()}

    def text_metrics(self) -> dict[str, TextMetric]:
        """The metrics that compare texts; each knows how many it last compared, and how."""
        return {name: metric for name, metric in self._named() if isinstance(metric, TextMetric)}

    @property
    def reads_probabilities(self) -> bool:
        """Whether a metric wants log p of every class."""
        return any(isinstance(metric, ProbabilityMetric) for metric in self.metrics.values())

    def reset(self) -> None:
        """Forget everything counted."""
        self.loss.reset()
        self.cut.reset()
        for _, metric in self._named():
            metric.reset()

    def _named(self) -> list[tuple[str, Metric]]:
        return [(name, metric) for name, metric in self.metrics.items() if isinstance(metric, Metric)]


class _Mean(Metric):
    """The mean of batches' means, weighted. torchmetrics' own leaves out batches whose mean is no number, and the rest
    would look sound."""

    total: Tensor
    weight: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("total", torch.tensor(0.0), dist_reduce_fx="sum")
        self.add_state("weight", torch.tensor(0.0), dist_reduce_fx="sum")

    def update(self, mean: Tensor, weight: Tensor) -> None:
        """Count a batch by its mean, which is not looked at where it weighs nothing."""
        self.total += torch.where(weight > 0, mean.float() * weight, 0.0)
        self.weight += weight

    def compute(self) -> Tensor:
        """A scalar."""
        return self.total / self.weight
