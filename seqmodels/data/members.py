"""What an archive says that it holds, and whether that may be written to a disk."""

import bz2
import gzip
import lzma
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Generator, Iterable
from functools import partial
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, NamedTuple

from seqmodels.errors import InputError

MEMBERS = 100_000  # in one archive: a disk has a limit to files, too
COMPRESSED: dict[bytes, Callable[[Path], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # one with members and one without
# What is a path elsewhere or leads another way there, and what is no text.
UNFIT = re.compile(r"^[A-Za-z]:|[\\\x00-\x1f\x7f\ud800-\udfff]")
REFUSED = "wanted files inside the archive's own folder, each once; nothing was unpacked"


class Member(NamedTuple):
    """What an archive says of one member.

    Args:
        name: its path.
        size: its bytes.
        folder: whether it is one.
        kind: what it is if it is neither file nor folder, or cannot be read; else None.
        content: opens it, as long as no later member was asked for.
    """

    name: str
    size: int
    folder: bool
    kind: str | None
    content: Callable[[], IO[bytes]]

    @property
    def path(self) -> PurePosixPath:
        """Its path without what changes nothing in it."""
        return PurePosixPath(self.name)


def members(archive: Path, limit: int) -> Generator[Member, None, None]:
    """All members of a zip or tar, one after the other.

    Raises:
        InputError: a tar unpacks to more than ``limit`` bytes, its headers included, or ends before its end.
    """
    with open(archive, "rb") as file:
        start = file.read(4)
    return _of_zip(archive) if start in ZIP else _of_tar(archive, limit)


def _of_zip(archive: Path) -> Generator[Member, None, None]:
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            mode = stat.S_IFMT(info.external_attr >> 16)
            kind = None if mode in (0, stat.S_IFREG, stat.S_IFDIR) else "a link or a device"
            kind = "encrypted" if info.flag_bits & 1 else kind
            yield Member(info.orig_filename, info.file_size, info.is_dir(), kind, partial(file.open, info))


def _of_tar(archive: Path, limit: int) -> Generator[Member, None, None]:
    with Bounded(archive, limit) as stream, tarfile.open(fileobj=stream, mode="r|") as file:  # type: ignore[call-overload]
        for info in file:
            plain = info.isdir() or (info.isreg() and not info.issparse())
            kind = None if plain else "a link, a device or a sparse file"
            yield Member(info.name, info.size, info.isdir(), kind, partial(file.extractfile, info))
        stream.finish()


class Bounded:
    """A tar, uncompressed while it is read, of which no more than so many bytes are given out.

    Args:
        archive: the file, compressed or not.
        limit: bytes.
    """

    def __init__(self, archive: Path, limit: int):
        self.archive = archive
        self.limit = limit
        self.given = 0
        self.last = b""
        with open(archive, "rb") as file:
            start = file.read(6)
        openers = [opener for mark, opener in COMPRESSED.items() if start.startswith(mark)]
        openers.append(partial(open, mode="rb"))
        self.file: IO[bytes] = openers[0](archive)

    def read(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            InputError: they are more than the limit.
        """
        data = self.file.read(size)
        self.given += len(data)
        if self.given > self.limit:
            raise InputError(too_much(self.archive, self.limit))
        self.last = (self.last + data)[-1024:]
        return data

    def finish(self) -> None:
        """Read on to the end, so that checksums are held against what came, and look for a tar's mark there.

        Raises:
            InputError: it is not there.
        """
        while self.read(1 << 16):
            pass
        if len(self.last) < 1024 or self.last.strip(b"\0"):
            raise InputError(
                f"{self.archive}: it ends without the mark of a tar's end; it is cut short, fetch it again"
            )

    def __enter__(self) -> "Bounded":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


def too_much(archive: Path, limit: int) -> str:
    """What to say of an archive that unpacks to more than it may."""
    return (
        f"{archive}: it would unpack to more than {limit:,} bytes, from {archive.stat().st_size:,}; "
        "it is not what it should be, or max_bytes has to be more"
    )


def faults(archive: Path, all_members: Iterable[Member], limit: int) -> list[str]:
    """Why an archive may not be unpacked, a line each."""
    found: list[str] = []
    files: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    total = 0
    for count, member in enumerate(all_members, start=1):
        total += member.size
        if total > limit or count > MEMBERS or member.size < 0:
            what = too_much(archive, limit) if total > limit else f"{archive}: more than {MEMBERS:,} members found"
            return [*found, what]
        path = member.path
        fault = member.kind or name_fault(member.name)
        if fault is None and path in files:
            fault = "there twice"
        if fault:
            found.append(f"{archive}: member {member.name!r} is {fault}; {REFUSED}")
        elif not member.folder:
            files.add(path)
        folders |= {*path.parents, path} if member.folder else set(path.parents)
    found += [
        f"{archive}: member '{path}' is a file, and a folder to others; {REFUSED}" for path in sorted(files & folders)
    ]
    return found if files or found else [f"{archive}: no files found in it"]


def name_fault(name: str) -> str | None:
    """What is wrong with a member's path, or None."""
    if name.startswith("/"):
        return "an absolute path"
    if UNFIT.search(name):
        return "no portable path: a drive, a backslash or a character that cannot be printed"
    if ".." in name.split("/"):
        return "a path that leads out of the folder"
    return None
