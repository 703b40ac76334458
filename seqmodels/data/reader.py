"""What every reader promises."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple


class Example(NamedTuple):
    """One thing to learn from.

    Args:
        inputs: a text, or its tokens.
        targets: a text, a label, or a label for every token.
        origin: where it stands, for messages ("en_ewt-ud-dev.conllu:17").
    """

    inputs: str | Sequence[str]
    targets: str | Sequence[str]
    origin: str


class Splits(NamedTuple):
    """The examples to train on, to choose by, and to judge with."""

    train: list[Example]
    val: list[Example]
    test: list[Example]


class Reader(ABC):
    """Reads one format, or makes examples. Making a reader touches nothing; ``read`` does the work."""

    @abstractmethod
    def read(self) -> Splits:
        """All examples, in the order in which they stand.

        Raises:
            InputError: something in the data is not as its format wants it; every fault with file and line.
        """


def fingerprint(examples: Sequence[Example]) -> str:
    """sha256 over what the examples say, whatever file they came from."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps([example.inputs, example.targets], ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()
