"""When a bar is drawn."""

import sys

import pytest

from seqmodels.run.progress import FEW, progress


@pytest.mark.parametrize(
    ("total", "person", "seen"), [(FEW + 1, True, True), (FEW, True, False), (FEW + 1, False, False)]
)
def test_a_bar_is_for_many_texts_and_for_a_person_who_looks_on(total, person, seen, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: person)
    with progress(total) as done:
        done(total)
    said = capsys.readouterr()
    assert (f"{total}/{total}" in said.err) == seen
    assert bool(said.err) == seen
    assert not said.out  # where the answers go
