"""Lower the rate when the validated metric stands still."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from seqmodels.types import Mode, NonNegative, PositiveFloat, check_choice


class Plateau(ReduceLROnPlateau):
    """Multiply the learning rate by ``factor`` after ``patience`` validations without a new best.

    Args:
        optimizer: whose rate to set.
        total_steps: not needed by this schedule; every schedule is called with it.
        factor: what the rate is multiplied by.
        patience: validations without a new best that are let pass.
        mode: ``min`` if less is better.
        min_lr: the rate to stop at.

    Example:
        >>> from seqmodels.learning import Plateau
        >>> Plateau(optimizer, total_steps=1000, factor=0.5, patience=1)  # doctest: +SKIP
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_steps: int,
        factor: PositiveFloat = 0.5,
        patience: NonNegative = 2,
        mode: Mode = "min",
        min_lr: float = 1e-6,
    ):
        check_choice("mode", mode, Mode)
        # Any gain is a new best, however small, as it is for checkpoints and early stopping.
        super().__init__(optimizer, mode=mode, factor=factor, patience=patience, threshold=0.0, min_lr=min_lr)
