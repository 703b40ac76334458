"""A look at yaml files from elsewhere before anything reads them: a short file can stand for more than memory holds."""

import os
from collections.abc import Iterator
from pathlib import Path

import yaml
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra.plugins.config_source import ConfigResult

from seqmodels.errors import InputError

MAX_BYTES = 2**20
MAX_NODES = 100_000  # that aliases may add to those that are written out
MAX_DEPTH = 100  # Hydra's parser takes a time that grows with the square of it


def check_yaml(path: Path) -> None:
    """Refuse a yaml file that is too large, becomes so by its aliases, is nested too deep, or is no yaml.

    Only the events of the parser are counted: nothing is made of the file, and no alias is followed.

    Raises:
        InputError: with what was found, and the limit.

    Example:
        >>> from pathlib import Path
        >>> from seqmodels.run.yaml_guard import check_yaml
        >>> check_yaml(Path("conf/task/mine.yaml"))  # doctest: +SKIP
    """
    try:
        fault = _fault(path)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as yaml ({' '.join(str(error).split())[:300]})") from error
    if fault is not None:
        raise InputError(f"{path}: {fault}")


def check_folder(folder: Path) -> None:
    """Refuse a folder with a yaml file that is too large in one of these ways.

    Raises:
        InputError: every such file.
    """
    faults = []
    for path in _yaml_files(folder):
        try:
            fault = _fault(path)
        except (OSError, yaml.YAMLError, UnicodeDecodeError):
            continue  # it may be no config at all; whoever chooses it is told
        if fault is not None:
            faults.append(f"{path}: {fault}")
    if faults:
        raise InputError(faults)


class CheckedFolder(FileConfigSource):
    """A folder of configs from elsewhere, in which every file is looked at before it is read.

    A config may name files outside its folder (``defaults: [/../../other]``), which no look at the folder finds.
    """

    @staticmethod
    def scheme() -> str:
        return "checked"

    def load_config(self, config_path: str) -> ConfigResult:
        check_yaml(Path(self.path, self._normalize_file_name(config_path)))
        return super().load_config(config_path)


def _yaml_files(folder: Path) -> Iterator[Path]:
    seen = set()
    for parent, folders, files in os.walk(folder, followlinks=True):  # Hydra follows them, too
        here = os.path.realpath(parent)
        if here in seen:
            folders.clear()  # a link to a folder above
            continue
        seen.add(here)
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(".yaml"))


def _fault(path: Path) -> str | None:
    size = path.stat().st_size
    if size > MAX_BYTES:
        return f"{size:,} bytes found, wanted at most {MAX_BYTES:,} for a yaml file"
    # Hydra's own parser is 50 times slower than libyaml's.
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    with open(path, "rb") as file:
        added, depth = _count(yaml.parse(file, Loader=loader))
    if depth > MAX_DEPTH:
        return f"nested more than {MAX_DEPTH} deep, wanted at most that"
    if added > MAX_NODES:
        return f"its aliases (*name) stand for more than {MAX_NODES:,} nodes, wanted at most that; write them out"
    return None


def _count(events: Iterator[yaml.Event]) -> tuple[int, int]:
    """How many nodes aliases stand for, and how deep the nesting goes; counting ends beyond a limit."""
    sizes: dict[str, int] = {}  # of what an anchor names, the aliases in it counted in full
    inside: list[tuple[str | None, int]] = []  # anchor and size so far of the collections that have not ended
    added = deepest = 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            inside.append((event.anchor, 1))
            deepest = max(deepest, len(inside))
            if event.anchor is not None:
                sizes[event.anchor] = MAX_NODES + 1  # an alias to it before its end makes it hold itself
        elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            if isinstance(event, yaml.CollectionEndEvent):
                anchor, size = inside.pop()
            elif isinstance(event, yaml.AliasEvent):
                anchor, size = None, sizes.get(event.anchor, 0)
                added += size
            else:
                anchor, size = event.anchor, 1
            if anchor is not None:
                sizes[anchor] = size
            if inside:
                outer, so_far = inside[-1]
                inside[-1] = (outer, so_far + size)
        if added > MAX_NODES or deepest > MAX_DEPTH:
            break
    return added, deepest
