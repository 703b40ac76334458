"""The words behind ``seqmodels train``."""

import argparse
from collections.abc import Sequence

from seqmodels.errors import InputError
from seqmodels.run.help import PROGRAM


def parse(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our flags, Hydra's flags (in ``hydra``), and the overrides."""
    parser = argparse.ArgumentParser(PROGRAM, add_help=False, allow_abbrev=False)
    parser.add_argument("--help", "-h", action="store_true")
    parser.add_argument("--trust", action="append", default=[])
    parser.add_argument("--config-dir", "-cd")
    parser.add_argument("--multirun", "-m", action="store_true")
    flags, rest = parser.parse_known_args(list(words))
    flags.hydra = []
    overrides = []
    it = iter(rest)
    for word in it:
        if word in ("--info", "-i"):
            flags.hydra.append("--info=all")  # bare, it would take the next word for its value
        elif word in ("--cfg", "-c", "--package", "-p"):
            value = next(it, None)
            if value is None:
                raise InputError(f"{word}: a value is missing, as in `{PROGRAM} --cfg job`")
            flags.hydra += [word, value]
        elif word in ("--resolve", "--hydra-help"):
            flags.hydra.append(word)
        elif word.startswith("-"):
            raise InputError(f"{word}: there is no such flag; `{PROGRAM} --help` shows those that there are")
        else:
            overrides.append(word)
    return flags, overrides


def quoted(path: str) -> str:
    """A path as a value in Hydra's grammar, which gives some of its letters a meaning."""
    escaped = path.replace("'", "\\'")
    return f"'{escaped}'"
