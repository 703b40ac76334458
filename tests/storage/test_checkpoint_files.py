"""Checkpoint files that any torch reads, and that show every damage before anything in them is read."""

import errno
import hashlib
import os
import random
import resource
import zipfile
from contextlib import contextmanager

import pytest
import torch
from drills.resume import digest

from seqmodels.errors import InputError
from seqmodels.storage import CheckpointFiles, read_checkpoint_file

CONTENT = {"epoch": 3, "words": ["a", "ü"], "weights": {"x": torch.arange(700.0).reshape(7, 100), "y": torch.ones(())}}


def save(content, path):
    CheckpointFiles().save_checkpoint(content, path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a checkpoint."""
    path = tmp_path_factory.mktemp("whole") / "a.ckpt"
    save(CONTENT, path)
    return path.read_bytes()


def fault_of(path):
    """The one line that says what is wrong with a file."""
    with pytest.raises(InputError) as caught:
        read_checkpoint_file(path)
    (fault,) = caught.value.faults
    assert fault.startswith(f"{path}: ")
    assert "\n" not in fault
    return fault


@pytest.mark.parametrize("content", [CONTENT, {}, [], 3, {"big": torch.rand(300_000)}, {"none": torch.empty(0)}])
def test_what_was_saved_is_read(content, tmp_path):
    save(content, tmp_path / "deep" / "er" / "a.ckpt")
    assert digest(read_checkpoint_file(tmp_path / "deep" / "er" / "a.ckpt")) == digest(content)
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["a.ckpt"]


def test_any_torch_and_any_zip_reads_the_file(whole, tmp_path):
    path = tmp_path / "a.ckpt"
    path.write_bytes(whole)
    assert digest(torch.load(path, weights_only=True)) == digest(CONTENT)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        note = archive.comment.decode()
    assert note == f"sha256:{hashlib.sha256(whole[: -len(note)]).hexdigest()}"


def test_lightning_reads_and_removes_it_through_the_same_door(whole, tmp_path):
    path, files = tmp_path / "a.ckpt", CheckpointFiles()
    path.write_bytes(whole)
    for weights_only in (None, False, True):  # plain values, whatever is asked for
        assert digest(files.load_checkpoint(path, weights_only=weights_only)) == digest(CONTENT)
    files.remove_checkpoint(path)
    files.remove_checkpoint(path)
    assert not path.exists()


def test_a_bit_that_was_flipped_anywhere_shows(whole, tmp_path):
    path, draw = tmp_path / "a.ckpt", random.Random(0)
    places = {0, 1, len(whole) // 2, *range(len(whole) - 100, len(whole)), *draw.sample(range(len(whole)), 150)}
    for place in sorted(places):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        assert "damaged: its sha256" in (fault := fault_of(path)) or "no sha256 found" in fault, place


def test_a_file_that_was_cut_anywhere_shows(whole, tmp_path):
    path = tmp_path / "a.ckpt"
    lengths = {0, 1, 70, 71, 72, len(whole) - 72, len(whole) - 71, len(whole) - 1}
    for length in sorted(lengths | set(random.Random(1).sample(range(len(whole)), 60))):
        path.write_bytes(whole[:length])
        assert "it is cut off" in fault_of(path), length


def test_bytes_behind_the_end_show(whole, tmp_path):
    (tmp_path / "a.ckpt").write_bytes(whole + b"\0")
    assert "no sha256 found" in fault_of(tmp_path / "a.ckpt")
    (tmp_path / "a.ckpt").write_bytes(whole + whole)
    assert "damaged: its sha256" in fault_of(tmp_path / "a.ckpt")


def test_what_is_no_checkpoint_of_ours_is_told(tmp_path):
    torch.save(CONTENT, tmp_path / "plain.ckpt")
    assert "no sha256 found" in fault_of(tmp_path / "plain.ckpt")
    assert "no such file" in fault_of(tmp_path / "missing.ckpt")
    assert "not a readable checkpoint" in fault_of(tmp_path)
    noise = random.Random(2).randbytes(999)
    (tmp_path / "noise.ckpt").write_bytes(noise + b"sha256:" + hashlib.sha256(noise).hexdigest().encode())
    assert fault_of(tmp_path / "noise.ckpt")


def test_more_than_plain_values_is_not_read(tmp_path):
    save({"x": random.Random(0)}, tmp_path / "a.ckpt")
    assert "more than tensors and plain values; nothing in it was run" in fault_of(tmp_path / "a.ckpt")


def refused(path, content=CONTENT):
    """The one line that says why a file could not be written."""
    with pytest.raises(InputError) as caught:
        save(content, path)
    (fault,) = caught.value.faults
    assert fault.startswith(f"{path}: the checkpoint could not be written (")
    assert "set run_dir=FOLDER" in fault
    return fault


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    assert os.strerror(errno.EEXIST) in refused(tmp_path / "file" / "a.ckpt")
    assert os.strerror(errno.ENOTDIR) in refused(tmp_path / "file" / "deeper" / "a.ckpt")


@contextmanager
def files_up_to(size):
    """No file may grow beyond it, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", [0, 100, 30_000, 3_000_000, 3_999_999])
@pytest.mark.parametrize("before", [None, CONTENT], ids=["nothing before", "a whole one before"])
def test_a_full_disk_is_told_and_the_file_that_was_there_is_kept(before, room, tmp_path):
    path = tmp_path / "a.ckpt"
    if before is not None:
        save(before, path)
    with files_up_to(room):
        fault = refused(path, {"big": torch.rand(1_000_000)})
    assert os.strerror(errno.EFBIG) in fault
    assert (f"the one written there before is kept: {path}" in fault) == (before is not None)
    assert [file.name for file in tmp_path.iterdir()] == ([path.name] if before is not None else [])
    if before is not None:
        assert digest(read_checkpoint_file(path)) == digest(before)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_end_is_told(call, tmp_path, monkeypatch):
    def fails(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    save(CONTENT, tmp_path / "a.ckpt")
    monkeypatch.setattr(os, call, fails)
    assert f"({os.strerror(errno.ENOSPC)})" in refused(tmp_path / "a.ckpt", {"epoch": 4})
    assert [file.name for file in tmp_path.iterdir()] == ["a.ckpt"]
    assert read_checkpoint_file(tmp_path / "a.ckpt")["epoch"] == 3
