"""The words of ``seqmodels inspect``."""

import argparse

from seqmodels.errors import InputError

TRUST_HELP = "let the checkpoint name classes of that package of yours, too"


def add_inspect(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The command and its flags."""
    said = "look inside a trained model"
    inspect = commands.add_parser("inspect", help=said, description=f"{said.capitalize()}, on its validation split.")
    inspect.add_argument("run", metavar="RUN", help="a run's folder (its best checkpoint is taken) or a checkpoint")
    inspect.add_argument("--gradients", action="store_true", help="how much of the loss comes back to every step")
    inspect.add_argument("--examples", metavar="N", type=int, default=32, help="of the validation split (default: 32)")
    inspect.add_argument("--output", metavar="DIR", help="where the files go, if not into the run's folder")
    inspect.add_argument("--trust", metavar="PACKAGE", action="append", default=[], help=TRUST_HELP)
    inspect.set_defaults(act=_inspect, several=[])


def _inspect(flags: argparse.Namespace) -> None:
    if flags.several:
        raise InputError(f"{' '.join(flags.several)}: wanted nothing behind the run but flags")
    if not flags.gradients:
        raise InputError("inspect: nothing to look at; wanted --gradients")
    from seqmodels.run.inspect import gradient_files

    for line in gradient_files(flags.run, flags.examples, flags.output, flags.trust):
        print(line)
