"""Several heads over the same features."""

from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch import Tensor, nn

from seqmodels.nn.heads.adaptive_softmax import AdaptiveSoftmaxHead
from seqmodels.nn.heads.base import Head
from seqmodels.nn.heads.ctc import CtcHead
from seqmodels.types import Padded, PositiveFloat, Size

OTHERWISE = (AdaptiveSoftmaxHead, CtcHead)  # whose scores are not as many as there are classes


class JointHead(Head):
    """A head for each kind of label; the loss is Σ wᵢ·lossᵢ, so that what one learns helps the others (Caruana 1997).

    For tags with others beside them (parts of speech and features, as an auxiliary loss), and for tags with one label
    for the whole (slots and the intent). Targets and answers have a column for each kind.

    Args:
        input_size: width H of the features.
        output_size: a size with parts, as joint labels have it.
        heads: by the kind's name, makes its head, called with (input_size, its size).
        weights: by the kind's name, w; 1 where none is given.

    Raises:
        ValueError: kinds of labels and heads do not go together; a head writes more or fewer scores than classes.

    Example:
        >>> from seqmodels.nn.heads import CategoricalHead, JointHead
        >>> head = JointHead(4, Size(3, parts={"upos": Size(3), "xpos": Size(5)}),
        ...                  {"upos": CategoricalHead, "xpos": CategoricalHead}, {"xpos": 0.5})
        >>> head(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape
        torch.Size([2, 5, 8])
    """

    def __init__(
        self,
        input_size: int,
        output_size: Size,
        heads: Mapping[str, Callable[[int, int], Head]],
        weights: Mapping[str, PositiveFloat] | None = None,
    ):
        super().__init__()
        parts = dict(output_size.parts) if isinstance(output_size, Size) else {}
        if set(parts) != set(heads):
            raise ValueError(
                f"heads for {', '.join(heads) or 'nothing'} found, and labels of the kinds "
                f"{', '.join(parts) or 'none'}: wanted one for each (seqmodels.text.JointLabels)"
            )
        if unknown := set(weights or {}) - set(parts):
            raise ValueError(f"weights for {', '.join(sorted(unknown))} found, wanted some of {', '.join(parts)}")
        self.sizes = [int(size) for size in parts.values()]
        self.weights = [float((weights or {}).get(name, 1.0)) for name in parts]
        self.heads = nn.ModuleDict({name: heads[name](input_size, size) for name, size in parts.items()})
        for name, head in self.heads.items():
            if isinstance(head, OTHERWISE):
                raise ValueError(
                    f"heads.{name}: {type(head).__name__} found, wanted one with a score for each class and no more"
                )

        self.sees_future = any(head.sees_future for head in self._heads())

    def forward(self, features: Padded) -> Padded:
        scores = [head(features).data for head in self._heads()]
        return Padded(torch.cat(scores, dim=-1), features.lengths)  # (B, T, C of all)

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        losses = [
            weight * head.loss(part, Padded(targets.data[..., i], targets.lengths))
            for i, (weight, head, part) in enumerate(zip(self.weights, self._heads(), self._split(scores), strict=True))
        ]
        return torch.stack(losses).sum()

    def predict(self, scores: Padded) -> Padded:
        answers = [head.predict(part).data for head, part in zip(self._heads(), self._split(scores), strict=True)]
        return Padded(torch.stack(answers, dim=-1), scores.lengths)  # (B, T, K)

    def _heads(self) -> list[Head]:
        return [cast(Head, head) for head in self.heads.values()]

    def _split(self, scores: Padded) -> list[Padded]:
        return [Padded(part, scores.lengths) for part in scores.data.split(self.sizes, dim=-1)]
