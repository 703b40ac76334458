"""The ``seqmodels`` command."""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Sequence

from seqmodels import __version__
from seqmodels.errors import InputError, Stopped
from seqmodels.run.process import tune_process

DESCRIPTION = """\
Recurrent sequence models of every topology: train, evaluate, predict.

  seqmodels train                                   train the default task
  seqmodels train --help                            tasks, encoders, devices, data sets: everything to choose from
  seqmodels train task=pos_tagging model/encoder=gru device=cpu
  seqmodels evaluate runs/dates/2026-11-23_09-30-00
  seqmodels predict runs/dates/2026-11-23_09-30-00 "3. März 2026"
  seqmodels predict runs/language_model/2026-11-23_09-30-00 "ROMEO:" --temperature 0.8 --length 400
"""
RUN_HELP = "a run's folder (its best checkpoint is taken) or a checkpoint"
TRUST_HELP = "let the checkpoint name classes of that package of yours, too"


def main(words: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 if it was done, 2 if the input was at fault."""
    sys.exit(run(sys.argv[1:] if words is None else list(words)))


def run(words: list[str]) -> int:
    """Run a command; its exit code."""
    tune_process()  # no command has imported torch by now
    quiet()
    try:
        if words[:1] == ["train"]:
            from seqmodels.run.launch import launch

            return launch(words[1:], complain)
        return _other(words)
    except InputError as error:
        complain(error)
        return 2
    except KeyboardInterrupt as error:
        print(f"\nseqmodels: {error or 'interrupted'}", file=sys.stderr)
        return 130
    except Stopped as stop:
        if os.environ.get("LOCAL_RANK", "0") != "0":
            return 0  # Lightning kills a run when one of the processes that it started ends with another code
        print(f"seqmodels: {stop}", file=sys.stderr)
        return 128 + stop.number
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def complain(error: InputError) -> None:
    """Print what is wrong with the input, a line a fault."""
    for fault in error.faults:
        print(f"seqmodels: {fault}", file=sys.stderr)


def quiet() -> None:
    """Leave out what Lightning says on every run and the user cannot use."""
    for name in ("pytorch_lightning", "lightning.fabric", "pytorch_lightning.utilities.rank_zero", "torchtext"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # One loader worker is 2 times slower on a CPU, so the advice to have more is wrong here.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    # Lightning 2.6 calls what torch 2.13 has renamed.
    warnings.filterwarnings("ignore", message=".isinstance\\(treespec, LeafSpec\\). is deprecated.*")
    # The steps are counted on from epoch to epoch, so a short epoch is logged too.
    warnings.filterwarnings("ignore", message=".*is smaller than the logging interval.*")
    # The folder is ours and new; the logger made it.
    warnings.filterwarnings("ignore", message=".*Checkpoint directory .* exists and is not empty.*")
    # Our own sampler gives each process its share, and does not repeat examples in evaluation.
    warnings.filterwarnings("ignore", message=".*it is recommended to use `Trainer\\(devices=1, num_nodes=1\\)`.*")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "seqmodels", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"seqmodels {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    train = commands.add_parser("train", help="train a model and test it (Hydra overrides: KEY=VALUE)", add_help=False)
    train.set_defaults(act=None, several=[])

    evaluate = commands.add_parser("evaluate", help="score a trained model", description="Score a trained model.")
    evaluate.add_argument("run", metavar="RUN", help=RUN_HELP)
    evaluate.add_argument("several", metavar="KEY=VALUE", nargs="*", help="other data: data.test=other.conllu")
    evaluate.add_argument("--split", metavar="{val,test}", default="test", help="which to score (default: test)")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    evaluate.add_argument("--trust", metavar="PACKAGE", action="append", default=[], help=TRUST_HELP)
    evaluate.set_defaults(act=_evaluate)

    predict = commands.add_parser(
        "predict", help="answer texts with a trained model", description="Answer texts with a trained model."
    )
    predict.add_argument("run", metavar="RUN", help=RUN_HELP)
    predict.add_argument("several", metavar="TEXT", nargs="*", help="what to answer")
    predict.add_argument("--input", metavar="FILE", help="a file of texts, one a line; - reads standard input")
    predict.add_argument("--output", metavar="FILE", help="write the answers there")
    predict.add_argument("--json", action="store_true", help="one JSON object a line: input, prediction (and tokens)")
    predict.add_argument("--trust", metavar="PACKAGE", action="append", default=[], help=TRUST_HELP)
    on = predict.add_argument_group("how a language model goes on with a text")
    on.add_argument("--temperature", type=float, metavar="X", help="scores are divided by it, 0 the best (default: 1)")
    on.add_argument("--length", type=int, metavar="N", help="tokens to write at most (default: 200)")
    on.add_argument("--top-k", type=int, metavar="K", help="draw among the K best only")
    on.add_argument("--top-p", type=float, metavar="P", help="draw among the fewest that have this probability")
    on.add_argument("--seed", type=int, metavar="N", help="the same one writes the same text (default: 1)")
    predict.set_defaults(act=_predict)
    return parser


def _other(words: list[str]) -> int:
    parser = _parser()
    # Of texts that stand in several places, with flags between them, argparse takes the first ones alone.
    flags, behind = parser.parse_known_args(words or ["--help"])
    if any(word.startswith("-") for word in behind):
        parser.error(f"unrecognized arguments: {' '.join(behind)}")
    flags.several.extend(behind)
    from seqmodels.run.build import find_packages_here

    find_packages_here(flags.trust)
    flags.act(flags)
    return 0


def _evaluate(flags: argparse.Namespace) -> None:
    import json

    from seqmodels.run.evaluate import evaluate_run
    from seqmodels.run.show import show_report, show_scores

    predictor, results, report = evaluate_run(flags.run, flags.split, flags.several, flags.trust)
    if flags.json:
        print(json.dumps(results))
    else:
        show_scores(results, predictor.recipe, flags.split)
        show_report(report)


def _predict(flags: argparse.Namespace) -> None:
    from seqmodels.run.continuing import SETTINGS, continued, going_on
    from seqmodels.run.load import load
    from seqmodels.run.predict import answer, deliver, read_texts, terminal_width

    texts = read_texts(flags.several, flags.input)
    predictor = load(flags.run, flags.trust)
    given = {name: value for name in SETTINGS if (value := getattr(flags, name)) is not None}
    if going_on(predictor, given):
        deliver(continued(predictor, texts, given, flags.json), flags.output)
        return
    width = terminal_width() if flags.output is None else None
    deliver(answer(predictor, texts, flags.json, width), flags.output)
