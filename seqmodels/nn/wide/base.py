"""What every wide part promises."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from seqmodels.types import Padded


class Wide(nn.Module, ABC):
    """Answers beside a model, from what stands in a sequence in whatever order."""

    @abstractmethod
    def beside(self, scores: Tensor, inputs: Padded) -> Tensor:
        """What both say of each label, as logits (B, C).

        Args:
            scores: what the rest of the model says (B, C).
            inputs: ids (B, T), or (B, T, K) in columns.

        Raises:
            ValueError: what is read are numbers.
        """
