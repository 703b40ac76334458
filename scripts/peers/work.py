"""What both sides are told to do, and what they report: standard library only, both environments import it."""

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Work(NamedTuple):
    """One epoch of a part-of-speech tagger: word vectors, one BiLSTM, a linear layer, cross-entropy.

    Args:
        train: the CoNLL-U file to train on.
        one_sentence: another, of one sentence, for readers that want further splits.
        folder: to write in.
        seed: of weights and order.
        threads: torch's.
        embedding_size: width of a word's vector.
        hidden_size: of the LSTM, each direction.
        dropout: behind the word vectors and behind the LSTM.
        min_freq: words seen less often are unknown.
        batch_size: sentences.
        lr: Adam's, constant.
        clip: the gradient's greatest norm.
    """

    train: str
    one_sentence: str
    folder: str
    seed: int
    threads: int
    embedding_size: int = 128
    hidden_size: int = 256
    dropout: float = 0.2
    min_freq: int = 2
    batch_size: int = 32
    lr: float = 0.003
    clip: float = 5.0


class Report(NamedTuple):
    """What a side did.

    Args:
        version: of the library.
        sentences, tokens: that were trained on.
        words: that the vocabulary knows, special ones not counted.
        parameters: numbers that were learnt.
        prepare: seconds from the raw file to a model and its data.
        train: seconds of the epoch.
        loss: mean per token over the last tenth of the epoch, in training mode (dropout).
    """

    version: str
    sentences: int
    tokens: int
    words: int
    parameters: int
    prepare: float
    train: float
    loss: float

    @property
    def seconds(self) -> float:
        """From the raw file to trained weights, without imports."""
        return self.prepare + self.train


def told() -> Work:
    """The work that the command line names."""
    return Work(**json.loads(sys.argv[1]))


def report_file(folder: str) -> Path:
    """Where a side leaves its report."""
    return Path(folder) / "report.json"


def finish(work: Work, report: Report) -> None:
    """Leave the report."""
    report_file(work.folder).write_text(json.dumps(report._asdict()), encoding="utf-8")


class Watch:
    """Seconds since the last look."""

    def __init__(self) -> None:
        self.since = time.perf_counter()

    def lap(self) -> float:
        """What went by since it was made, or since the last lap."""
        before, self.since = self.since, time.perf_counter()
        return self.since - before


def final_loss(losses: list[float], tokens: list[int]) -> float:
    """The mean per token over the last tenth of the batches, from each batch's mean and tokens."""
    last = slice(-max(1, len(losses) // 10), None)
    return sum(loss * count for loss, count in zip(losses[last], tokens[last], strict=True)) / sum(tokens[last])
