"""Splits by a seed, every label's share in each of them."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from annotated_types import Gt, Lt

from seqmodels.data.faults import Faults
from seqmodels.data.hashed_split import Part
from seqmodels.data.reader import Example, as_json
from seqmodels.data.split import Split
from seqmodels.errors import InputError
from seqmodels.types import NonNegative

Share = Annotated[float, Gt(0), Lt(1)]


class StratifiedSplit(Split):
    """The same share of every label's examples in each split, chosen by a hash of the seed and the text.

    So neither the order of a file nor what else stands in it decides where a text is, and all copies of a text are in
    one split. A label that has few examples has them in training first.

    Args:
        val, test: shares, together less than 1; each is chosen by itself, so that one may change without the other.
        seed: which of many such splits.
        distinct: leave out examples whose text stood before, under the same label or another, and count them.

    Raises:
        ValueError: the shares leave nothing to train on.

    Example:
        >>> from seqmodels.data import Example, Faults, StratifiedSplit
        >>> examples = [Example(f"text {i}", "ab"[i % 2], f"a.csv:{i}") for i in range(40)]
        >>> labels = [str(example.targets) for example in examples]
        >>> parts = StratifiedSplit(0.1, 0.2).deal(examples, labels, ["val", "test"], Faults())
        >>> parts.count("val"), parts.count("test"), parts[::2].count("val"), parts[::2].count("test")
        (4, 8, 2, 4)
    """

    def __init__(self, val: Share = 0.1, test: Share = 0.2, seed: NonNegative = 0, distinct: bool = True):
        if not 0 < val < 1 or not 0 < test < 1 or val + test >= 1:
            raise ValueError(f"val={val}, test={test} found, wanted shares above 0, together less than 1")
        self.shares: dict[Part, float] = {"val": val, "test": test}
        self.seed = seed
        self.distinct = distinct

    def deal(
        self, examples: Sequence[Example], strata: Sequence[str], cut: Sequence[Part], faults: Faults
    ) -> list[Part | None]:
        texts = [str(as_json(example.inputs)) for example in examples]  # of a picture its hash
        first: dict[str, int] = {}
        for place, text in enumerate(texts):
            first.setdefault(text, place)
        groups: dict[str, list[int]] = defaultdict(list)
        for place in first.values():
            groups[strata[place]].append(place)
        parts: list[Part | None] = ["train"] * len(examples)
        for places in groups.values():
            self._choose(sorted(places, key=lambda place: self._key(texts[place])), cut, parts)
        if empty := [name for name in cut if name not in parts]:
            told = ", ".join(f"data.split.{name}={self.shares[name]}" for name in empty)
            raise InputError(
                f"{told} found, and {len(first):,} examples to split: wanted more of them, or larger shares"
            )
        for place, example in enumerate(examples):
            before = first[texts[place]]
            parts[place] = parts[before]
            if self.distinct and before != place:
                parts[place] = None
                same = strata[before] == strata[place]
                kind = "repeated text" if same else "repeated but differently labelled text"
                faults.pass_over(example.origin.rpartition(":")[0], kind)
        return parts

    def _choose(self, places: Sequence[int], cut: Sequence[Part], parts: list[Part | None]) -> None:
        """Write into parts what becomes of one label's examples, in the order of their hashes."""
        sizes = {name: int(self.shares[name] * len(places) + 0.5) for name in cut}
        while sum(sizes.values()) >= len(places):  # one at least is learnt from
            sizes[max(sizes, key=lambda name: sizes[name])] -= 1
        for place in places[: sizes.get("val", 0)]:
            parts[place] = "val"
        for place in places[len(places) - sizes.get("test", 0) :]:
            parts[place] = "test"

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.seed} {text}".encode()).digest()
