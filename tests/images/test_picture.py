"""Picture files: what is read of good ones, and what is said of bad ones."""

import struct
import zlib

import pytest
import torch
from PIL import Image

from seqmodels.errors import InputError
from seqmodels.images import Picture, read_picture
from seqmodels.images.picture import LARGEST, resized


def saved(path, mode, colour, size=(4, 3), **options):
    Image.new(mode, size, colour).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "mode", "colour", "seen"),
    [
        ("rgb.png", "RGB", (10, 20, 30), (10, 20, 30)),
        ("grey.png", "L", 99, (99, 99, 99)),
        ("clear.png", "RGBA", (0, 0, 0, 0), (255, 255, 255)),
        ("half.png", "RGBA", (0, 0, 0, 51), (204, 204, 204)),
        ("ink.png", "LA", (0, 0), (255, 255, 255)),
        ("bits.png", "1", 1, (255, 255, 255)),
        ("a.bmp", "RGB", (1, 2, 3), (1, 2, 3)),
        ("a.ppm", "RGB", (1, 2, 3), (1, 2, 3)),
        ("a.gif", "L", 7, (7, 7, 7)),
    ],
)
def test_a_file_is_red_green_and_blue_on_white(tmp_path, name, mode, colour, seen):
    pixels = read_picture(saved(tmp_path / name, mode, colour)).pixels
    assert pixels.shape == (3, 4, 3)
    assert (pixels == torch.tensor(seen, dtype=torch.uint8)).all()


def test_a_palette_may_have_a_transparent_colour(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 200, 0, 0])
    image.putdata([0, 1])
    image.save(tmp_path / "p.png", transparency=0)
    assert read_picture(tmp_path / "p.png").pixels.tolist() == [[[255, 255, 255], [200, 0, 0]]]


def test_a_photograph_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert read_picture(saved(tmp_path / "a.jpg", "RGB", 0, exif=exif)).pixels.shape == (4, 3, 3)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(path, side):
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def test_what_is_no_picture_is_told_in_one_line(tmp_path):
    whole = saved(tmp_path / "whole.png", "RGB", (1, 2, 3), (64, 64)).read_bytes()
    Image.effect_noise((64, 64), 50).save(tmp_path / "noise.jpg")
    photo = (tmp_path / "noise.jpg").read_bytes()
    files = {
        "empty.png": b"",
        "text.png": b"no picture at all",
        "cut.png": whole[: len(whole) // 2],
        "cut.jpg": photo[: len(photo) // 2],
        "bits.png": whole[:60] + b"\xff\xff" + whole[62:],
        "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    bomb(tmp_path / "bomb.png", 30_000)
    bomb(tmp_path / "huge.png", 2**31 - 1)
    saved(tmp_path / "deep.png", "I;16", 40_000)
    frames = [Image.new("L", (2, 2), i) for i in (0, 99)]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "folder.png").mkdir()
    told = {name: "it cannot be read" for name in files} | {"huge.png": ""}
    told |= {"bomb.png": "decompression bomb", "deep.png": "wanted 8 bits a colour"}
    told |= {"film.gif": "2 pictures found in it", "folder.png": "a folder found", "none.png": "no such file"}
    for name, words in told.items():
        with pytest.raises(InputError) as caught:
            read_picture(tmp_path / name)
        (fault,) = caught.value.faults
        assert fault.startswith(f"{tmp_path / name}: "), name
        assert words in fault
        assert "\n" not in fault


def test_the_limit_is_of_pixels_and_not_of_bytes(tmp_path):
    side = int(LARGEST**0.5) + 1
    bomb(tmp_path / "large.png", side)
    with pytest.raises(InputError, match="make it smaller"):
        read_picture(tmp_path / "large.png")


def test_resizing_keeps_one_colour_one_colour():
    for colours in (1, 3):
        flat = Picture(torch.full((5, 7, colours), 77, dtype=torch.uint8))
        assert torch.equal(resized(flat, 3, 4).pixels, torch.full((3, 4, colours), 77, dtype=torch.uint8))


def test_a_hash_tells_pictures_apart():
    one = Picture(torch.zeros(2, 3, 1, dtype=torch.uint8))
    assert one.sha256() == Picture(torch.zeros(2, 3, 1, dtype=torch.uint8)).sha256()
    assert one.sha256() != Picture(torch.zeros(3, 2, 1, dtype=torch.uint8)).sha256()


def test_the_preview_behind_a_photograph_is_passed_over(tmp_path):
    photograph, preview = (Image.new("RGB", size, colour) for size, colour in (((8, 6), "red"), ((2, 2), "blue")))
    photograph.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[preview])
    assert read_picture(tmp_path / "a.jpg").pixels.shape == (6, 8, 3)


def test_a_text_that_is_no_name_is_told():
    with pytest.raises(InputError, match="wanted a picture; correct the path"):
        read_picture("a dog on a beach " * 30)
