"""Pictures in NumPy's files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from seqmodels.data import ImageArrays
from seqmodels.errors import InputError
from seqmodels.images import Pixels


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.npz"


def pictures(*shape: int) -> np.ndarray:
    found: np.ndarray = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    return found


@pytest.mark.parametrize("shape", [(5, 4, 3), (5, 4, 3, 1), (5, 4, 3, 3)])
def test_every_picture_is_an_example_with_its_label_and_place(shape: tuple[int, ...], path: Path) -> None:
    images = pictures(*shape)
    np.savez(path, images=images, labels=np.array([7, 1, 2, 1, 0]))
    read = ImageArrays(*[str(path)] * 3).read().train
    assert [example.targets for example in read] == ["7", "1", "2", "1", "0"]
    assert read[1].origin == "a.npz:2"
    pixels = [Pixels(4, 3, "grey" if shape[3:] != (3,) else "colour").pixels(example.inputs) for example in read]
    assert torch.equal(torch.stack(pixels), torch.from_numpy(images.reshape(5, 4, 3, -1)).float())


def test_arrays_have_the_names_that_are_given_and_labels_can_be_texts(path: Path) -> None:
    np.savez_compressed(path, x=pictures(2, 4, 3), y=np.array(["cat", "dog"]))
    read = ImageArrays(*[str(path)] * 3, images="x", labels="y").read().test
    assert [example.targets for example in read] == ["cat", "dog"]


def test_splits_are_cut_off_with_every_labels_share_and_equal_pictures_together(path: Path) -> None:
    images = np.concatenate([pictures(40, 4, 3)] * 2)
    np.savez(path, images=images, labels=np.arange(80) % 2)
    splits = ImageArrays(str(path)).read()
    assert [len(split) for split in splits] == [56, 8, 16]
    assert sum(example.targets == "1" for example in splits.test) == 8
    hashes = [{example.inputs.sha256() for example in split} for split in splits]  # type: ignore[union-attr]
    assert not hashes[0] & hashes[2]
    assert not hashes[0] & hashes[1]


GOOD: dict[str, Any] = {"images": pictures(3, 4, 3), "labels": np.array([0, 1, 0])}


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"images": GOOD["images"]}, "no array 'labels' found, there are: images; name yours with data.images"),
        ({**GOOD, "images": GOOD["images"] / 255}, r"images is \(3, 4, 3\) float64, wanted .* uint8, from 0 to 255"),
        ({**GOOD, "images": pictures(3, 4)}, r"images is \(3, 4\) uint8, wanted"),
        ({**GOOD, "images": pictures(3, 4, 3, 2)}, r"images is \(3, 4, 3, 2\) uint8, wanted"),
        ({**GOOD, "labels": np.array([0, 1])}, r"labels is \(2,\) int64, wanted \(3,\) numbers or texts"),
        ({**GOOD, "labels": np.array([0.5, 1, 2])}, r"labels is \(3,\) float64, wanted"),
        ({**GOOD, "labels": np.array([0, "a", None], dtype=object)}, "it cannot be read .*allow_pickle"),
        ({"images": pictures(0, 4, 3), "labels": np.array([], dtype=int)}, r"images is \(0, 4, 3\), wanted pictures"),
    ],
)
def test_arrays_that_are_no_pictures_and_labels_are_told(arrays: dict[str, Any], said: str, path: Path) -> None:
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=said):
        ImageArrays(str(path)).read()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"text\n", b"\x93NUMPY\x01\x00"])
def test_files_that_are_none_of_numpys_are_told(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"{path.name}: it cannot be read"):
        ImageArrays(str(path)).read()


def test_a_single_array_is_told(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, GOOD["images"])
    with pytest.raises(InputError, match="a single array found"):
        ImageArrays(str(path)).read()


def test_an_archive_that_ends_too_early_is_told(path: Path) -> None:
    np.savez(path, **GOOD)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="it cannot be read"):
        ImageArrays(str(path)).read()


def test_a_compressed_archive_that_is_damaged_is_told(path: Path) -> None:
    np.savez_compressed(path, **GOOD)
    content = bytearray(path.read_bytes())
    start = content.index(b"images.npy") + len(b"images.npy")
    content[start + 8 : start + 40] = b"\xff" * 32
    path.write_bytes(content)
    with pytest.raises(InputError, match="it cannot be read"):
        ImageArrays(str(path)).read()
