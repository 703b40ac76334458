"""Files out of an archive whose hash nobody knows."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty.archives import packed_zip
from faulty.server import Server, serving

from seqmodels.data import Unpacked
from seqmodels.errors import InputError

CONTENT = {"data/names/Greek.txt": b"Doukas\n", "data/names/Irish.txt": b"Adam\n", "data/eng-fra.txt": b"Go.\tVa !\n"}


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEQMODELS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        server.files["/data.zip"] = packed_zip(CONTENT)
        yield server


def unpacked(url: str, member: str = "data/names/Greek.txt", content: bytes | None = None) -> Unpacked:
    content = CONTENT[member] if content is None else content
    return Unpacked(f"{url}/data.zip", member, hashlib.sha256(content).hexdigest(), "names")


def test_files_are_taken_out_of_an_archive_that_is_fetched_once(server: Server, root: Path) -> None:
    for member, content in CONTENT.items():
        file = unpacked(server.url, member)
        assert file.fetch() == root / "names" / member.rpartition("/")[2]
        assert file.path.read_bytes() == content
    assert server.requests == 1
    assert sorted(path.name for path in (root / "names").iterdir()) == [
        "Greek.txt",
        "Irish.txt",
        "data.zip",
        "eng-fra.txt",
    ]


def test_a_file_that_is_there_is_not_fetched(server: Server, root: Path) -> None:
    file = unpacked(server.url)
    file.path.parent.mkdir()
    file.path.write_bytes(CONTENT[file.member])
    assert file.fetch() == file.path
    assert not server.requests


def test_another_content_is_refused_and_not_taken(server: Server) -> None:
    file = unpacked(server.url, content=b"other")
    with pytest.raises(InputError, match=r"data/names/Greek.txt: sha256 .* found, .* wanted; nothing was taken"):
        file.fetch()
    assert not file.path.exists()


def test_a_file_that_was_changed_is_refused(server: Server) -> None:
    file = unpacked(server.url)
    file.fetch().write_bytes(b"changed")
    with pytest.raises(InputError, match="delete it to fetch it again"):
        file.fetch()


def test_a_member_that_is_not_there_is_told_with_the_closest(server: Server) -> None:
    with pytest.raises(InputError, match=r"no file 'data/names/Grek.txt' in it; closest: data/names/Greek.txt"):
        unpacked(server.url, "data/names/Grek.txt", b"").fetch()


def test_an_archive_that_leads_out_of_its_folder_is_refused(server: Server, root: Path) -> None:
    server.files["/data.zip"] = packed_zip({"../../out.txt": b"x", **CONTENT})
    with pytest.raises(InputError, match="nothing was unpacked"):
        unpacked(server.url).fetch()
    assert [path.name for path in (root / "names").iterdir()] == ["data.zip"]


def test_an_address_without_anything_is_told(server: Server) -> None:
    del server.files["/data.zip"]
    with pytest.raises(InputError, match=r"could not be fetched \(.*404.*put the file data/names/Greek.txt of it at"):
        unpacked(server.url).fetch()


@pytest.mark.parametrize("member", ["", "../a", "/a", "a\\b"])
def test_a_path_that_cannot_be_one_is_refused(member: str) -> None:
    with pytest.raises(InputError, match="wanted a file's path in the archive"):
        Unpacked("https://example.org/data.zip", member, "0" * 64, "names")
