"""A file is whole or not there, whatever happens while it is written."""

import errno
import os
from pathlib import Path

import pytest

from seqmodels.storage import replacing, same_file, sweep, write_text


@pytest.fixture
def file(tmp_path):
    """A file with something in it that must not be lost."""
    path = tmp_path / "a.txt"
    path.write_text("before")
    return path


def interrupted(path, text, error):
    """Write a file, or begin to, until an exception."""
    with replacing(path) as beside:
        if text:
            beside.write_text(text)
        raise error


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_made_and_replaced(tmp_path):
    write_text(tmp_path / "ü.txt", "first: ä\n")
    assert (tmp_path / "ü.txt").read_bytes() == "first: ä\n".encode()
    write_text(tmp_path / "ü.txt", "2")
    assert (tmp_path / "ü.txt").read_text() == "2"
    assert names(tmp_path) == ["ü.txt"]


def test_until_the_end_the_old_file_stands_there(file):
    with replacing(file) as beside:
        beside.write_text("after")
        assert file.read_text() == "before"
        assert beside.parent == file.parent, "only within one file system is a rename done at once"
    assert file.read_text() == "after"


class Killed(BaseException):
    """What is no Exception, such as KeyboardInterrupt."""


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, Killed, OSError(errno.ENOSPC, "full")])
@pytest.mark.parametrize("text", ["", "half of"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(error, text, file):
    with pytest.raises(error if isinstance(error, type) else type(error)):
        interrupted(file, text, error)
    assert file.read_text() == "before"
    assert names(file.parent) == ["a.txt"]


def test_a_text_that_cannot_be_encoded_leaves_the_old_file(file):
    with pytest.raises(UnicodeEncodeError):
        write_text(file, "after \ud800")
    assert file.read_text() == "before"
    assert names(file.parent) == ["a.txt"]


def test_the_data_is_on_the_disk_before_the_name_points_to_it(file, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle):
        done.append(f"on the disk: {os.path.basename(os.readlink(f'/proc/self/fd/{handle}'))}")
        fsync(handle)

    def noted_replace(source, target):
        done.append("named")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    with replacing(file) as beside:
        beside.write_text("after")
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("only Linux says which file a handle is of")
    assert done == [f"on the disk: {beside.name}", "named", f"on the disk: {file.parent.name}"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "nowhere" / "a.txt", "x")
    assert names(tmp_path) == []


def test_the_same_file_under_another_name(file):
    other = file.parent / "b.txt"
    other.write_text("something else")
    same_file(file, other)
    assert os.path.samefile(file, other)
    write_text(file, "after")  # replaces the one name, and leaves the other where it pointed
    assert (file.read_text(), other.read_text()) == ("after", "before")
    same_file(file, other)
    assert other.read_text() == "after"
    assert names(file.parent) == ["a.txt", "b.txt"]


def test_two_names_of_one_file_may_be_made_the_same_again(file):
    same_file(file, file.parent / "b.txt")
    same_file(file, file.parent / "b.txt")
    assert names(file.parent) == ["a.txt", "b.txt"]


def test_where_there_are_no_links_it_is_a_copy(file, monkeypatch):
    def no_link(source, target):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_link)
    same_file(file, file.parent / "b.txt")
    assert (file.parent / "b.txt").read_text() == "before"
    assert not os.path.samefile(file, file.parent / "b.txt")


def test_a_file_that_is_not_there_gets_no_other_name_and_the_other_stays(file):
    with pytest.raises(FileNotFoundError):
        same_file(file.parent / "missing", file)
    assert file.read_text() == "before"
    assert names(file.parent) == ["a.txt"]


def test_sweeping_removes_what_killed_processes_left_and_nothing_else(tmp_path):
    with replacing(tmp_path / "a.txt") as beside:
        beside.touch()
        name = beside.name
    left = [tmp_path / name, tmp_path / name.replace(str(os.getpid()), "1")]
    for path in [*left, tmp_path / "a.txt", tmp_path / "b.part", tmp_path / ".hidden"]:
        path.write_text("x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / name).write_text("x")
    assert set(sweep(tmp_path)) == set(left)
    assert names(tmp_path) == [".hidden", "a.txt", "b.part", "sub"]
    assert names(tmp_path / "sub") == [name]
    assert sweep(tmp_path) == []
    assert sweep(tmp_path / "nowhere") == []
