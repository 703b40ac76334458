"""Measuring on a machine that others share: interleaved runs, ratios, and a mark where the machine was busy."""

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch

BUSY = 0.1  # cores that others may use before a figure is marked
BUSY_MEANS = f"(busy): other processes used more than {BUSY} cores meanwhile; run it again"


class Row(NamedTuple):
    """One line of the table: how many times faster the case is than its reference, in the same run.

    Args:
        name: the case.
        reference: what it is compared with.
        ratio: the median over the runs.
        spread: the least and the greatest of them.
        target: what it should reach, None where none is set.
        met: whether it does, None without a target.
        threads: torch's.
        device: by name.
        busy: cores that other processes used meanwhile, where the system tells.
    """

    name: str
    reference: str
    ratio: float
    spread: tuple[float, float]
    target: float | None
    met: bool | None
    threads: int
    device: str
    busy: float | None

    @property
    def mark(self) -> str:
        """What stands behind the ratio: where the machine was busy, that it was."""
        return " (busy)" if self.busy is not None and self.busy > BUSY else ""


Costs = dict[str, list[float]]
Clocks = tuple[float, float, float]


class Measured(NamedTuple):
    """What every variant cost in each run, and how busy others were."""

    costs: Costs
    busy: float | None

    def row(self, name: str, case: str, reference: str, device: torch.device, target: float | None = None) -> Row:
        """One variant against another, run by run."""
        ratios = [r / c for r, c in zip(self.costs[reference], self.costs[case], strict=True)]
        ratio = statistics.median(ratios)
        wanted = target if device.type == "cpu" else None  # the targets are those of two CPU cores
        met = None if wanted is None else ratio >= wanted
        spread = (round(min(ratios), 3), round(max(ratios), 3))
        return Row(
            name,
            reference,
            round(ratio, 3),
            spread,
            wanted,
            met,
            torch.get_num_threads(),
            device_name(device),
            self.busy,
        )


def interleaved(variants: Mapping[str, Callable[[int], float]], runs: int) -> Measured:
    """Run all variants in turn, ``runs`` times, in another order each time.

    Args:
        variants: each is called with the number of the run and returns what it cost.
        runs: how many.
    """
    names = list(variants)
    costs: Costs = {name: [] for name in names}
    before = clocks()
    for run in range(runs):
        shift = run % len(names)
        for name in names[shift:] + names[:shift]:
            gc.collect()
            costs[name].append(variants[name](run))
    return Measured(costs, others(before, clocks()))


def seconds(work: Callable[[], Any], device: torch.device) -> float:
    """What a piece of work takes, with all of it that runs on the device."""
    _wait(device)
    started = time.perf_counter()
    work()
    _wait(device)
    return time.perf_counter() - started


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def device_name(device: torch.device) -> str:
    """The processor's or GPU's own name."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {os.cpu_count()} cores" if names else f"{os.cpu_count()} cores"


def has_bfloat16(device: torch.device) -> bool:
    """Whether the processor multiplies bfloat16 by itself."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""
    return "avx512_bf16" in flags or "amx_bf16" in flags


def clocks() -> Clocks | None:
    """Wall time, seconds that all cores worked, seconds that this process and its ended children did.

    None where the system does not tell.
    """
    if not Path("/proc/stat").is_file():
        return None
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    mine = os.times()
    ticks = os.sysconf("SC_CLK_TCK")
    worked = (user + nice + system + irq + softirq + steal) / ticks
    return time.perf_counter(), worked, mine.user + mine.system + mine.children_user + mine.children_system


def others(before: Clocks | None, after: Clocks | None) -> float | None:
    """Cores that other processes used between two looks at the clocks."""
    if before is None or after is None:
        return None
    wall, worked, mine = (b - a for a, b in zip(before, after, strict=True))
    return round(max(0.0, (worked - mine) / wall), 3)
