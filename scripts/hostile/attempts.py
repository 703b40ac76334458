"""Attempts to have our commands do what a file says, and what became of each."""

import contextlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hostile.watch import Watch
from seqmodels.errors import InputError
from seqmodels.run.cli import run

ESCAPED = Path("/tmp/escaped")  # noqa: S108 - where archives of ours would lead out to

Outcomes = dict[str, str | None]


class Attempts:
    """What was tried and what became of it.

    Args:
        folder: for files, with `canary` in it for whatever is called to make.
        watch: sees what is done.
    """

    def __init__(self, folder: Path, watch: Watch):
        self.folder = folder
        self.canary = folder / "canary"
        self.watch = watch
        self.outcomes: Outcomes = {}

    def command(self, label: str, *words: object, harmless: bool = False) -> str:
        """Try a command, which has to refuse what was planted in words, unless it is harmless to it.

        Returns:
            What it complained of, an error a line.
        """
        with self.watch.watching() as seen:
            code, err = said(*map(str, words))
        lines = err.splitlines()
        told = bool(lines) and all(line.startswith("seqmodels: ") for line in lines)
        told = told and (len(lines) == 1 or words[0] != "predict")  # which ends at the first fault
        good = (code == 2 and told) or (code == 0 and harmless)
        self.note(label, seen, None if good else f"exit code {code}: {err[-300:]}")
        return err

    def call(self, label: str, act: Callable[..., Any], *given: Any, harmless: bool = False) -> None:
        """Try a call, which has to raise an InputError, unless what was planted is harmless to it."""
        wrong = None if harmless else "it was taken"
        with self.watch.watching() as seen:
            try:
                act(*given)
            except InputError:
                wrong = None
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"[:300]
        self.note(label, seen, wrong)

    def run_with(self, valid: Path, file: str, text: str) -> Path:
        """A copy of a run with another file in it."""
        folder = self.folder / "runs" / str(len(self.outcomes))
        shutil.copytree(valid, folder)
        (folder / file).write_text(text, encoding="utf-8")
        return folder

    def note(self, label: str, seen: list[str], wrong: str | None) -> None:
        """Add an outcome: what was done that should not be, or what is wrong with the answer."""
        made = [path for path in (self.canary, ESCAPED) if path.exists()]
        done = [*seen, *(f"{path} was made" for path in made)]
        self.outcomes[label] = f"it did {done}" if done else wrong
        for path in made:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def said(*words: str) -> tuple[int, str]:
    """The exit code of a command in this process, and what it complained of."""
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        try:
            code = run(list(words))
        except SystemExit as error:  # argparse's or Hydra's
            code = error.code if isinstance(error.code, int) else 1
        except Exception as error:
            return 1, f"Traceback: {type(error).__name__}: {error}"
    return code, err.getvalue()
