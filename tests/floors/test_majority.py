"""The floor of classification."""

import pytest

from seqmodels.floors import Majority


@pytest.mark.parametrize(
    ("targets", "answer"),
    [(["de"], "de"), (["de", "fr", "fr"], "fr"), (["a", "b", "c", "b", "a", "b"], "b"), (["b", "a", "a", "b"], "b")],
    ids=["one", "the last", "most of three", "the first of two as frequent"],
)
def test_every_input_gets_the_most_frequent_target(targets: list[str], answer: str) -> None:
    floor = Majority()
    floor.fit([f"text {i}" for i in range(len(targets))], targets)
    assert floor.predict(["text 0", "never seen", ""]) == [answer] * 3
