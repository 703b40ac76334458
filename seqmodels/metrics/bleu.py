"""BLEU as sacreBLEU has it."""

from typing import Literal

from sacrebleu.metrics.bleu import BLEU

from seqmodels.metrics.sacre import SacreMetric
from seqmodels.text import Field
from seqmodels.types import check_choice

Tokenize = Literal["13a", "intl", "zh", "char", "none"]
Smooth = Literal["exp", "floor", "add-k", "none"]
ORDER = 4


class Bleu(SacreMetric):
    """BLEU = BP · exp(1/4 Σ log p_n), n from 1 to 4, of a whole corpus (Papineni et al. 2002; sacreBLEU, Post 2018).

    Between 0 and 100; more is better. sacreBLEU cuts the texts by itself, so that the score does not depend on how a
    model does; its signature says how.

    Args:
        field: of the targets.
        lowercase: compare in lower case.
        tokenize: how sacreBLEU cuts: ``13a`` as WMT does, ``intl`` at any punctuation of Unicode, ``zh`` Chinese by
            characters, ``char`` everything by characters, ``none`` at blanks.
        smooth: what becomes of an n-gram precision of 0.

    Raises:
        ValueError: another word.

    Example:
        >>> from seqmodels.metrics import Bleu
        >>> from seqmodels.text import Tokens
        >>> metric = Bleu(Tokens(), lowercase=True)
        >>> metric.update(["the cat sat on it."], [["The cat sat on the mat."]]); round(metric.compute().item(), 1)
        45.5
        >>> metric.signature.rpartition("|")[0]
        'nrefs:1|case:lc|eff:no|tok:13a|smooth:exp'
    """

    def __init__(self, field: Field, lowercase: bool = False, tokenize: Tokenize = "13a", smooth: Smooth = "exp"):
        check_choice("tokenize", tokenize, Tokenize)
        check_choice("smooth", smooth, Smooth)
        scorer = BLEU(lowercase=lowercase, tokenize=tokenize, smooth_method=smooth, force=True, max_ngram_order=ORDER)
        super().__init__(field, scorer, 2 + 2 * ORDER)

    def prepared(self, text: str) -> str:
        return text
