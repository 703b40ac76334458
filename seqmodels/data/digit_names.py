"""Handwritten digits and their names, from what scikit-learn and num2words carry."""

import random
from collections.abc import Sequence

from seqmodels.data.digits import picture_of, read_scans
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.types import Positive

SPLIT_SEED = 0  # which pictures are in which split is part of the data set, not of a run


class DigitNames(Reader):
    """1,797 handwritten digits of 8 × 8 pixels (Alpaydin & Kaynak 1998) with a language, and their names in it.

    Every picture comes once for each language. No picture is in two splits; the scans do not say who wrote them, so
    the same hand is in all splits.

    Args:
        languages: as num2words names them, such as ``de`` or ``pt_BR``.
        val, test: pictures in these splits; training has the others.

    Raises:
        InputError: a language is not known, or there are more pictures asked for than there are.

    Example:
        >>> from seqmodels.data import DigitNames
        >>> example = DigitNames(["de"]).read().train[0]
        >>> example.inputs["language"], example.targets, str(example.inputs["picture"])
        ('de', 'acht', 'a picture of 8 × 8 pixels')
    """

    def __init__(self, languages: Sequence[str], val: Positive = 200, test: Positive = 400):
        self.languages = list(languages)
        self.sizes = (val, test)

    def read(self, faults: Faults | None = None) -> Splits:  # what is made here has none
        names = {language: digit_names(language) for language in self.languages}
        if not names:
            raise InputError("data.languages is empty, wanted at least one language")
        ink, digits = read_scans()
        val, test = self.sizes
        if val + test >= len(digits):
            raise InputError(f"data.val + data.test = {val + test} found, wanted fewer than the {len(digits)} pictures")
        order = list(range(len(digits)))
        random.Random(SPLIT_SEED).shuffle(order)
        examples = [
            Example({"language": language, "picture": picture_of(ink[i])}, said[digits[i]], f"scan {i} in {language}")
            for i in order
            for language, said in names.items()
        ]
        ends = [count * len(names) for count in (test, test + val)]
        return Splits(train=examples[ends[1] :], val=examples[ends[0] : ends[1]], test=examples[: ends[0]])


def digit_names(language: str) -> list[str]:
    """What the digits from 0 to 9 are called.

    Raises:
        InputError: num2words does not know the language.

    Example:
        >>> digit_names("de")[:4]
        ['null', 'eins', 'zwei', 'drei']
    """
    from num2words import num2words

    try:
        return [str(num2words(digit, lang=language)) for digit in range(10)]
    except NotImplementedError as error:
        raise InputError(
            f"data.languages: {language!r} is not a language that num2words knows; wanted names such as de or pt_BR"
        ) from error
