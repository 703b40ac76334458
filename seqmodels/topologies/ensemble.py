"""Several models that write one sequence together."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from seqmodels.decode import Found, Next, Search, search, together
from seqmodels.topologies.base import Topology
from seqmodels.topologies.evaluated import Evaluated
from seqmodels.topologies.teacher_forcing import forced_steps, shift
from seqmodels.topologies.writer import Writer
from seqmodels.types import Batch, Padded


class Ensemble(Topology):
    """Models that read the same inputs and write the same targets: p(token) is the mean of theirs.

    Args:
        members: which have learnt.
        search: how to look for what to write; as the first of them does if not given.

    Example:
        >>> from seqmodels.topologies import Ensemble
        >>> Ensemble([model, another]).write(inputs).best()  # doctest: +SKIP
    """

    def __init__(self, members: Sequence[Writer], search: Search | None = None):
        super().__init__()
        self.members = nn.ModuleList(members)
        self.search = search or members[0].search
        self.of_loss = members[0].of_loss

    def forward(self, inputs: Padded) -> Padded:
        return self.write(inputs).best()  # (B, U)

    def begin(self, inputs: Padded) -> Next:
        """What they say of the first token."""
        return together([member.begin(inputs) for member in self._members()])

    def write(self, inputs: Padded) -> Found:
        """All that the search finds."""
        return search(self.begin(inputs), inputs, self.search)

    def loss(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        inputs, outputs = shift(batch.targets)  # (B, U + 1)
        said = []
        for member in self._members():
            scores = member.decoder(inputs.data, member.encode(batch.inputs)).log_softmax(dim=-1)  # (B, U + 1, C)
            said.append(scores.gather(-1, outputs.data[..., None])[..., 0])
        log_p = torch.stack(said).logsumexp(dim=0) - math.log(len(said))  # (B, U + 1)
        return -log_p[outputs.mask].mean()

    def steps(self, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return forced_steps(batch.targets)

    def evaluate(self, batch: Batch) -> Evaluated:
        found = search(self.begin(batch.inputs), batch.inputs, self.search, repeats=batch.repeats)
        return Evaluated(self.loss(batch), self.steps(batch), found.best(), ended=found.ended[:, 0])

    def _members(self) -> list[Writer]:
        return [member for member in self.members if isinstance(member, Writer)]
