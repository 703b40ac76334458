"""How well probabilities order the examples, wherever the line between two labels is drawn."""

import torch
from torch import Tensor
from torchmetrics.functional.classification import binary_auroc

from seqmodels.metrics.probability_metric import ProbabilityMetric, check_shapes
from seqmodels.types import Padded


class RocAuc(ProbabilityMetric):
    """The area under the ROC curve: how often a step of a label has more probability of it than a step of others has.

    Exact, ties counting half; of more than two labels the mean over all that the split has some steps of and some not.
    A split of one label says nothing of any order: 0.5.

    Example:
        >>> from seqmodels import Padded
        >>> from seqmodels.metrics import RocAuc
        >>> metric, one = RocAuc(), torch.tensor([1, 1, 1])
        >>> p = torch.tensor([[[0.1, 0.9]], [[0.6, 0.4]], [[0.5, 0.5]]])
        >>> metric.update(Padded(p.log(), one), Padded(torch.tensor([[1], [1], [0]]), one)); metric.compute()
        tensor(0.5000, dtype=torch.float64)
    """

    higher_is_better = True

    scores: list[Tensor]
    wanted: list[Tensor]

    def __init__(self) -> None:
        super().__init__()
        self.add_state("scores", [], dist_reduce_fx="cat")
        self.add_state("wanted", [], dist_reduce_fx="cat")

    def update(self, log_probabilities: Padded, targets: Padded) -> None:
        check_shapes(log_probabilities, targets)
        self.scores.append(log_probabilities.data[targets.mask].exp())  # (N, C)
        self.wanted.append(targets.data[targets.mask])  # (N,)

    def compute(self) -> Tensor:
        """The mean area, between 0 and 1."""
        # Put together already where several processes were; in one they are lists still.
        scores, wanted = (torch.cat(x) if isinstance(x, list) else x for x in (self.scores, self.wanted))
        labels = wanted.unique().tolist()
        if len(labels) < 2:
            return torch.tensor(0.5, dtype=torch.float64)
        areas = [binary_auroc(scores[:, c], (wanted == c).long()) for c in labels]
        return torch.stack(areas).double().mean()
