"""What a stack of recurrent layers can do besides stacking."""

from dataclasses import dataclass

from seqmodels.nn.cells import Init
from seqmodels.types import Positive, Probability


@dataclass(frozen=True)
class StackOptions:
    """Connections, noise, first weights and states, and projection of a stack.

    Args:
        residual: add a layer's input to its output, from the second layer on (He et al. 2016).
        locked_dropout: drop the same numbers at every step of a sequence (variational dropout, Gal & Ghahramani 2016).
        input_dropout: share of the numbers that the first layer reads, if another one than the stack's dropout.
        weight_drop: share of every cell's ``weight_hh`` set to zero for a batch (DropConnect, Merity et al. 2018).
        zoneout: chance of a number of the state to stay what it was (Krueger et al. 2017); runs step by step.
        learn_state: start from states that are learnt instead of zeros.
        init: the cells' first weights, if not as they make them themselves.
        projection: width of a linear layer behind the last layer, which is then that of the outputs.

    Raises:
        ValueError: a share is not from 0 to below 1.

    Example:
        >>> from seqmodels.nn.recurrence import StackOptions
        >>> StackOptions(residual=True, weight_drop=0.5).weight_drop
        0.5
    """

    residual: bool = False
    locked_dropout: bool = False
    input_dropout: Probability | None = None
    weight_drop: Probability = 0.0
    zoneout: Probability = 0.0
    learn_state: bool = False
    init: Init | None = None
    projection: Positive | None = None

    def __post_init__(self) -> None:
        shares = {"input_dropout": self.input_dropout, "weight_drop": self.weight_drop, "zoneout": self.zoneout}
        for name, share in shares.items():
            if share is not None and not 0 <= share < 1:
                raise ValueError(f"{name}={share} found, wanted at least 0 and less than 1")
