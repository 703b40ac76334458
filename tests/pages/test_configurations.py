"""Runs of one configuration differ in nothing but their seed; the best is chosen on validation."""

import statistics

from written_runs import write_run

from seqmodels.pages.configurations import groups_of
from seqmodels.pages.folders import find_rows


def only_group(base):
    (group,) = groups_of(find_rows(base))
    return group


def test_seeds_of_a_configuration_stand_together_and_the_best_mean_comes_first(many):
    group = only_group(many)
    assert [c.label for c in group.ranked] == ["gru, lr 0.01", "rnn, lr 0.01", "gru, lr 0.001", "rnn, lr 0.001"]
    assert [len(c.rows) for c in group.configurations] == [3, 3, 3, 3, 1, 1]
    assert group.ranked[0].mean == statistics.fmean([0.81, 0.82, 0.83])
    assert sum(len(c.rows) for c in group.configurations) == len(group.rows) == 14


def test_less_is_better_where_the_config_says_so(tmp_path):
    for i, score in enumerate((0.3, 0.2, 0.4)):
        write_run(tmp_path / str(i), [f"optim.lr={i}"], 1, score, config={"mode": "min"})
    assert [c.label for c in only_group(tmp_path).ranked] == ["lr 1", "lr 0", "lr 2"]


def test_a_seed_that_was_run_twice_counts_once(tmp_path):
    for i, seed in enumerate((1, 1, 2)):
        write_run(tmp_path / str(i), seed=seed, score=0.5 + seed / 10)
    (configuration,) = only_group(tmp_path).configurations
    assert configuration.scores == [0.6, 0.7]
    assert len(configuration.rows) == 3


def test_runs_of_the_same_command_line_but_other_configs_are_kept_apart(tmp_path):
    for i, size in enumerate((64, 128)):
        write_run(tmp_path / str(i), config={"encoder_size": size})
    assert [c.label for c in only_group(tmp_path).configurations] == ["encoder_size 64", "encoder_size 128"]


def test_where_a_run_lies_and_its_device_make_no_configuration(tmp_path):
    for i in range(2):
        write_run(tmp_path / str(i), [f"run_dir=/tmp/{i}", "device=cpu"], seed=i, config={"runs": f"r{i}"})
    assert len(only_group(tmp_path).configurations) == 1


def test_runs_of_two_tasks_are_not_compared(tmp_path):
    write_run(tmp_path / "0")
    write_run(tmp_path / "1", config={"name": "other"})
    assert [group.task for group in groups_of(find_rows(tmp_path))] == ["dates", "other"]
