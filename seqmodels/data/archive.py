"""Files out of archives, which are taken apart so that nothing that they say can do harm."""

import lzma
import struct
import tarfile
import tempfile
import zipfile
import zlib
from contextlib import closing
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from seqmodels.data.download import Fetchable, Remote
from seqmodels.data.faults import Faults
from seqmodels.data.members import Member, faults, members, name_fault
from seqmodels.errors import InputError
from seqmodels.types import Positive

RATIO = 200  # how many times its own size an archive may unpack to,
SMALL = 10 << 20  # unless it unpacks to so few bytes that it does not matter
CHUNK = 1 << 20
# What zipfile, tarfile and the decompressors raise at what they cannot read.
UNREADABLE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError)
NOT_FOUND_OUT = (NotImplementedError, RuntimeError, OverflowError, ValueError, KeyError)  # in headers that are nonsense


class Archived(Fetchable):
    """One file of an archive that has a public address.

    The whole archive is unpacked once, into a folder beside it whose name holds the beginning of its sha256. What lies
    there is taken as it is from then on.

    Args:
        archive: a zip, or a tar that may be compressed by gzip, bzip2 or xz.
        member: the file's path in it.
        max_bytes: what all of it may unpack to, at most.

    Raises:
        InputError: the member's path cannot be one.

    Example:
        >>> from seqmodels.data import Archived, Remote
        >>> remote = Remote("https://example.org/data.zip", sha256="0" * 64, folder="names")
        >>> Archived(remote, "data/names/Greek.txt").path.relative_to(remote.path.parent).as_posix()
        'data.zip.00000000/data/names/Greek.txt'
    """

    def __init__(self, archive: Remote, member: str, max_bytes: Positive = 2 << 30):
        fault = name_fault(member) if PurePosixPath(member).parts else "empty"
        if fault:
            raise InputError(f"member={member!r}: this is {fault}, wanted a file's path in the archive")
        self.archive = archive
        self.member = member
        self.max_bytes = max_bytes

    @property
    def folder(self) -> Path:
        """Where the archive is unpacked to."""
        return self.archive.path.with_name(f"{self.archive.name}.{self.archive.sha256[:8]}")

    @property
    def path(self) -> Path:
        """Where the file lies, or will."""
        return self.folder / self.member

    def fetch(self) -> Path:
        """The file's path, after fetching and unpacking the archive if that was not done.

        Raises:
            InputError: it cannot be fetched, is not safe to unpack, or has no such member.
        """
        if not self.folder.is_dir():
            extract(self.archive.fetch(), self.folder, self.max_bytes)
        if not self.path.is_file():
            there = [file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()]
            near = get_close_matches(self.member, there, cutoff=0)
            looked = f"no file {self.member!r} in it (looked in {self.folder})"
            raise InputError(f"{self.archive.url}: {looked}; closest: {', '.join(near)}")
        return self.path


def extract(archive: Path, target: Path, max_bytes: int) -> None:
    """Unpack an archive into a new folder: all of it, or nothing.

    Everything is looked at before anything is written, and counted again while it is: a header may lie. It is written
    beside the target and moved there when it is whole. A target that is there by then was made by another process, and
    stays.

    Args:
        archive: a zip, or a tar that may be compressed by gzip, bzip2 or xz.
        target: the folder to make.
        max_bytes: what it may unpack to, at most (a tar with its headers). It is 200 times its own size at most in any
            case, or 10 MiB.

    Raises:
        InputError: paths that lead out of the folder, links, devices, names that stand twice, too many bytes or
            members, or an archive that is damaged. Nothing is left behind then.
    """
    try:
        limit = min(max_bytes, max(SMALL, RATIO * archive.stat().st_size))
        with closing(members(archive, limit)) as found:
            told = Faults()
            for fault in faults(archive, found, limit):
                told.skip(archive, "member", [fault])
            told.check()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
            content = Path(folder) / "content"  # with the rights that the user's folders have
            with closing(members(archive, limit)) as found:
                for member in found:
                    _write(member, content)
            _move(content, target)
    except InputError:
        raise
    except (*UNREADABLE, *NOT_FOUND_OUT) as error:
        raise InputError(
            f"{archive}: it cannot be unpacked ({type(error).__name__}: {error}); if it is damaged, fetch it again"
        ) from error


def _move(folder: Path, target: Path) -> None:
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():  # another process was not faster, so something is wrong
            raise


def _write(member: Member, folder: Path) -> None:
    path = folder / member.path
    if member.folder:
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with member.content() as content, open(path, "xb") as file:
        left = member.size
        while piece := content.read(min(CHUNK, left + 1)):
            left -= len(piece)
            if left < 0:
                break
            file.write(piece)
    if left:
        raise OSError(f"{member.name} has {'more' if left < 0 else 'fewer'} bytes than the {member.size:,} it says")
