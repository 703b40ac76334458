"""Capitals for texts that were written in lower case."""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from seqmodels.errors import InputError

WORD = re.compile(r"[^\W\d_]+")  # letters
END = re.compile(r"[.!?]\W*\s")  # somewhere between the last word of a sentence and the first of the next one


class Recased(ABC):
    """What a field promises besides, if it can write lower-cased texts with capitals again."""

    @abstractmethod
    def fit_case(self, items: Iterable[Any]) -> None:
        """Learn from training items of this side which letters are capitals, if it is set to restore them."""


class Casing:
    """Which letters of a text are capitals (truecasing by the most frequent form; Lita et al. 2003, its baseline).

    A word gets the form that was seen most often where no sentence begins; the first letter of a sentence is a capital
    if most were.

    Args:
        forms: of words that are not written in lower case.
        starts: whether a sentence begins with a capital.

    Example:
        >>> from seqmodels.text import Casing
        >>> Casing.of_texts(["Ein Hund in Rom.", "Der Hund schläft."]).restored("in rom schläft ein hund.")
        'In Rom schläft ein Hund.'
    """

    def __init__(self, forms: Iterable[str], starts: bool):
        self.forms = {form.lower(): form for form in forms}
        self.starts = starts

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "Casing":
        """Learn from texts as they are; of forms that were seen equally often lower case counts, or the alphabet."""
        inside: Counter[str] = Counter()
        upper = begun = 0
        for text in texts:
            for word, _, begins in _words(text):
                if begins:
                    begun, upper = begun + 1, upper + word[0].isupper()
                else:
                    inside[word] += 1
        best: dict[str, str] = {}
        for form, _ in sorted(inside.items(), key=lambda item: (-item[1], not item[0].islower(), item[0])):
            best.setdefault(form.lower(), form)
        return cls(sorted(form for lower, form in best.items() if form != lower), upper * 2 > begun)

    def restored(self, text: str) -> str:
        """A text in lower case with its capitals."""
        pieces, done = [], 0
        for word, start, begins in _words(text):
            form = self.forms.get(word, word)
            if begins and self.starts and len(form[0].upper()) == 1:  # ß has no capital
                form = form[0].upper() + form[1:]
            pieces += [text[done:start], form]
            done = start + len(word)
        return "".join([*pieces, text[done:]])

    def learnt(self) -> dict[str, list[Any]]:
        """What a checkpoint carries."""
        return {"forms": list(self.forms.values()), "starts": [self.starts]}

    @classmethod
    def loaded(cls, learnt: Mapping[str, Sequence[Any]]) -> "Casing":
        """Take what another one learnt.

        Raises:
            InputError: it is damaged.
        """
        forms, starts = learnt.get("forms"), learnt.get("starts")
        if not isinstance(forms, list) or not all(isinstance(form, str) for form in forms):
            raise InputError("forms of words: wanted a list of strings")
        if not isinstance(starts, list) or [type(one) for one in starts] != [bool]:
            raise InputError(f"starts: {str(starts)[:50]} found, wanted [true] or [false]")
        return cls(forms, starts[0])


def _words(text: str) -> Iterator[tuple[str, int, bool]]:
    """Each word, where it stands, and whether it begins a sentence."""
    end = None
    for match in WORD.finditer(text):
        yield match[0], match.start(), end is None or END.search(text, end, match.start()) is not None
        end = match.end()
