"""The training loss between two rows of the log."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


class RunningLoss:
    """The mean loss over the target steps since it was last asked for, and that of a penalty beside it.

    Kept on the device, so that nothing waits for it. What was added counts once its optimiser step is made.

    Example:
        >>> running = RunningLoss()
        >>> running.add(torch.tensor(1.0), torch.tensor(3)); running.add(torch.tensor(2.0), torch.tensor(1))
        >>> running.count(); running.mean(lambda sums: sums)
        tensor([1.2500, 0.0000])
    """

    def __init__(self) -> None:
        self.window: list[Tensor] = []  # of the optimiser step that is under way
        self.sums: Tensor | None = None  # (3,): of loss · steps, of steps, of penalty · steps

    def add(self, loss: Tensor, steps: Tensor, penalty: Tensor | None = None) -> None:
        """A batch with its mean loss over that many target steps, and a penalty that is no part of it."""
        apart = torch.zeros_like(loss) if penalty is None else penalty
        parts = (loss.detach().float() * steps, steps.float(), apart.detach().float() * steps)
        self.window.append(torch.stack(parts))  # (3,)

    def pending(self) -> Tensor:
        """The mean loss of the step that is under way, a scalar."""
        total = torch.stack(self.window).sum(dim=0)  # (3,)
        return total[0] / total[1]

    def count(self) -> None:
        """The step was made."""
        for part in self.window:
            self.sums = part if self.sums is None else self.sums + part
        self.window.clear()

    def drop(self) -> None:
        """The step was not made."""
        self.window.clear()

    def state(self, processes: int, device: torch.device) -> Tensor:
        """What the next row of the log will say, of all processes: (processes, 3), on the CPU."""
        here = torch.zeros(3, device=device) if self.sums is None else self.sums  # (3,)
        parts = [here]
        if processes > 1:
            parts = [torch.zeros_like(here) for _ in range(processes)]
            torch.distributed.all_gather(parts, here)
        return torch.stack(parts).cpu()

    def load_state(self, state: Tensor, rank: int, device: torch.device) -> None:
        """Go on from there. A process more than there were begins with nothing, as does a penalty in older states."""
        mine = F.pad(state, (0, 3 - state.shape[1]))[rank:][:1].sum(dim=0)  # (3,)
        self.sums = mine.to(device) if mine[1] > 0 else None

    def mean(self, summed: Callable[[Tensor], Tensor]) -> Tensor | None:
        """The means of loss and penalty since the last call, (2,); None if no step was made.

        Args:
            summed: adds up (3,) over all processes.
        """
        if self.sums is None:
            return None
        total, self.sums = summed(self.sums), None
        return total[[0, 2]] / total[1]
