"""What goes wrong with data: faulty files, downloads and archives, each told as one error and nothing kept silent."""

import contextlib
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pooch
from faulty import archives, text_files, vector_files
from faulty.server import Server, serving

from drills.row import Row, row
from seqmodels.data import Faults, Remote
from seqmodels.data.archive import extract
from seqmodels.errors import InputError

CONTENT = b"two cats\n" * 1000
SLOW = "import sys; from pathlib import Path; from seqmodels.data.archive import extract; print('go', flush=True); "
SLOW += "extract(Path(sys.argv[1]), Path(sys.argv[2]), 1 << 30)"


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """A row a kind of fault."""
    places = (folder / str(number) for number in range(1_000_000))
    texts = {name: _caught(text_files.attempt, case, _made(next(places))) for name, case in text_files.CASES.items()}
    yield row("faulty text files: one error a fault, or skipped and counted", texts)
    vectors = vector_files.CASES.items()
    outcomes = {name: _caught(vector_files.attempt, *case, _made(next(places)) / "vectors") for name, case in vectors}
    yield row("faulty vector files: one error with its line", outcomes)
    with _downloads(), serving() as server, patch.dict(os.environ, {"SEQMODELS_DATA": str(folder / "downloads")}):
        yield row("faulty downloads: one error, nothing left, good later", _download_all(server))
    hostile = archives.CASES.items()
    outcomes = {name: _caught(archives.attempt, make(), told, next(places)) for name, (make, told) in hostile}
    outcomes |= {name: _caught(archives.attempt_good, make(), next(places)) for name, make in archives.GOOD.items()}
    yield row("hostile and damaged archives: one error, nothing left; good ones whole", outcomes)
    count = 200 if short else 5000
    yield row("text files with bytes changed at random: no traceback", _changed_texts(count, _made(next(places))))
    yield row("archives with bytes changed at random: no traceback", _changed_archives(count, next(places)))
    yield row("killed while unpacking: all of it or nothing", _killed(1 if short else 10, _made(next(places))))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _caught(attempt: Callable[..., str | None], *given: object) -> str | None:
    """What an attempt says, an error of another kind than ours being a failure."""
    try:
        return attempt(*given)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def _downloads() -> Iterator[None]:
    """Without what pooch says of downloads, and its bars."""
    level = pooch.get_logger().level
    pooch.get_logger().setLevel("WARNING")
    with contextlib.redirect_stderr(io.StringIO()):
        yield
    pooch.get_logger().setLevel(level)


def _download_all(server: Server) -> dict[str, str | None]:
    wrong_page = b"<html>please log in</html>"
    served = {"wrong content": wrong_page, "cut in the midst": CONTENT, "not there": None, "empty": b""}
    return {name: _caught(_download, server, name, content) for name, content in served.items()}


def _download(server: Server, name: str, content: bytes | None) -> str | None:
    """Fetch what comes as it should not, and then again when it comes as it should."""
    path = f"/{name.replace(' ', '_')}.txt"
    remote = Remote(server.url + path, hashlib.sha256(CONTENT).hexdigest(), name.replace(" ", "_"))
    if content is not None:
        server.files[path] = content
    server.cut = {path} if name == "cut in the midst" else set()
    try:
        remote.fetch()
    except InputError as error:
        if len(error.faults) != 1 or not error.faults[0].startswith(f"{remote.url}: could not be fetched ("):
            return f"told {error.faults}"
    else:
        return "it was taken"
    left = list(remote.path.parent.glob("*"))
    if left:
        return f"it left {left}"
    server.files[path], server.cut = CONTENT, set()
    return None if remote.fetch().read_bytes() == CONTENT else "it did not come later"


def _changed_texts(count: int, folder: Path) -> dict[str, str | None]:
    """Files of every reader with some bytes changed: either mode ends with examples or with faults."""
    draw = random.Random(0)
    outcomes: dict[str, str | None] = {}
    kinds = sorted(text_files.GOOD)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        content = bytearray(text_files.GOOD[kind].encode() * 3)
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(len(content))
            content[place : place + draw.randint(0, 2)] = draw.choice(
                [draw.randbytes(2), b"\t", b"\n", b'"', b"", b"\0"]
            )
        case = text_files.Case(kind, bytes(content), [], None, None, {})
        outcomes[f"{kind} {number}"] = _caught(_read_both_ways, case, folder)
    return outcomes


def _read_both_ways(case: text_files.Case, folder: Path) -> str | None:
    good, bad = folder / f"good.{case.kind}", folder / f"bad.{case.kind}"
    good.write_bytes(text_files.GOOD[case.kind].encode() * (3 if case.kind == "parallel" else 1))
    assert isinstance(case.content, bytes)
    bad.write_bytes(case.content)
    reader, faults = text_files.reader(case, good, bad), Faults("skip")
    told: list[str] = []
    with contextlib.suppress(InputError):
        whole = reader.read()
        lenient = reader.read(faults)
        return None if lenient == whole and not faults.lost else "skip and raise differ on a file without faults"
    try:
        kept = reader.read(faults)
    except InputError as error:
        told = error.faults
        return None if told else "an error without a word"
    return (
        None
        if faults.lost and faults.lines() and len(kept.val) < 9
        else f"left something out and said {faults.lines()}"
    )


def _changed_archives(count: int, folder: Path) -> dict[str, str | None]:
    draw = random.Random(0)
    good = [make() for make in archives.GOOD.values()]
    folder.mkdir()
    outcomes: dict[str, str | None] = {}
    for number in range(count):
        content = bytearray(good[number % len(good)])
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(min(len(content), 2048))] = draw.randrange(256)
        (folder / "archive").write_bytes(content)
        outcomes[str(number)] = _caught(_unpack, folder, folder / str(number))
    return outcomes


def _unpack(folder: Path, target: Path) -> str | None:
    with contextlib.suppress(InputError):
        extract(folder / "archive", target, archives.LIMIT)
        target.rename(folder.with_name(f"{folder.name}-{target.name}"))  # out of the way of the next look
    left = [path.name for path in folder.iterdir() if path.name != "archive"]
    return f"it left {left}" if left else None


def _killed(count: int, folder: Path) -> dict[str, str | None]:
    """Kill a process that unpacks many files, at another time in each attempt."""
    files = {f"part/{number}.txt": CONTENT for number in range(4000)}
    archive = folder / "archive"
    archive.write_bytes(archives.packed_tar(files))
    return {
        f"after {number + 1}/{count}": _caught(_kill, archive, len(files), number, count) for number in range(count)
    }


def _kill(archive: Path, files: int, number: int, count: int) -> str | None:
    target = archive.with_name(f"target{number}")
    command = [sys.executable, "-c", SLOW, str(archive), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:  # noqa: S603
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(1.5 * (number + 1) / count)
        child.send_signal(signal.SIGKILL)
    if target.exists() and len(list(target.rglob("*.txt"))) != files:
        return f"{len(list(target.rglob('*.txt')))} of {files} files taken for all"
    extract(archive, target, 1 << 30)
    return None if len(list(target.rglob("*.txt"))) == files else "not whole when done again"
