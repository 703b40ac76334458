"""Archives that would do harm or are damaged, and what is told of them."""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from seqmodels.data.archive import extract
from seqmodels.errors import InputError

MEBI = 1 << 20
LIMIT = 64 * MEBI  # max_bytes of all cases
FILES = {"a/b.txt": b"two cats\n", "c.txt": b"a dog\n" * 99}
Special = tuple[str, bytes, str]  # name, tar type, link


def packed_tar(files: dict[str, bytes], *special: Special, again: str | None = None) -> bytes:
    """A tar of these files; then of links, devices and so on; then of one file once more."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in [*files.items(), *([(again, b"other\n")] if again else [])]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, kind, link in special:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            archive.addfile(info)
    return out.getvalue()


def packed_zip(files: dict[str, bytes], modes: dict[str, int] | None = None) -> bytes:
    """A zip of these files, some of them with a mode."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (modes or {}).get(name, 0) << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def twice_in_a_zip() -> bytes:
    """A zip with two members of one name."""
    return packed_zip({"c.txt": b"a dog\n", "d.txt": b"other\n"}).replace(b"d.txt", b"c.txt")


def with_size(archive: bytes, size: bytes) -> bytes:
    """A tar whose first header says another size."""
    header = bytearray(archive[:512])
    header[124:136] = size.ljust(12, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + archive[512:]


def long_header() -> bytes:
    """A tar whose first member is a header, held in memory by who reads it, of 80 MiB."""
    archive = with_size(packed_tar({"pax": b""}), b"%011o" % (80 * MEBI))
    header = bytearray(archive[:512])
    header[156:157] = tarfile.XHDTYPE
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return gzip.compress(bytes(header) + bytes(80 * MEBI), 1)


def lying_zip() -> bytes:
    """A zip that says of 30 MiB that they are 99 bytes."""
    honest = packed_zip({"c.txt": bytes(30 * MEBI)})
    return honest.replace(struct.pack("<I", 30 * MEBI), struct.pack("<I", 99))


def encrypted_zip() -> bytes:
    """A zip that says that it is encrypted."""
    archive = bytearray(packed_zip(FILES))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(mark) + place] |= 1
    return bytes(archive)


def changed(archive: bytes, place: int) -> bytes:
    """An archive with one byte changed."""
    return archive[:place] + bytes([archive[place] ^ 255]) + archive[place + 1 :]


OUT = "a path that leads out of the folder"
LINK = "a link, a device or a sparse file"
TOO_MUCH = "it would unpack to more than "
TAR = packed_tar(FILES)
LINKED: Special = ("out", tarfile.SYMTYPE, "..")

GOOD: dict[str, Callable[[], bytes]] = {
    "tar": lambda: TAR,
    "tar.gz": lambda: gzip.compress(TAR),
    "tar.bz2": lambda: bz2.compress(TAR),
    "tar.xz": lambda: lzma.compress(TAR),
    "zip": lambda: packed_zip(FILES),
    "tar of ./ and folders": lambda: packed_tar({f"./{k}": v for k, v in FILES.items()}, ("./", tarfile.DIRTYPE, "")),
}
# name: (how it is made, what has to be told)
CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "tar: ../": (lambda: packed_tar({"../x": b""}), f"member '../x' is {OUT}"),
    "tar: a/../../": (lambda: packed_tar({"a/../../x": b""}), f"member 'a/../../x' is {OUT}"),
    "tar: absolute": (lambda: packed_tar({"/etc/x": b""}), "member '/etc/x' is an absolute path"),
    "tar: drive": (lambda: packed_tar({"C:x": b""}), "member 'C:x' is no portable path"),
    "tar: backslash": (lambda: packed_tar({"..\\x": b""}), "member '..\\\\x' is no portable path"),
    "tar: symbolic link": (lambda: packed_tar(FILES, LINKED), f"member 'out' is {LINK}"),
    "tar: file behind a link": (lambda: packed_tar({}, LINKED, ("out/x", b"0", "")), f"member 'out' is {LINK}"),
    "tar: hard link": (lambda: packed_tar(FILES, ("x", tarfile.LNKTYPE, "/etc/passwd")), f"member 'x' is {LINK}"),
    "tar: device": (lambda: packed_tar(FILES, ("x", tarfile.CHRTYPE, "")), f"member 'x' is {LINK}"),
    "tar: named pipe": (lambda: packed_tar(FILES, ("x", tarfile.FIFOTYPE, "")), f"member 'x' is {LINK}"),
    "tar: a name twice": (lambda: packed_tar(FILES, again="./c.txt"), "member './c.txt' is there twice"),
    "tar: file and folder": (
        lambda: packed_tar({"c": b"", "c/d": b""}),
        "member 'c' is a file, and a folder to others",
    ),
    "tar.gz: 1000 to 1": (lambda: gzip.compress(packed_tar({"x": bytes(30 * MEBI)})), TOO_MUCH + "10,485,760 bytes"),
    "tar.bz2: 1000 to 1": (lambda: bz2.compress(packed_tar({"x": bytes(30 * MEBI)})), TOO_MUCH + "10,485,760 bytes"),
    "tar.xz: 1000 to 1": (lambda: lzma.compress(packed_tar({"x": bytes(30 * MEBI)})), TOO_MUCH + "10,485,760 bytes"),
    "tar.gz: a header of 80 MiB": (long_header, TOO_MUCH + "67,108,864 bytes"),
    "tar: more than max_bytes": (lambda: packed_tar({"x": bytes(LIMIT)}), TOO_MUCH + "67,108,864 bytes"),
    "tar: a size below 0": (lambda: with_size(TAR, b"\xff" * 12), ""),
    "tar: cut short at a member": (lambda: TAR[:1024], "it ends without the mark of a tar's end"),
    "tar: cut short within a member": (lambda: TAR[:1030], "it ends without the mark of a tar's end"),
    "tar.gz: cut short": (lambda: gzip.compress(TAR)[:-9], "it cannot be unpacked (EOFError"),
    "tar.gz: wrong checksum": (
        lambda: changed(gzip.compress(TAR), -6),
        "it cannot be unpacked (BadGzipFile: CRC check",
    ),
    "tar.xz: cut short": (lambda: lzma.compress(TAR)[:-9], "it cannot be unpacked (EOFError"),
    "tar: empty": (lambda: packed_tar({}), "no files found in it"),
    "zip: ../": (lambda: packed_zip({"../x": b""}), f"member '../x' is {OUT}"),
    "zip: absolute": (lambda: packed_zip({"/etc/x": b""}), "member '/etc/x' is an absolute path"),
    "zip: symbolic link": (
        lambda: packed_zip({"x": b"/etc/passwd"}, {"x": stat.S_IFLNK | 0o777}),
        "member 'x' is a link or a device",
    ),
    "zip: a name twice": (twice_in_a_zip, "member 'c.txt' is there twice"),
    "zip: 1000 to 1": (lambda: packed_zip({"x": bytes(30 * MEBI)}), TOO_MUCH + "10,485,760 bytes"),
    "zip: 1000 to 1, and says not so": (lying_zip, "it cannot be unpacked (BadZipFile"),
    "zip: encrypted": (encrypted_zip, "member 'a/b.txt' is encrypted"),
    "zip: cut short": (lambda: packed_zip(FILES)[:-30], "it cannot be unpacked (BadZipFile"),
    "zip: a byte changed": (lambda: changed(packed_zip({"x": b"two cats\n"}), 34), "it cannot be unpacked ("),
    "no archive": (lambda: b"two cats\n" * 99, "it cannot be unpacked (ReadError"),
    "empty file": (lambda: b"", "it cannot be unpacked (ReadError"),
}


def attempt(content: bytes, wanted: str, folder: Path) -> str | None:
    """What was wrong with what was told of a bad archive; None if nothing was, and nothing is left of it."""
    inner = folder / "root"
    inner.mkdir(parents=True)
    archive = inner / "archive"
    archive.write_bytes(content)
    try:
        extract(archive, inner / "target", LIMIT)
    except InputError as error:
        told = error.faults
    else:
        return f"it was unpacked, wanted {wanted!r}"
    left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    if left != ["root", "root/archive"]:
        return f"it left something behind: {left}"
    fits = len(told) == 1 and told[0].startswith(f"{archive}: {wanted}")
    return None if fits else f"told {told}, wanted {archive}: {wanted}"


def attempt_good(content: bytes, folder: Path) -> str | None:
    """What is wrong with what a good archive was unpacked to; None if nothing is."""
    folder.mkdir(parents=True)
    archive = folder / "archive"
    archive.write_bytes(content)
    extract(archive, folder / "target", LIMIT)
    there = [path for path in (folder / "target").rglob("*") if path.is_file()]
    found = {path.relative_to(folder / "target").as_posix(): path.read_bytes() for path in there}
    if sorted(path.name for path in folder.iterdir()) != ["archive", "target"]:
        return f"it left something behind: {list(folder.iterdir())}"
    return None if found == FILES else f"unpacked to {found}"
