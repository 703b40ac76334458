"""The flags that say how a model writes, and what is to be shown of it."""

import argparse
from typing import Any

BEAM = {"beam": "beam_size", "nbest": "count"}
DRAWN = ("temperature", "top_k", "top_p", "seed")
RULES = {
    "length_penalty": "length_penalty",
    "min_length": "min_length",
    "length": "max_length",
    "no_repeat_ngram": "no_repeat_ngram",
}
SETTINGS = (*BEAM, "samples", *DRAWN, *RULES)  # as argparse names the flags


def add_search_flags(parser: argparse.ArgumentParser, several: bool) -> None:
    """How to search: for models that write a sequence of its own length, and for language models.

    Args:
        parser: of a command.
        several: whether more than one sequence may be asked for.
    """
    parser.add_argument(
        "--with",
        dest="together",
        metavar="RUN",
        action="append",
        default=[],
        help="another run of the same vocabulary: the mean of their probabilities counts",
    )
    group = parser.add_argument_group("how a model writes a text (default: as its config says; language models draw)")
    group.add_argument("--beam", type=int, metavar="N", help="sequences that are written side by side; 1 is greedy")
    if several:
        group.add_argument("--nbest", type=int, metavar="N", help="the N best of the beam, or of a CRF")
        group.add_argument("--samples", type=int, metavar="N", help="draw N for every text")
    group.add_argument("--length-penalty", type=float, metavar="X", help="score log p / length^X (default: 1)")
    group.add_argument("--length", type=int, metavar="N", help="tokens to write at most (language models: 200)")
    group.add_argument("--min-length", type=int, metavar="N", help="tokens to write at least")
    group.add_argument("--no-repeat-ngram", type=int, metavar="N", help="write no N tokens in a row twice")
    group.add_argument("--temperature", type=float, metavar="X", help="draw, scores divided by it; 0 is greedy")
    group.add_argument("--top-k", type=int, metavar="K", help="draw among the K best only")
    group.add_argument("--top-p", type=float, metavar="P", help="draw among the fewest that have this probability")
    group.add_argument("--seed", type=int, metavar="N", help="the same one draws the same text (default: 1)")


def given_flags(flags: argparse.Namespace) -> dict[str, Any]:
    """Those that were set."""
    return {name: value for name in SETTINGS if (value := getattr(flags, name, None)) is not None}


def flag(name: str) -> str:
    """A flag as it is typed."""
    return f"--{name.replace('_', '-')}"


def add_answer_flags(parser: argparse.ArgumentParser) -> None:
    """What is shown of what models write."""
    group = parser.add_argument_group("what is shown of a text that was written")
    group.add_argument("--scores", action="store_true", help="log p / length^X of each; log p of a CRF and of CTC")
    group.add_argument(
        "--replace-unknown", action="store_true", help="for <unk>, the word of the source that was looked at most"
    )
    group.add_argument("--attention", metavar="DIR", help="a PNG for each text of where the model looked")
