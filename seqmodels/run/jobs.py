"""The runs of ``seqmodels train``: what Hydra's launchers do with each config, in this process or in others."""

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf, open_dict
from rich.table import Table
from rich.text import Text

from seqmodels.errors import InputError, Stopped
from seqmodels.run.leftovers import nothing_left_behind
from seqmodels.run.plain import none_means_none
from seqmodels.run.process import quiet
from seqmodels.run.words import quoted

# No space, no quota, a file too large, a file system for reading only, nothing allowed.
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


class Outcome(NamedTuple):
    """What became of a run; plain values, for it may come from another process.

    Args:
        words: that it was begun with.
        folder: of the run.
        code: 0; 2 if its input was at fault; 1 for any other failure.
        error: what the table says of a failure.
    """

    words: list[str]
    folder: str
    code: int = 0
    error: str = ""


class Job:
    """Does a run.

    Args:
        flags: of the command line.
        program: as it was started.
    """

    def __init__(self, flags: argparse.Namespace, program: str):
        self.flags, self.program, self.process = flags, program, os.getpid()

    def __call__(self, config: DictConfig) -> Outcome:
        """The outcome of one run of possibly many: no fault of its own ends the others."""
        if os.getpid() != self.process:
            quiet()  # a process of a launcher's
        context = HydraConfig.get()
        made = Outcome(_words(context.overrides.task), str(context.runtime.output_dir))
        try:
            with nothing_left_behind():
                self._train(config, made)
            return made
        except InputError as error:
            return self._told(made, error)
        except OSError as error:
            if error.errno in UNWRITABLE:
                where = error.filename or config.runs
                return self._told(made, InputError(f"{where}: {error.strerror}; make room, or set run_dir="))
            return self._failed(made, error)
        except (Exception, SystemExit) as error:
            return self._failed(made, error)
        except Stopped as stop:
            if os.getpid() == self.process:
                raise
            print(f"seqmodels: {stop}", file=sys.stderr)
            return made._replace(code=stop.code, error=str(stop))  # one of a launcher's processes, which has others

    def _train(self, config: DictConfig, made: Outcome) -> None:
        from seqmodels.run.alone import alone
        from seqmodels.run.train import train  # torch is not needed for help or for a misspelt key

        with open_dict(config):
            config.run_dir = made.folder
            none_means_none(config, HydraConfig.get().runtime.choices)
        # The run's own folder is no part of what makes the run: whoever repeats it gets a folder of theirs.
        record = [word for word in made.words if not word.lstrip("+").startswith(("resume=", "resume_anyway="))]
        # Lightning starts a run's further processes with sys.argv: they are to join this run, not to start a sweep.
        flags = self.flags
        folder = ["--config-dir", str(Path(flags.config_dir).absolute())] if flags.config_dir is not None else []
        trusted = [word for package in flags.trust for word in ("--trust", package)]
        arguments = sys.argv
        try:
            sys.argv = [self.program, "train", *folder, *trusted, *made.words, f"run_dir={quoted(made.folder)}"]
            with alone(Path(made.folder)):
                train(config, record, flags.trust)
        finally:
            sys.argv = arguments

    def _told(self, made: Outcome, error: InputError) -> Outcome:
        for fault in error.faults:
            print(f"seqmodels: {fault}", file=sys.stderr)
        return made._replace(code=2, error=error.faults[0])

    def _failed(self, made: Outcome, error: BaseException) -> Outcome:
        if not self.flags.multirun:
            raise error
        traceback.print_exception(error)
        print(f"seqmodels: the run in {made.folder} failed; the others go on", file=sys.stderr, flush=True)
        said = " ".join(traceback.format_exception_only(error)[-1].split())
        return made._replace(code=1, error=said)


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    """The runs of a sweep with what became of them, and the words in which they differ."""
    from seqmodels.run.show import console

    common = set.intersection(*(set(outcome.words) for outcome in outcomes))
    table = Table(title=f"{len(outcomes)} runs", title_justify="left")
    for name in ("run", "state", "words", "error"):
        table.add_column(name)
    for outcome in outcomes:
        words = " ".join(word for word in outcome.words if word not in common)
        state = Text("failed", style="red") if outcome.code else Text("done")
        table.add_row(Path(outcome.folder).name, state, Text(words), Text(outcome.error))
    console().print(table)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 if all were done; 2 if only the input of some was at fault; else that of the first other failure."""
    return next((o.code for o in outcomes if o.code not in (0, 2)), max((o.code for o in outcomes), default=0))


def _words(task: Any) -> list[str]:
    """The overrides of a run without that of its folder; as they were written, without ``${oc.env:NAME}`` resolved."""
    words: Any = OmegaConf.to_container(task, resolve=False)
    return [str(word) for word in words if not str(word).startswith("run_dir=")]
