"""chrF as sacreBLEU has it."""

from sacrebleu.metrics.chrf import CHRF

from seqmodels.metrics.sacre import SacreMetric
from seqmodels.text import Field
from seqmodels.types import NonNegative, Positive

PER_ORDER = 3  # n-grams said, wanted, and both


class Chrf(SacreMetric):
    """F_β of character n-grams, (1 + β²) · P · R / (β² · P + R) (Popović 2015), as sacreBLEU counts them.

    Between 0 and 100; more is better. Blanks do not count.

    Args:
        field: of the targets.
        lowercase: compare in lower case.
        order: the longest n-grams of characters.
        words: the longest n-grams of words beside them; 2 is chrF++ (Popović 2017).
        beta: how much more recall counts than precision.

    Example:
        >>> from seqmodels.metrics import Chrf
        >>> from seqmodels.text import Tokens
        >>> metric = Chrf(Tokens())
        >>> metric.update(["the cat sat on it."], [["The cat sat on the mat."]]); round(metric.compute().item(), 1)
        56.4
    """

    def __init__(
        self,
        field: Field,
        lowercase: bool = False,
        order: Positive = 6,
        words: NonNegative = 0,
        beta: Positive = 2,
    ):
        scorer = CHRF(char_order=order, word_order=words, beta=beta, lowercase=lowercase)
        super().__init__(field, scorer, PER_ORDER * (order + words))

    def prepared(self, text: str) -> str:
        return text
