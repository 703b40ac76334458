"""Checkpoint files: torch's zip archives that carry their own sha256, so that damage shows before anything is read."""

import hashlib
import pickle
import zipfile
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

import torch
from lightning_fabric.plugins import CheckpointIO

from seqmodels.errors import InputError
from seqmodels.storage.atomic import replacing

MARK = b"sha256:"
NOTE = len(MARK) + 64  # bytes of the archive's comment, which comes last in the file
CHUNK = 2**20


class CheckpointFiles(CheckpointIO):
    """Lightning's way to checkpoint files: whole or not there, with a sha256, and never run when read.

    The sha256 of everything before it stands in the zip archive's comment: one file, which any torch reads.

    Example:
        >>> from pytorch_lightning import Trainer
        >>> from seqmodels.storage import CheckpointFiles
        >>> trainer = Trainer(plugins=[CheckpointFiles()])  # doctest: +SKIP
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None) -> None:
        """Write a checkpoint.

        Raises:
            InputError: it cannot be written; the file that was there before is still there.
        """
        path = Path(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as beside, open(beside, "wb") as file:
                sealed = _Sealed(file)
                torch.save(checkpoint, sealed)  # type: ignore[arg-type]
                sealed.seal()
                file.flush()
        except (OSError, RuntimeError) as error:  # torch passes a full disk on as a RuntimeError
            cause = error if isinstance(error, OSError) else (error.__context__ or error)
            reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause).splitlines()[0]
            kept = f"; the one written there before is kept: {path}" if path.is_file() else ""
            raise InputError(
                f"{path}: the checkpoint could not be written ({reason}); make room or set run_dir=FOLDER{kept}"
            ) from error

    def load_checkpoint(self, path: str | Path, map_location: Any = None, weights_only: bool | None = None) -> Any:
        """Read a checkpoint, plain values and tensors only, whatever is asked for."""
        return read_checkpoint_file(Path(path))

    def remove_checkpoint(self, path: str | Path) -> None:
        Path(path).unlink(missing_ok=True)


def read_checkpoint_file(path: Path) -> Any:
    """What a checkpoint file holds: plain values and tensors on the CPU.

    Raises:
        InputError: it is not there, damaged, not one of ours, or holds more than tensors and plain values.
    """
    try:
        _verify(path)
        _refuse_packed(path)
        return torch.load(path, map_location="cpu", weights_only=True)
    except InputError:
        raise
    except pickle.UnpicklingError as error:
        raise InputError(f"{path}: it holds more than tensors and plain values; nothing in it was run") from error
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except Exception as error:  # bytes of any other kind make torch fail in any way
        raise InputError(f"{path}: not a readable checkpoint ({type(error).__name__}: {error})") from error


def _refuse_packed(path: Path) -> None:
    """Refuse a zip archive that unpacks to more than the file holds; torch packs nothing, but unpacks what others do.

    Raises:
        InputError: it does.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return  # no archive, or one that torch will not read either
    if size > path.stat().st_size:
        raise InputError(
            f"{path}: damaged, or compressed: it would unpack to {size:,} bytes, wanted a checkpoint as it was written"
        )


def _verify(path: Path) -> None:
    size = path.stat().st_size
    with open(path, "rb") as file:
        file.seek(max(0, size - NOTE))
        note = file.read()
        if len(note) < NOTE or not note.startswith(MARK):
            raise InputError(
                f"{path}: no sha256 found at its end; it is cut off, or no checkpoint that `seqmodels train` wrote"
            )
        file.seek(0)
        found = _sha256(file, size - NOTE)
    if found != note[len(MARK) :].decode("ascii", "replace"):
        raise InputError(f"{path}: damaged: its sha256 is {found[:12]}..., another one was written into it")


def _sha256(file: BinaryIO, count: int) -> str:
    digest = hashlib.sha256()
    while count and (chunk := file.read(min(CHUNK, count))):
        digest.update(chunk)
        count -= len(chunk)
    return digest.hexdigest()


class _Sealed(RawIOBase):
    """Passes an archive on to a file, all but its last two bytes, which say how long its comment is."""

    def __init__(self, file: BinaryIO):
        super().__init__()
        self.file = file
        self.digest = hashlib.sha256()
        self.held = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        count = memoryview(data).nbytes
        if count >= 2:
            self._pass(self.held)
            self._pass(memoryview(data)[:-2])
            self.held = bytes(memoryview(data)[-2:])
        else:
            self.held += bytes(data)
            self._pass(self.held[:-2])
            self.held = self.held[-2:]
        return count

    def seal(self) -> None:
        """Write the comment, whose length comes first."""
        assert self.held == b"\0\0", "torch wrote an archive with a comment"
        self._pass(NOTE.to_bytes(2, "little"))
        self.file.write(MARK + self.digest.hexdigest().encode())

    def _pass(self, data: Any) -> None:
        self.digest.update(data)
        self.file.write(data)
