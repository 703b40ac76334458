"""Files out of archives."""

import hashlib
from pathlib import Path

import pytest
from faulty.archives import CASES, FILES, GOOD, LIMIT, attempt, attempt_good, packed_zip

import seqmodels.data.archive as room
from seqmodels.data import Archived, Remote
from seqmodels.data.archive import extract
from seqmodels.data.download import local
from seqmodels.errors import InputError


@pytest.mark.parametrize("name", CASES)
def test_what_is_hostile_or_damaged_is_one_error_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    make, told = CASES[name]
    assert attempt(make(), told, tmp_path / "here") is None


@pytest.mark.parametrize("name", GOOD)
def test_what_is_good_is_unpacked_whole(name: str, tmp_path: Path) -> None:
    assert attempt_good(GOOD[name](), tmp_path / "here") is None


def test_all_members_that_are_refused_are_told_at_once_the_first_ten_one_by_one(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(packed_zip({f"../{number}": b"" for number in range(13)}))
    with pytest.raises(InputError) as caught:
        extract(archive, tmp_path / "target", LIMIT)
    assert len(caught.value.faults) == 11
    assert caught.value.faults[-1] == f"{archive}: and 3 more faults"


def test_more_members_than_a_disk_should_be_asked_for_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqmodels.data.members.MEMBERS", 1)
    assert attempt(GOOD["zip"](), "more than 1 members found", tmp_path / "here") is None


def test_ten_mebibytes_may_be_packed_as_tightly_as_they_can_be(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(packed_zip({"x": bytes(10 << 20)}))
    extract(archive, tmp_path / "target", LIMIT)
    assert (tmp_path / "target" / "x").stat().st_size == 10 << 20


def test_an_unpacking_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = room._write

    def full(member: room.Member, folder: Path) -> None:
        if member.name == "c.txt":
            raise OSError(28, "No space left on device")
        write(member, folder)

    monkeypatch.setattr(room, "_write", full)
    archive = tmp_path / "a.zip"
    archive.write_bytes(GOOD["zip"]())
    with pytest.raises(InputError, match="No space left on device"):
        extract(archive, tmp_path / "target", LIMIT)
    assert list(tmp_path.iterdir()) == [archive]


def test_a_target_that_another_process_made_meanwhile_stays(tmp_path: Path) -> None:
    archive, target = tmp_path / "a.zip", tmp_path / "target"
    archive.write_bytes(GOOD["zip"]())
    target.mkdir()
    (target / "theirs").touch()
    extract(archive, target, LIMIT)
    assert [path.name for path in target.iterdir()] == ["theirs"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "target"]


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """An archive that lies in the data root already."""
    monkeypatch.setenv("SEQMODELS_DATA", str(tmp_path))
    content = GOOD["zip"]()
    remote = Remote("https://example.org/data.zip", hashlib.sha256(content).hexdigest(), "set")
    remote.path.parent.mkdir()
    remote.path.write_bytes(content)
    return remote


def test_a_member_is_found_wherever_a_path_may_stand(remote: Remote) -> None:
    path = local(Archived(remote, "a/b.txt"))
    assert path.read_bytes() == FILES["a/b.txt"]
    assert path == remote.path.parent / f"data.zip.{remote.sha256[:8]}" / "a" / "b.txt"


def test_an_archive_is_unpacked_once(remote: Remote) -> None:
    Archived(remote, "a/b.txt").fetch()
    remote.path.unlink()
    assert Archived(remote, "c.txt").fetch().read_bytes() == FILES["c.txt"]


def test_an_archive_with_another_hash_is_not_opened(remote: Remote) -> None:
    remote.path.write_bytes(GOOD["tar"]())
    with pytest.raises(InputError, match=r"sha256 .* found"):
        Archived(remote, "a/b.txt").fetch()
    assert list(remote.path.parent.iterdir()) == [remote.path]


def test_a_member_that_is_not_there_is_told_with_what_is(remote: Remote) -> None:
    with pytest.raises(InputError, match=r"no file 'a/c.txt' in it .*; closest: (a/b.txt, c.txt|c.txt, a/b.txt)"):
        Archived(remote, "a/c.txt").fetch()


def test_more_than_max_bytes_is_refused(remote: Remote) -> None:
    with pytest.raises(InputError, match="unpack to more than 100 bytes"):
        Archived(remote, "a/b.txt", max_bytes=100).fetch()


@pytest.mark.parametrize("member", ["../x", "/x", "a/../../x", "", ".", "C:x", "a\\b"])
def test_a_path_that_is_none_within_an_archive_is_refused(member: str, remote: Remote) -> None:
    with pytest.raises(InputError, match="wanted a file's path in the archive"):
        Archived(remote, member)
