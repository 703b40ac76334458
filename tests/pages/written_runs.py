"""Run folders as `seqmodels train` leaves them, without a training."""

import json
from pathlib import Path

import yaml

SHA = dict.fromkeys(("train", "val", "test"), "a" * 64)


def write_run(folder: Path, words=(), seed=1, score=0.9, config=None, facts=None, curve=(0.5, 0.7), **metrics) -> Path:
    """A finished run that reached a score; without metrics.json if that is None."""
    (folder / "logs").mkdir(parents=True)
    settings = {"name": "dates", "monitor": "val/accuracy", "mode": "max", "seed": seed, "run_dir": str(folder)}
    line = ["task=dates", *words, f"seed={seed}"]
    settings |= {word.partition("=")[0]: word.partition("=")[2] for word in words} | (config or {})
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    (folder / "overrides.yaml").write_text(yaml.safe_dump(line))
    known = {"seed": seed, "git_commit": "c" * 40, "data_sha256": SHA, "device": "cpu", "threads": 1} | (facts or {})
    values = [*curve, *([] if score is None else [score])]  # the last one is that of the best checkpoint
    rows = [f"{10 * i + 9},{value}" for i, value in enumerate(values)]
    (folder / "logs" / "metrics.csv").write_text("\n".join(["step,val/accuracy", *rows]) + "\n")
    if score is not None:
        found = {"val/accuracy": score, "test/accuracy": score, "seconds": 8.0, "tokens": 4000, "parameters": 1000}
        found |= {key.replace("__", "/"): value for key, value in metrics.items()}
        (folder / "metrics.json").write_text(json.dumps(found))
        known["weights_sha256"] = "b" * 64
    (folder / "environment.json").write_text(json.dumps(known))
    return folder


def write_errors(folder: Path, wrong: list[int], total: int) -> None:
    """Say that a run got these of its test examples wrong."""
    head = f"{len(wrong):,} of {total:,} examples wrong ({100 * len(wrong) / total:.2f} %), in the order of the data"
    blocks = [f"\na.csv:{i}\ninput   text\nwanted  x\nsaid    y" for i in wrong]
    (folder / "errors.txt").write_text("\n".join([head, *blocks]) + "\n")
