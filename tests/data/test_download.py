"""Where data sets lie, and how they get there."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pooch
import pytest
import requests
from faulty.server import Server, serving

from seqmodels.data import Remote, data_root
from seqmodels.data.download import local
from seqmodels.errors import InputError

CONTENT = b"two cats\n"
URL = "https://example.org/a/train.txt"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def remote(url: str = URL) -> Remote:
    return Remote(url, sha256(CONTENT), "set/part")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQMODELS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def never(*args: object, **kwargs: object) -> None:
    raise AssertionError("nothing may be fetched")


def put(remote: Remote, content: bytes) -> None:
    remote.path.parent.mkdir(parents=True)
    remote.path.write_bytes(content)


def test_the_data_root_is_where_the_environment_variable_says(root: Path) -> None:
    assert data_root() == root


def test_the_data_root_is_absolute_and_knows_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQMODELS_DATA", "here")
    assert data_root() == Path.cwd() / "here"
    monkeypatch.setenv("SEQMODELS_DATA", "~/there")
    assert data_root() == Path.home() / "there"


@pytest.mark.parametrize("value", [None, ""])
def test_the_data_root_is_the_user_cache_without_the_variable(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / "cache" / name))
    if value is None:
        monkeypatch.delenv("SEQMODELS_DATA")
    else:
        monkeypatch.setenv("SEQMODELS_DATA", value)
    assert data_root() == tmp_path / "cache" / "seqmodels"


def test_a_remote_lies_in_its_folder_under_the_last_part_of_its_url(root: Path) -> None:
    assert remote().path == root / "set" / "part" / "train.txt"


def test_a_remote_may_have_another_name_than_its_url(root: Path) -> None:
    assert Remote(URL, "0" * 64, "set", "mine.txt").path == root / "set" / "mine.txt"
    for name in ("", "..", "a/b", "a:b"):
        with pytest.raises(InputError, match="wanted a folder inside the data root and a file name"):
            Remote(URL, "0" * 64, "set", name)


def test_a_file_that_is_there_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    put(remote(), CONTENT)
    monkeypatch.setattr(pooch, "retrieve", never)
    assert remote().fetch() == remote().path


def test_another_content_than_expected_is_told_with_both_hashes_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    put(remote(), b"edited\n")
    monkeypatch.setattr(pooch, "retrieve", never)
    with pytest.raises(InputError) as caught:
        remote().fetch()
    (fault,) = caught.value.faults
    assert str(remote().path) in fault
    assert f"{sha256(b'edited' + bytes([10]))} found" in fault
    assert f"{sha256(CONTENT)} wanted" in fault
    assert remote().path.read_bytes() == b"edited\n"


def test_a_good_download_arrives_under_its_name_once(server: Server) -> None:
    server.files["/a/train.txt"] = CONTENT
    wanted = remote(f"{server.url}/a/train.txt")
    assert wanted.fetch() == wanted.path
    assert wanted.path.read_bytes() == CONTENT
    assert wanted.fetch() == wanted.path
    assert server.requests == 1
    assert [file.name for file in wanted.path.parent.iterdir()] == ["train.txt"]


def assert_told_how_to_go_on(wanted: Remote) -> str:
    with pytest.raises(InputError) as caught:
        wanted.fetch()
    (fault,) = caught.value.faults
    assert wanted.url in fault
    assert f"put the file at {wanted.path}" in fault
    assert "\n" not in fault
    return fault


def test_a_download_of_another_content_is_refused_and_leaves_nothing_behind(server: Server) -> None:
    server.files["/a/train.txt"] = b"a page that asks you to log in"
    wanted = remote(f"{server.url}/a/train.txt")
    assert_told_how_to_go_on(wanted)
    assert list(wanted.path.parent.iterdir()) == []


def test_a_download_that_is_cut_in_the_midst_is_refused_leaves_nothing_behind_and_can_be_had_again(
    server: Server,
) -> None:
    server.files["/a/train.txt"] = CONTENT
    server.cut = {"/a/train.txt"}
    wanted = remote(f"{server.url}/a/train.txt")
    assert "4 bytes read, 5 more expected" in assert_told_how_to_go_on(wanted)
    assert list(wanted.path.parent.iterdir()) == []
    server.cut = set()
    assert wanted.fetch().read_bytes() == CONTENT


def test_a_url_that_is_not_there_is_told_with_the_answer_of_the_server(server: Server) -> None:
    assert "404" in assert_told_how_to_go_on(remote(f"{server.url}/gone.txt"))


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError("no route\nto host"),
        requests.ConnectionError(),
        requests.Timeout("slow"),
        PermissionError("read-only"),
        ValueError("SHA256 hash of downloaded file does not match"),
    ],
    ids=repr,
)
def test_a_failed_download_is_told_with_the_url_and_where_to_put_the_file(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(pooch, "retrieve", fail)
    assert type(error).__name__ in assert_told_how_to_go_on(remote())


def test_a_downloader_that_does_not_check_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooch, "retrieve", lambda *args, **kwargs: put(remote(), b"wrong"))
    with pytest.raises(InputError, match=f"{sha256(b'wrong')} found, {sha256(CONTENT)} wanted"):
        remote().fetch()


@pytest.mark.parametrize("folder", ["..", "../a", "a/../../b", "a/..", "/a", "/", "", "."])
def test_a_folder_outside_the_data_root_is_refused(folder: str) -> None:
    with pytest.raises(InputError, match="wanted a folder inside the data root") as caught:
        Remote(URL, sha256(CONTENT), folder)
    assert f"folder={folder!r}" in str(caught.value)


@pytest.mark.parametrize("url", ["", "..", "https://example.org/.."])
def test_a_url_without_a_file_name_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="and a file name"):
        Remote(url, sha256(CONTENT), "a")


def test_making_a_remote_touches_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooch, "retrieve", never)
    remote()
    assert list(root.iterdir()) == []


def test_a_local_file_is_found_by_its_path_or_as_a_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(remote(), CONTENT)
    assert local(str(remote().path)) == local(remote()) == remote().path
    monkeypatch.setenv("HOME", str(tmp_path))
    assert local("~/set/part/train.txt") == remote().path


def test_a_text_that_is_no_name_is_told() -> None:
    with pytest.raises(InputError, match="File name too long; correct the path"):
        local("a dog on a beach " * 30)
