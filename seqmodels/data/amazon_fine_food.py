"""Amazon Fine Food Reviews, as Kaggle has them."""

from collections.abc import Sequence
from pathlib import Path

from seqmodels.data.download import Fetchable
from seqmodels.data.faults import Faults
from seqmodels.data.reader import Example, Reader, Splits
from seqmodels.data.split import Split, read_or_cut, to_cut
from seqmodels.data.split_file import split_of
from seqmodels.data.tables import read_table
from seqmodels.errors import InputError

SCORES = {"1": "negative", "2": "negative", "3": None, "4": "positive", "5": "positive"}


class AmazonFineFood(Reader):
    """Reviews with what they say, of Kaggle's Reviews.csv: positive above three stars, negative below.

    Reviews of three stars and rows without a Score are left out and counted. Many texts stand in the file twice or
    more; each is one example, of its first row's label.

    Args:
        path: of Reviews.csv.
        test: another such file to judge with; None cuts the test split off the first, as validation always is.
        split: how to cut, or a file that says it (``SplitFile``); ``StratifiedSplit()`` if not given.

    Example:
        >>> from seqmodels.data import AmazonFineFood, StratifiedSplit
        >>> AmazonFineFood("Reviews.csv", split=StratifiedSplit(seed=3)).read().train[0].targets  # doctest: +SKIP
        'positive'
    """

    def __init__(self, path: str | Fetchable, test: str | Fetchable | None = None, split: Split | str | None = None):
        self.files = (path, None, test)
        self.split = split_of(split)
        self.cut = to_cut(self.files)

    def read(self, faults: Faults | None = None) -> Splits:
        return read_or_cut(self.files, self._read, self.split, lambda example: str(example.targets), faults)

    def _read(self, paths: Sequence[Path], faults: Faults) -> list[Example]:
        (path,) = paths
        examples: list[Example] = []
        for row in read_table(path, ["Text", "Score"]):
            text, score = row.cells or ["", ""]
            told = row.faults or _faults(text, score)
            if told:
                faults.skip(path, "row", row.told(path, told))
            elif not score:
                faults.pass_over(path, "unscored row")
            elif (said := SCORES[score]) is None:
                faults.pass_over(path, "three-star row")
            else:
                examples.append(Example(text, said, f"{path.name}:{row.line}"))
        if not examples and not faults.lost:
            raise InputError(f"{path}: no row with another Score than 3 found, wanted at least one")
        return examples


def _faults(text: str, score: str) -> list[str]:
    found = [] if text.strip() else ["column 'Text' is empty, wanted a review"]
    if score and score not in SCORES:
        found.append(f"{score[:60]!r} found in column 'Score', wanted 1, 2, 3, 4 or 5")
    return found
