"""What goes wrong inside a run: losses that are no number, too little memory."""

import contextlib
import io
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import torch

from drills.child import command, finish, start
from drills.resume import BASE, PLAIN
from drills.row import Row, row
from seqmodels.nn.embedders import TokenEmbedder
from seqmodels.run.cli import run
from seqmodels.storage import read_checkpoint_file
from seqmodels.types import Padded

WORDS = ["train", *BASE, *PLAIN, "trainer.gradient_clip_val=5"]
SPOILT = 8  # the training batch whose embeddings become no number


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """A row a kind of failure."""
    yield row("loss or gradient that is no number: stopped, nothing touched", not_a_number(folder))
    yield row("the same with nonfinite=skip: left out, counted", {"skip": skipped(folder)})
    yield row("out of memory: batch and key named", memory(folder))


def said(*words: str) -> tuple[int, str]:
    """The exit code of a command in this process, and what it complained of."""
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        code = run(list(words))
    return code, err.getvalue()


def refused(code: int, err: str, *parts: str) -> str | None:
    """What is wrong with an answer that should be errors without a traceback, with these words in them."""
    if code != 2 or "Traceback" in err or not err.startswith("seqmodels: "):
        return f"exit code {code}: {err[-300:]}"
    missing = [part for part in parts if part not in err]
    return f"does not say {missing}: {err[-300:]}" if missing else None


@contextlib.contextmanager
def spoilt(value: float) -> Iterator[None]:
    """In one training batch, embeddings that are no numbers."""
    batches, forward = [0], TokenEmbedder.forward

    def spoil(self: TokenEmbedder, inputs: Padded) -> Padded:
        made = forward(self, inputs)
        batches[0] += self.training
        return Padded(made.data * value, made.lengths) if self.training and batches[0] == SPOILT else made

    with patch.object(TokenEmbedder, "forward", spoil):
        yield


def not_a_number(folder: Path) -> dict[str, str | None]:
    outcomes: dict[str, str | None] = {}
    for name, value in (("nan", float("nan")), ("inf", float("inf"))):
        path = folder / name
        with spoilt(value):
            code, err = said(*WORDS, f"run_dir={path}")
        outcomes[name] = refused(code, err, f"step {SPOILT}:", "gradient norms", "of the examples") or unspoilt(path)
    code, err = said(*WORDS, f"run_dir={folder / 'rate'}", "optim.lr=1e30", "trainer.gradient_clip_val=null")
    outcomes["a rate far too high"] = refused(code, err, "gradient norms") or unspoilt(folder / "rate", step=None)
    return outcomes


def unspoilt(path: Path, step: int | None = SPOILT - 1) -> str | None:
    """Whether the last checkpoint is that of the step before, and resuming it goes on from there."""
    state = read_checkpoint_file(path / "checkpoints" / "last.ckpt")
    if step is not None and state["global_step"] != step:
        return f"the last checkpoint is of step {state['global_step']}, wanted {step}"
    finite = all(bool(torch.isfinite(tensor).all()) for tensor in state["state_dict"].values())
    return None if finite else "weights that are no number in the last checkpoint"


def skipped(folder: Path) -> str | None:
    with spoilt(float("nan")):
        code, err = said(*WORDS, "nonfinite=skip", f"run_dir={folder / 'skip'}")
    if code:
        return f"exit code {code}: {err[-300:]}"
    state = read_checkpoint_file(folder / "skip" / "checkpoints" / "last.ckpt")
    return None if state["skipped"] == 1 else f"{state['skipped']} counted, wanted 1"


def memory(folder: Path) -> dict[str, str | None]:
    large = ["data.train=3000", "data.val=3000", "encoder_size=256", "trainer.max_epochs=1"]
    cases = {
        "training": (["batching.batch_size=3000"], "batching.batch_size below 3000"),
        "by tokens": (["batching.max_tokens=90000"], "batching.max_tokens below 90000"),
        "validation": (["batching.batch_size=8", "batching.eval_batch_size=3000"], "eval_batch_size below 3000"),
        "model": (["encoder_size=100000"], "memory"),
    }
    outcomes = {}
    for name, (words, wanted) in cases.items():
        out = folder / f"memory-{name}.txt"
        words = [*WORDS, *large, *words, "trainer.limit_train_batches=3", f"run_dir={folder / f'memory {name}'}"]
        code = finish(start(with_little_memory, *words, out=out))
        complaints = "".join(line for line in out.read_text().splitlines(True) if line.startswith("seqmodels: "))
        outcomes[name] = refused(code, complaints or out.read_text(), wanted)
    return outcomes


def with_little_memory(*words: str) -> None:
    """A command that may take 300 MiB more than what its process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + 300 * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    command(*words)
