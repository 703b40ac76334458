"""Words and how they are said, as the CMU Pronouncing Dictionary has them."""

import re
from collections import defaultdict
from pathlib import Path

from seqmodels.data.download import Fetchable, local
from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import hashed_split
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.errors import InputError
from seqmodels.text.lines import Line, read_lines
from seqmodels.types import NonNegative, Positive

# A word, the number of its variant, and phones with the stress of vowels; "aalborg AO1 L B AO0 R G # place, danish".
ENTRY = re.compile(r"(?P<word>\S+?)(\((?P<variant>\d+)\))? +(?P<phones>[A-Z]+[0-2]?(?: [A-Z]+[0-2]?)*)")
COMMENT = re.compile(r"(^;;;| +#( |$)).*")


class Cmudict(Reader):
    """Words as inputs, phones with blanks between them as targets.

    A word has one pronunciation or several, of which the first one is usual and the others are just as right. All of a
    word are in one split: of a word that is judged by, training has none. It learns from each as an example of its own;
    in the other splits a word is one example, with the others as further right answers.

    Args:
        file: the dictionary.
        val, test: words in these splits, chosen by hash.
        stress: whether vowels keep the digit of their stress; pronunciations that differ in nothing else are one then.
        split: which of many such splits.

    Example:
        >>> from seqmodels.data import Cmudict
        >>> Cmudict("cmudict.dict").read().train[0]  # doctest: +SKIP
        Example(inputs="'bout", targets='B AW T', origin='cmudict.dict:1', whole=True, others=())
    """

    def __init__(
        self,
        file: str | Fetchable,
        val: Positive = 2_000,
        test: Positive = 12_000,
        stress: bool = False,
        split: NonNegative = 0,
    ):
        self.file = file
        self.sizes = (val, test)
        self.stress = stress
        self.split = split

    def read(self, faults: Faults | None = None) -> Splits:
        faults = faults or Faults()
        path = local(self.file)
        words = self._words(path, faults)
        faults.check()
        if not words:
            raise InputError(f"{path}: no word found, wanted at least one; is the file empty?")
        parts = hashed_split(words, *self.sizes, self.split)
        splits = Splits([], [], [])
        for word, said in words.items():
            examples = [Example(word, phones, origin) for phones, origin in said.items()]
            if parts[word] != "train":
                examples = [examples[0]._replace(others=tuple(str(example.targets) for example in examples[1:]))]
            getattr(splits, parts[word]).extend(examples)
        return splits

    def _words(self, path: Path, faults: Faults) -> dict[str, dict[str, str]]:
        """Of each word, where each of its pronunciations stands."""
        words: dict[str, dict[str, str]] = defaultdict(dict)
        for line in read_lines(path):
            text = COMMENT.sub("", line.text).rstrip(" ")
            if not text and line.fault is None:
                continue
            entry = ENTRY.fullmatch(text)
            if line.fault or entry is None:
                faults.skip(path, "line", [f"{path}:{line.number}: {_told(line)}"])
                continue
            phones = entry["phones"] if self.stress else re.sub("[0-2]", "", entry["phones"])
            said = words[entry["word"].lower()]
            if phones in said:
                faults.pass_over(path, "repeated pronunciation")
            said.setdefault(phones, f"{path.name}:{line.number}")
        return words


def _told(line: Line) -> str:
    return line.fault or f"{line.text[:60]!r} found, wanted a word and its phones, such as: abacus(2) AE1 B AH0 K AH0 S"
