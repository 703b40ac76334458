"""The ``seqmodels`` command."""

import argparse
import os
import sys
from collections.abc import Sequence

from seqmodels import __version__
from seqmodels.errors import InputError, Pruned, Stopped
from seqmodels.run.commands import add_report, add_rerun
from seqmodels.run.flags import add_answer_flags, add_search_flags, given_flags
from seqmodels.run.inspect_flags import add_inspect
from seqmodels.run.process import quiet, tune_process

DESCRIPTION = """\
Recurrent sequence models of every topology: train, evaluate, predict.

  seqmodels train                                   train the default task
  seqmodels train --help                            tasks, encoders, devices, data sets: everything to choose from
  seqmodels train task=pos_tagging model/encoder=gru device=cpu
  seqmodels sweep sweep=encoders workers=2          many settings, and the best of them tested
  seqmodels floor task=language_id                  what trivial methods reach, without a model
  seqmodels report runs/dates                       many runs on one page
  seqmodels rerun runs/dates/2026-11-23_09-30-00    is it the same again?
  seqmodels evaluate runs/dates/2026-11-23_09-30-00
  seqmodels inspect runs/dates/2026-11-23_09-30-00 --gradients
  seqmodels predict runs/dates/2026-11-23_09-30-00 "3. März 2026"
  seqmodels predict runs/translation/2026-11-23_09-30-00 --input de.txt --beam 5 --nbest 3 --scores
  seqmodels predict runs/language_model/2026-11-23_09-30-00 "ROMEO:" --temperature 0.8 --length 400
"""
TEXT_HELP = "what to answer, as the model reads it: a text; the file of a picture or a recording; numbers, with blanks "
TEXT_HELP += 'between them; of several inputs a JSON object, such as {"picture": "7.png", "language": "de"}'
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

            return launch(words[1:])
        if words[:1] == ["sweep"]:
            from seqmodels.run.sweeping import launch_sweep

            return launch_sweep(words[1:])
        return _other(words)
    except InputError as error:
        complain(error)
        return 2
    except KeyboardInterrupt as error:
        print(f"\nseqmodels: {error or 'interrupted'}", file=sys.stderr)
        return 130
    except (Pruned, Stopped) as stop:
        if os.environ.get("LOCAL_RANK", "0") != "0":
            return 0  # Lightning kills a run when one of the processes that it started ends with another code
        print(f"seqmodels: {stop}", file=sys.stderr)
        return stop.code
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def complain(error: InputError) -> None:
    """Print what is wrong with the input, a line a fault."""
    for fault in error.faults:
        print(f"seqmodels: {fault}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "seqmodels", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"seqmodels {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    train = commands.add_parser("train", help="train a model and test it (Hydra overrides: KEY=VALUE)", add_help=False)
    train.set_defaults(act=None, several=[])
    commands.add_parser("sweep", help="train for many settings, in many processes", add_help=False)

    evaluate = commands.add_parser("evaluate", help="score a trained model", description="Score a trained model.")
    evaluate.add_argument("run", metavar="RUN", help=RUN_HELP)
    evaluate.add_argument("several", metavar="KEY=VALUE", nargs="*", help="other data: data.test=other.conllu")
    add_search_flags(evaluate, several=False)
    evaluate.add_argument("--split", metavar="{val,test}", default="test", help="which to score (default: test)")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    evaluate.add_argument("--judge", metavar="RUN", help="a classifier that says what each drawn text was written for")
    evaluate.add_argument("--save", metavar="NAME", help="keep the scores in RUN/scores/NAME.json, for make results")
    evaluate.add_argument("--trust", metavar="PACKAGE", action="append", default=[], help=TRUST_HELP)
    evaluate.set_defaults(act=_evaluate)

    predict = commands.add_parser(
        "predict", help="answer texts with a trained model", description="Answer texts with a trained model."
    )
    predict.add_argument("run", metavar="RUN", help=RUN_HELP)
    predict.add_argument("several", metavar="TEXT", nargs="*", help=TEXT_HELP)
    predict.add_argument("--input", metavar="FILE", help="a file of texts, one a line; - reads standard input")
    predict.add_argument("--output", metavar="FILE", help="write the answers there")
    predict.add_argument("--json", action="store_true", help="one JSON object a line: input, prediction (and tokens)")
    predict.add_argument("--trust", metavar="PACKAGE", action="append", default=[], help=TRUST_HELP)
    add_search_flags(predict, several=True)
    add_answer_flags(predict)
    predict.set_defaults(act=_predict)

    _add_floor(commands)
    add_inspect(commands)
    add_report(commands)
    add_rerun(commands, TRUST_HELP)
    average = commands.add_parser(
        "average", help="average checkpoints", description="Write a checkpoint whose weights are the mean of others'."
    )
    average.add_argument(
        "several", metavar="CHECKPOINT", nargs="+", help="checkpoints, or a run's folder for all of its"
    )
    average.add_argument("--output", metavar="FILE", required=True, help="the checkpoint to write")
    average.set_defaults(act=_average, trust=[])
    return parser


def _add_floor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    said = "score the trivial methods of a task"
    floor = commands.add_parser("floor", help=said, description=f"{said.capitalize()} on its splits.")
    floor.add_argument("several", metavar="KEY=VALUE", nargs="*", help="as for train: task=sentiment data.split.seed=1")
    floor.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    floor.add_argument("--config-dir", metavar="DIR", help="a folder of your own with more choices")
    floor.add_argument("--trust", metavar="PACKAGE", action="append", default=[], help=TRUST_HELP)
    floor.set_defaults(act=_floor)


def _other(words: list[str]) -> int:
    parser = _parser()
    # Of texts that stand in several places, with flags between them, argparse takes the first ones alone.
    flags, behind = parser.parse_known_args(words or ["--help"])
    if any(word.startswith("-") for word in behind):
        parser.error(f"unrecognized arguments: {' '.join(behind)}")
    flags.several.extend(behind)
    from seqmodels.run.build import find_packages_here

    find_packages_here(flags.trust)
    flags.words = words
    return flags.act(flags) or 0


def _evaluate(flags: argparse.Namespace) -> None:
    import json

    from seqmodels.run.ensemble import first_of
    from seqmodels.run.evaluate import evaluate_run
    from seqmodels.run.saved import check_save, save_scores
    from seqmodels.run.show import show_report, show_scores, splits_of

    if flags.save is not None:
        check_save(flags.run, flags.save)
    runs, searching = [flags.run, *flags.together], given_flags(flags)
    predictor, results, report = evaluate_run(runs, flags.split, flags.several, flags.trust, searching, flags.judge)
    if flags.save is not None:
        save_scores(flags.run, flags.save, flags.words, results, first_of(predictor.model).state_dict())
    if flags.json:
        print(json.dumps(results))
    else:
        for split in splits_of(results, flags.split):
            show_scores(results, predictor.recipe, split)
        show_report(report)


def _floor(flags: argparse.Namespace) -> None:
    from seqmodels.run.floor import score_floors, show_floors

    show_floors(score_floors(flags.several, flags.config_dir, flags.trust), flags.json)


def _predict(flags: argparse.Namespace) -> None:
    from seqmodels.run.answering import predict_texts

    predict_texts(flags)


def _average(flags: argparse.Namespace) -> None:
    from seqmodels.run.average import average_checkpoints

    count = average_checkpoints(flags.several, flags.output)
    print(f"{flags.output}: the mean of {count} checkpoints")
