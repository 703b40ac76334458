"""Yaml files that stand for more than they should."""

import os
import time

import pytest
from hostile import configs

from seqmodels.errors import InputError
from seqmodels.run.compose import ConfigTree
from seqmodels.run.yaml_guard import MAX_BYTES, MAX_NODES, check_folder, check_yaml


def aliases(count):
    """A list of ten and so many times the same list."""
    return "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\nb: [" + ", ".join(["*a"] * count) + "]\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (aliases(MAX_NODES // 10), None),
        (aliases(MAX_NODES // 10 + 1), "its aliases (*name) stand for more than 100,000 nodes"),
        ("[" * 100 + "]" * 100, None),
        ("[" * 101 + "]" * 101, "nested more than 100 deep"),
        ("#" * MAX_BYTES, None),
        ("#" * (MAX_BYTES + 1), "1,048,577 bytes found, wanted at most 1,048,576"),
        ("a: &a [*a]", "its aliases (*name) stand for more"),
        ("a: &a 1\n---\nb: *a\n", None),  # PyYAML says what is wrong with it
        ("- 1\n" * 100_001, None),
        ("a: {{", "not readable as yaml"),
        ("a: \udcff", "not readable as yaml"),
    ],
    ids=range(11),
)
def test_a_yaml_file_is_measured_before_it_is_read(text, fault, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    if fault is None:
        check_yaml(path)
        check_folder(tmp_path)
        return
    with pytest.raises(InputError) as caught:
        check_yaml(path)
    (told,) = caught.value.faults
    assert told.startswith(f"{path}: {fault}")


def test_every_file_that_is_too_large_is_told_and_one_that_is_no_yaml_only_when_it_is_chosen(tmp_path):
    (tmp_path / "task").mkdir()
    for name in ("a", "task/b"):
        (tmp_path / f"{name}.yaml").write_text(configs.bombs()["lists of lists"])
    (tmp_path / "template.yaml").write_text("{{ a template }}: {")
    with pytest.raises(InputError) as caught:
        ConfigTree(str(tmp_path))
    assert [fault.split(": ")[0] for fault in caught.value.faults] == [
        str(tmp_path / f"{n}.yaml") for n in ("a", "task/b")
    ]


def test_links_in_a_circle_are_followed_once(tmp_path):
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "a.yaml").write_text("a: 1\n")
    check_folder(tmp_path)


def test_a_bomb_is_told_within_a_second_and_nothing_is_made_of_it(tmp_path):
    for text in configs.bombs().values():
        (tmp_path / "a.yaml").write_text(text)
        began = time.process_time()
        with pytest.raises(InputError, match="wanted at most"):
            check_yaml(tmp_path / "a.yaml")
        assert time.process_time() - began < 1
    assert os.listdir(tmp_path) == ["a.yaml"]
