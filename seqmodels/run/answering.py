"""``seqmodels predict``: texts in, answers out."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from seqmodels.decode import Search
from seqmodels.errors import InputError
from seqmodels.nn.heads import CtcHead
from seqmodels.run.attention import AttentionFiles
from seqmodels.run.ensemble import load_together
from seqmodels.run.flags import flag, given_flags
from seqmodels.run.forecast_file import forecast_file
from seqmodels.run.load import Predictor
from seqmodels.run.predict import answers, apart, check_output, deliver, laid_out, read_texts, terminal_width
from seqmodels.run.progress import progress
from seqmodels.run.ranking import how_many, ranked, ranks, shown_ranked
from seqmodels.run.searching import search_by, search_of
from seqmodels.run.shown import shown
from seqmodels.run.stream import arriving
from seqmodels.run.unknown import check_unknown, replaced
from seqmodels.run.writing import Written, usual_search, write, writes
from seqmodels.topologies import Forecaster, LanguageModel, Topology
from seqmodels.types import UNK

ONLY_WRITTEN = ("scores", "replace_unknown", "attention")  # beside how to search
LINES = 2  # of an answer, which still stands right below the one before


class Answering(NamedTuple):
    """How texts are answered.

    Args:
        answer: makes an answer of each text, and tells how many there are, batch by batch.
        lines: an answer may have before empty lines stand between answers.
    """

    answer: Callable[[Sequence[str], Callable[[int], None]], list[str]]
    lines: int = LINES


def predict_texts(flags: argparse.Namespace) -> None:
    """Answer the texts that a command line names; those of standard input as they come.

    Raises:
        InputError: a flag, a run or a text is not as it must be.
    """
    check_output(flags.output)
    predictor = load_together([flags.run, *flags.together], flags.trust)
    answer, lines = answering(predictor, flags)
    if isinstance(predictor.model, Forecaster):
        if flags.several:
            raise InputError(f"{flags.several[0]}: a text found, wanted the table of a series with --input FILE")
        deliver(forecast_file(predictor, flags.input, flags.json), flags.output)
        return
    streams = flags.input == "-" and flags.output is None
    reads_on = isinstance(predictor.model, LanguageModel)
    texts = list(flags.several) if streams else read_texts(flags.several, flags.input, reads_on)
    if not streams:
        with progress(len(texts)) as done:
            said = answer(texts, done)
        deliver(laid_out(said, lines), flags.output)
        return
    count = 0
    for some in arriving(texts, sys.stdin, reads_on):
        said, fault = _up_to_fault(answer, some)
        if said:
            sys.stdout.write("\n" * (apart(said, lines) and count > 0) + laid_out(said, lines))
            sys.stdout.flush()
        count += len(said)
        if fault is not None:
            place = count + 1 - len(texts)
            where = f"-:{place}" if place > 0 else f"text {count + 1}"
            raise InputError([f"{where}: {told.removeprefix('text 1: ')}" for told in fault.faults]) from fault


def _up_to_fault(
    answer: Callable[[Sequence[str], Callable[[int], None]], list[str]], texts: Sequence[str]
) -> tuple[list[str], InputError | None]:
    """The answers of all texts; or of those before the first that has none, and what is wrong with that one."""
    try:
        return answer(texts, lambda _: None), None
    except InputError as error:
        if len(texts) == 1:
            return [], error
    said: list[str] = []
    for text in texts:
        more, fault = _up_to_fault(answer, [text])
        said += more
        if fault is not None:
            return said, fault
    return said, None


def answering(predictor: Predictor, flags: argparse.Namespace) -> Answering:
    """How a model answers by these flags.

    Raises:
        InputError: the flags do not fit the model.
    """
    model, given = predictor.model, given_flags(flags)
    if writes(model):
        return _writing(predictor, flags, search_of(given, usual_search(model)))
    width = terminal_width() if flags.output is None else None
    asked = [name for name in ONLY_WRITTEN if getattr(flags, name)]
    if ranks(model) and ("nbest" in given or flags.scores):
        _refuse([name for name in asked if name != "scores"], model)
        return _ranking(predictor, flags, how_many(predictor, given), width)
    if given and isinstance(getattr(model, "head", None), CtcHead):
        search_by(predictor, given)
        given = {}
    _refuse([*given, *asked], model)
    return Answering(lambda texts, done: answers(predictor, texts, flags.json, width, done))


def _refuse(names: Sequence[str], model: Topology) -> None:
    """Flags that this model has no use for."""
    if names:
        raise InputError(
            f"{', '.join(map(flag, names))}: only decoders and language models do that (of --nbest and --scores heads "
            f"of CRF and CTC, too), and this is a {type(model).__name__}; leave it out"
        )


def _ranking(predictor: Predictor, flags: argparse.Namespace, n: int, width: int | None) -> Answering:
    """By the probabilities of whole sequences of labels."""

    def answer(texts: Sequence[str], done: Callable[[int], None]) -> list[str]:
        found = ranked(predictor, texts, n, done)
        pairs = zip(texts, found, strict=True)
        return [shown_ranked(predictor, text, some, flags.json, flags.scores, width) for text, some in pairs]

    return Answering(answer)


def _writing(predictor: Predictor, flags: argparse.Namespace, how: Search) -> Answering:
    """By what a search finds."""
    reads_on = isinstance(predictor.model, LanguageModel)
    if flags.replace_unknown:
        check_unknown(predictor)
    files = AttentionFiles(predictor, flags.attention) if flags.attention else None

    def answer(texts: Sequence[str], done: Callable[[int], None]) -> list[str]:
        found = write(predictor, texts, how, done, looked=bool(files) or flags.replace_unknown)
        if files:
            files.write(texts, [best for best, *_ in found])
        if flags.replace_unknown:
            found = [replaced(predictor, text, some) for text, some in zip(texts, found, strict=True)]
        if reads_on:  # which goes on for as long as it is asked to
            _tell_unknown(predictor, texts)
        else:
            _tell_cut(found, how.max_length)
        pairs = zip(texts, found, strict=True)
        return [shown(text, some, flags.json, flags.scores, reads_on) for text, some in pairs]

    return Answering(answer, LINES if flags.json else 0 if reads_on else 1)


def _tell_cut(found: Sequence[Sequence[Written]], most: int) -> None:
    """Nobody should take the beginning of an answer for all of it."""
    cut = sum(not best.ended for best, *_ in found)
    if cut:
        told = f"{cut} of {len(found)} answers were cut at {most} tokens; --length N takes more"
        print(f"seqmodels: {told}", file=sys.stderr)


def _tell_unknown(predictor: Predictor, texts: Sequence[str]) -> None:
    """Nobody should wonder at an answer to a prompt that the model could not read."""
    for text in texts:
        ids = predictor.inputs.encode(text)
        if unknown := int((ids == UNK).sum()):
            told = f"{unknown} of the {len(ids)} tokens of {text!r} do not occur in training; the model read <unk>"
            print(f"seqmodels: {told}", file=sys.stderr)
