"""A checkout of one folder of a repository."""

import hashlib

import pytest

from seqmodels.data import Checkout
from seqmodels.errors import InputError


def checkout(content, within="png/48"):
    line = f"{hashlib.sha256(content).hexdigest()}  a.png\n".encode()
    sha256 = hashlib.sha256(line).hexdigest()
    return Checkout("https://example.org/e.git", "1f0e", "emoji", "*.png", sha256=sha256, within=within)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQMODELS_DATA", str(tmp_path))
    return tmp_path / "emoji"


@pytest.mark.parametrize("place", ["png/48", "48"])
def test_the_folder_is_found_in_the_repository_or_by_itself(root, place):
    (root / place).mkdir(parents=True)
    (root / place / "a.png").write_bytes(b"picture")
    assert checkout(b"picture").fetch() == root / place


def test_where_it_is_not_the_message_says_how_to_fetch_that_folder_alone(root):
    with pytest.raises(InputError) as caught:
        checkout(b"picture").fetch()
    (fault,) = caught.value.faults
    assert fault.startswith(f"{root / 'png/48'}: no *.png in it; ")
    assert "git clone --filter=blob:none --no-checkout https://example.org/e.git" in fault
    assert f"git -C {root} sparse-checkout set png/48" in fault


@pytest.mark.parametrize("within", ["../x", "/x", "a\\b"])
def test_a_folder_that_leads_out_is_refused(within):
    with pytest.raises(InputError, match="inside the data root"):
        checkout(b"", within)
