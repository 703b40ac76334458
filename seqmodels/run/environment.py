"""What a result depends on besides its config: versions, device, commit, data."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqmodels.run.process import process_settings

PACKAGES = ("seqmodels", "torch", "pytorch-lightning", "torchmetrics", "torchtext", "hydra-core", "babel", "numpy")


def environment(data_sha256: Mapping[str, str], seed: int, device: torch.device) -> dict[str, Any]:
    """Everything about this machine and data that a result may depend on, as plain values."""
    return {
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "platform": platform.platform(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        "cpu": _cpu(),
        "threads": torch.get_num_threads(),
        "process": process_settings(),
        "git_commit": git_commit(),
        "data_sha256": dict(data_sha256),
        "seed": seed,
    }


def weights_hash(weights: Mapping[str, Tensor]) -> str:
    """sha256 over names, shapes and bytes: equal for two models if and only if every number is."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        tensor = weights[name].detach().cpu().contiguous()
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.view(torch.uint8).numpy().tobytes() if tensor.dim() else tensor.numpy().tobytes())
    return digest.hexdigest()


def git_commit() -> str | None:
    """The commit of the checkout that this code runs from, "+changes" behind it if it has any; None outside one."""
    here = Path(__file__).parent

    def git(*words: str) -> str:
        command = ["git", *words]
        return subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    try:
        git("ls-files", "--error-unmatch", "environment.py")  # not an installed copy inside somebody else's repository
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        name = models[0] if models else name
    return f"{name} ({os.cpu_count()} cores)"
