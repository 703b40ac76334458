"""BLEU over the tokens of torchtext's tutorials."""

from typing import Literal

from sacrebleu.metrics.bleu import BLEU

from seqmodels.metrics.sacre import SacreMetric
from seqmodels.text import Field, tokenizer
from seqmodels.types import check_choice

Cut = Literal["basic_english", "whitespace"]
ORDER = 4


class TokenBleu(SacreMetric):
    """BLEU of lower-cased tokens without smoothing, as torchtext's ``bleu_score`` and tutorials count it; times 100.

    It depends on how the texts are cut, so that it can be compared with figures alone that were made in the same way.

    Args:
        field: of the targets.
        cut: torchtext's ``basic_english``, or at blanks.

    Raises:
        ValueError: another word.

    Example:
        >>> from seqmodels.metrics import TokenBleu
        >>> from seqmodels.text import Tokens
        >>> metric = TokenBleu(Tokens())
        >>> metric.update(["the cat sat on it."], [["The cat sat on the mat."]]); round(metric.compute().item(), 1)
        45.5
    """

    def __init__(self, field: Field, cut: Cut = "basic_english"):
        check_choice("cut", cut, Cut)
        scorer = BLEU(lowercase=True, tokenize="none", smooth_method="none", force=True, max_ngram_order=ORDER)
        scorer.tokenizer_signature = f"torchtext-{cut}" if cut == "basic_english" else cut
        super().__init__(field, scorer, 2 + 2 * ORDER)
        self.tokenizer = tokenizer(cut)

    def prepared(self, text: str) -> str:
        return " ".join(self.tokenizer.split(text))
