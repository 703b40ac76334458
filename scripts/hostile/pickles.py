"""Pickles that do something when they are read, in every form of a checkpoint that torch can read."""

import io
import os
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from seqmodels.storage.checkpoints import MARK, NOTE

PROTOCOLS = (0, 1, 2, 3, 4, 5)


class Trap:
    """Calls something when it is unpickled.

    Args:
        call: what.
        given: with which arguments.
    """

    def __init__(self, call: Callable[..., Any], *given: Any):
        self.call = call
        self.given = given

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call, self.given


def traps(canary: Path) -> dict[str, Trap]:
    """One for each way to make a file of that name, or to read a further pickle."""
    import builtins
    import importlib
    import shutil
    import subprocess
    import urllib.request

    code = f"open({str(canary)!r}, 'w').close()"
    script, inner = canary.with_name("script.py"), canary.with_name("inner.pkl")
    script.write_text(code, encoding="utf-8")
    inner.write_bytes(pickle.dumps(Trap(os.mkdir, str(canary))))
    hub = canary.with_name("hub")
    hub.mkdir(exist_ok=True)
    (hub / "hubconf.py").write_text(f"{code}\ndef model(): pass\n", encoding="utf-8")
    return {
        "os.system": Trap(os.system, f"touch {canary}"),
        "os.mkdir": Trap(os.mkdir, str(canary)),
        "subprocess.Popen": Trap(subprocess.Popen, ["touch", str(canary)]),
        "builtins.exec": Trap(builtins.exec, code),
        "builtins.eval": Trap(builtins.eval, code),
        "builtins.open": Trap(builtins.open, str(canary), "w"),
        "pathlib.Path.touch": Trap(Path.touch, canary),
        "shutil.copy": Trap(shutil.copy, str(script), str(canary)),
        "urllib.request.urlretrieve": Trap(urllib.request.urlretrieve, script.as_uri(), str(canary)),
        "importlib.import_module": Trap(importlib.import_module, "hostile_module"),
        "pickle.loads": Trap(pickle.loads, inner.read_bytes()),
        "torch.load": Trap(torch.load, str(inner)),
        "torch.hub.load": Trap(torch.hub.load, str(hub), "model", "local"),
        "torch.serialization.add_safe_globals": Trap(torch.serialization.add_safe_globals, [os.system]),
    }


def sealed(data: bytes) -> bytes:
    """The same with the sha256 that our checkpoints end with: whoever wants a file to be read knows how to add it."""
    if data[-2:] == b"\0\0" and data[-22:-18] == b"PK\5\6":
        data = data[:-2] + NOTE.to_bytes(2, "little")  # a zip archive says how long its comment is
    return data + MARK + sha256(data).hexdigest().encode()


def as_zip(content: Any) -> bytes:
    """As torch writes it today."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def as_legacy(content: Any) -> bytes:
    """As torch wrote it before version 1.6."""
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def as_tar(content: Any) -> bytes:
    """As torch wrote it before version 0.1.10."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name in ("pickle", "storages", "tensors", "../../escaped"):
            data = pickle.dumps(content)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file.getvalue()


def as_archive(content: Any, **more: bytes) -> bytes:
    """A zip archive made by hand around a pickle, with further members."""
    file = io.BytesIO()
    members = {"data.pkl": pickle.dumps(content, 2), "version": b"3\n", "byteorder": b"little"}
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (members | {key.replace("__", "/"): value for key, value in more.items()}).items():
            archive.writestr(f"archive/{name}", data)
    return file.getvalue()


def forms(content: Any) -> dict[str, bytes]:
    """A checkpoint in every form that torch, or somebody's own reader, takes."""
    script = {"constants.pkl": pickle.dumps((), 2), "code__torch__.py": b"import os\nos.system('true')\n"}
    return {
        "zip": as_zip(content),
        "legacy": as_legacy(content),
        **{f"raw pickle, protocol {number}": pickle.dumps(content, number) for number in PROTOCOLS},
        "tar": as_tar(content),
        "zip made by hand": as_archive(content),
        "TorchScript archive": as_archive(content, **script),
        "archive with paths that lead out": as_archive(content, **{"../../../escaped": b"x", "/tmp/escaped": b"x"}),  # noqa: S108
        "pickle behind a pickle": pickle.dumps({}) + pickle.dumps(content),
    }
