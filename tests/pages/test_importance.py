"""fANOVA finds the parameter that the objective depends on."""

import math

import pytest
from written_runs import write_run

from seqmodels.pages.configurations import groups_of
from seqmodels.pages.folders import find_rows
from seqmodels.pages.importance import importance, shares


@pytest.fixture
def searched(tmp_path):
    """Twenty configurations: the rate decides, on a logarithmic scale; the width and the encoder decide nothing."""
    for i in range(20):
        rate, width, encoder = 10 ** (-4 + 3 * ((7 * i) % 20) / 19), 16 * (1 + (3 * i) % 5), ("rnn", "gru")[i % 2]
        words = [f"optim.lr={rate:.6g}", f"model.encoder.hidden_size={width}", f"model/encoder={encoder}"]
        write_run(tmp_path / str(i), words, 1, -abs(math.log10(rate) + 2.5))
    return tmp_path


def test_what_decides_explains_most_and_what_decides_nothing_little(searched):
    (group,) = groups_of(find_rows(searched))
    assert group.logarithmic == {"optim.lr"}
    found = shares(group)
    assert next(iter(found)) == "optim.lr"
    assert found["optim.lr"][0] > 0.8
    assert found["model.encoder.hidden_size"][0] < 0.1 > found["model/encoder"][0]
    assert all(0 <= low <= high <= 1 for _, low, high in found.values())
    assert "optim.lr" in importance(group).picture


def test_the_same_score_everywhere_gives_a_reason_and_no_picture(tmp_path):
    for i in range(12):
        write_run(tmp_path / str(i), [f"optim.lr={i}"], 1, 0.5)
    chart = importance(groups_of(find_rows(tmp_path))[0])
    assert (chart.picture, chart.note) == ("", "All configurations reached the same.")


def test_few_configurations_give_a_reason_and_no_picture(many):
    chart = importance(groups_of(find_rows(many))[0])
    assert chart.picture == ""
    assert "4 configurations" in chart.note
