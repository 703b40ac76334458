"""Stands for ``seqmodels train`` where training is not the point: takes its words, fails as told, writes metrics.json.

It goes on where it was cut off, as a run does: a line a step in RUN/steps. ``kind`` says how it ends; ``steps`` how
many steps of 20 ms it takes.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path


def main(words: list[str]) -> int:
    given = dict(word.replace("'", "").split("=", 1) for word in words if "=" in word)
    folder = Path(given["run_dir"])
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    (folder / "starts").open("a").write(f"{os.getpid()}\n")
    with open(folder / "steps", "a+", encoding="utf-8") as file:
        file.seek(0)
        for step in range(len(file.read().split()), int(given.get("steps", "5"))):
            time.sleep(0.02)
            file.write(f"{step}\n")
            file.flush()
            if step >= 1:  # one that was cut off when it had failed, and before that was noted, fails again
                fail(given["kind"])
    score = float("nan") if given["kind"] == "nan" else float(given.get("score", "0.5"))
    tested = {} if "test=false" in words else {"test/loss": score + int(given["seed"])}
    (folder / "metrics.json").write_text(json.dumps({"val/loss": score, **tested}))
    return 0


def fail(kind: str) -> None:
    if kind == "raise":
        raise ZeroDivisionError("made to raise")
    if kind == "exit":
        print("made to exit")
        sys.exit(5)
    if kind in ("SIGKILL", "SIGTERM"):
        if kind == "SIGTERM":
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), getattr(signal, kind))
    if kind == "memory":
        resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28))
        bytearray(2**29)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
