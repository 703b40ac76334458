"""A folder of runs."""

import pytest
from written_runs import write_run


@pytest.fixture
def many(tmp_path):
    """A folder of runs: two encoders, two rates, three seeds; one failed and one was cut off."""
    base = tmp_path / "runs"
    for i, (encoder, rate, seed) in enumerate(
        (e, r, s) for e in ("rnn", "gru") for r in (0.001, 0.01) for s in (1, 2, 3)
    ):
        score = 0.5 + 0.1 * (encoder == "gru") + 0.2 * (rate == 0.01) + 0.01 * seed
        write_run(base / str(i), [f"model/encoder={encoder}", f"optim.lr={rate}"], seed, round(score, 4))
    failed = write_run(base / "12", ["model/encoder=gru", "optim.lr=9.0"], 1, None)
    (failed / "failure.txt").write_text("step 2: loss nan\n")
    write_run(base / "13", ["model/encoder=rnn", "optim.lr=9.0"], 1, None)
    return base
