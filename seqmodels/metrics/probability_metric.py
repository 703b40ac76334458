"""What all metrics promise that look at how sure a model is of each label."""

from abc import ABC, abstractmethod

from torchmetrics import Metric

from seqmodels.types import Padded


class ProbabilityMetric(Metric, ABC):
    """Reads log p of every class instead of the answers."""

    @abstractmethod
    def update(self, log_probabilities: Padded, targets: Padded) -> None:
        """Count a batch, log p (B, T, C) and targets (B, T)."""


def check_shapes(log_probabilities: Padded, targets: Padded) -> None:
    """Refuse what does not belong together.

    Raises:
        ValueError: the two differ in batch or steps.
    """
    if log_probabilities.data.dim() != 3 or log_probabilities.data.shape[:2] != targets.data.shape:
        raise ValueError(
            f"log p {tuple(log_probabilities.data.shape)} and targets {tuple(targets.data.shape)} found, wanted "
            "(B, T, C) and (B, T)"
        )
