"""One of classes that have an order: stars, grades."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.heads.base import StepHead
from seqmodels.nn.heads.cross_entropy import cross_entropy
from seqmodels.nn.linear import Linear
from seqmodels.types import Padded, Positive, Probability, Size, check_choice

Loss = Literal["coral", "likelihood"]
LEAST = -1e4  # log p of what cannot be told from 0


class OrdinalHead(StepHead):
    """p(y > k) = σ(w·x - θ_k) with θ_1 < θ_2 < ... < θ_{C-1}: one number for each step, and where the classes begin on
    its line (the cumulative link model, McCullagh 1980).

    The loss is that of CORAL, Σ_k -log p([y > k]) (Cao et al. 2020, equation 4), whose thresholds are ordered here from
    the beginning; or the likelihood, -log p(y). The answer is the median: of all the one that is least far away.

    Args:
        input_size: width H of the features.
        output_size: number of classes C, 2 or more.
        order: all classes by name, the least first; if not given, that of their numbers where all names are numbers,
            else that of the ids, which is the alphabet's.
        loss: ``coral`` or ``likelihood``.
        dropout: share of the features set to zero in training.

    Raises:
        ValueError: another loss, one class, or an order of other classes.

    Example:
        >>> from seqmodels.nn.heads import OrdinalHead
        >>> head = OrdinalHead(4, Size(3, names=("good", "poor", "fair")), order=["poor", "fair", "good"])
        >>> head(Padded(torch.zeros(2, 5, 4), torch.tensor([5, 2]))).data.shape, head.ranks.tolist()
        (torch.Size([2, 5, 3]), [2, 0, 1])
    """

    ranks: Tensor

    def __init__(
        self,
        input_size: Positive,
        output_size: Positive,
        order: Sequence[str] | None = None,
        loss: Loss = "coral",
        dropout: Probability = 0.0,
    ):
        super().__init__()
        check_choice("loss", loss, Loss)
        if output_size < 2:
            raise ValueError(f"output_size={output_size} found, wanted 2 classes or more")
        self.likelihood = loss == "likelihood"
        self.dropout = Dropout(dropout)
        self.scores = Linear(input_size, 1)
        self.first = nn.Parameter(torch.tensor(-1.0))  # θ_1
        self.gaps = nn.Parameter(torch.zeros(output_size - 2))  # θ_{k+1} - θ_k = softplus of these
        self.register_buffer("ranks", _ranks(output_size, order))  # (C,) of each class

    def thresholds(self) -> Tensor:
        """θ (C-1,), rising."""
        return torch.cat([self.first[None], self.first + F.softplus(self.gaps).cumsum(dim=0)])

    def forward(self, features: Padded) -> Padded:
        """log p of every class (B, T, C), in the order of the ids."""
        above = self.scores(self.dropout(features.data)) - self.thresholds()  # (B, T, C-1)
        # p(y = k) = σ(a) - σ(b) = σ(a) · σ(-b) · (1 - exp(b - a)), with a and b those of k - 1 and k
        more, less = F.logsigmoid(above), F.logsigmoid(-above)
        apart = torch.log1p(-torch.exp(above[..., 1:] - above[..., :-1])).clamp(min=LEAST)
        between = more[..., :-1] + less[..., 1:] + apart
        ranked = torch.cat([less[..., :1], between, more[..., -1:]], dim=-1).clamp(min=LEAST)  # (B, T, C)
        return Padded(ranked[..., self.ranks], features.lengths).zeroed()

    def loss(self, scores: Padded, targets: Padded) -> Tensor:
        if self.likelihood:
            return cross_entropy(scores, targets)
        ranked, ranks = self._ranked(scores)[targets.mask], self.ranks[targets.data[targets.mask]]  # (N, C), (N,)
        more = ranked.flip(-1).logcumsumexp(dim=-1).flip(-1)[:, 1:].clamp(max=0)  # log p(y > k), (N, C-1)
        less = ranked.logcumsumexp(dim=-1)[:, :-1].clamp(max=0)
        wanted = ranks[:, None] > torch.arange(more.shape[1], device=ranks.device)  # (N, C-1)
        return -torch.where(wanted, more, less).sum(dim=1).mean()

    def log_probabilities(self, scores: Padded) -> Padded:
        return scores

    def predict(self, scores: Padded) -> Padded:
        below = self._ranked(scores).exp().cumsum(dim=-1)[..., :-1]  # p(y <= k), (B, T, C-1)
        rank = (below < 0.5).sum(dim=-1)  # (B, T)
        return Padded(self.ranks.argsort()[rank], scores.lengths).zeroed()

    def _ranked(self, scores: Padded) -> Tensor:
        """(B, T, C) in the order of the ranks."""
        return scores.data[..., self.ranks.argsort()]


def _ranks(size: int, order: Sequence[str] | None) -> Tensor:
    """(C,) the rank of each class."""
    names = size.names if isinstance(size, Size) else ()
    if torch.empty(0).device.type == "meta":
        return torch.empty(size, dtype=torch.int64)  # nothing is looked at: a checkpoint brings its own
    if order is None:
        known = names if names and all(map(_is_number, names)) else ()
        by_value = sorted(range(len(known)), key=lambda place: float(known[place]))
        return torch.tensor(by_value, dtype=torch.int64).argsort() if known else torch.arange(size)
    if sorted(order) != sorted(names):
        raise ValueError(f"order={', '.join(order)} found, wanted all of {', '.join(names) or 'no names'}, each once")
    return torch.tensor([list(order).index(name) for name in names])


def _is_number(name: str) -> bool:
    try:
        return float(name) == float(name)
    except ValueError:
        return False
