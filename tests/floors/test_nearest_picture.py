"""NearestPicture: the caption of the most similar training picture."""

import torch

from seqmodels.floors import NearestPicture
from seqmodels.images import Picture


def pictures(count, seed, shape=(5, 4, 3)):
    draw = torch.Generator().manual_seed(seed)
    return [Picture(torch.randint(256, shape, dtype=torch.uint8, generator=draw)) for _ in range(count)]


def test_it_is_the_nearest_by_all_pixels():
    known, asked = pictures(30, 1), pictures(12, 2)
    floor = NearestPicture()
    floor.fit(known, [str(i) for i in range(30)])
    for picture, said in zip(asked, floor.predict(asked), strict=True):
        distances = [int((picture.pixels.long() - other.pixels.long()).square().sum()) for other in known]
        assert distances[int(said)] == min(distances)
    assert floor.predict(known) == [str(i) for i in range(30)]


def test_it_is_the_same_in_pieces(monkeypatch):
    known, asked = pictures(30, 1), pictures(12, 2)
    found = []
    for numbers in (2**22, 60, 7 * 60):  # a picture has 60
        monkeypatch.setattr("seqmodels.floors.nearest_picture.MANY", numbers)
        floor = NearestPicture()
        again = [Picture(picture.pixels.clone()) for picture in known]  # as near, and later
        floor.fit([*known, *again], [str(i) for i in range(60)])
        found.append(floor.predict(asked + known))
    assert found[0] == found[1] == found[2]
    assert found[0][12:] == [str(i) for i in range(30)]


def test_photographs_are_compared_small_and_each_once():
    known = pictures(3, 1, (300, 500, 3))
    floor = NearestPicture()
    floor.fit([picture for picture in known for _ in range(5)], [f"{i} {j}" for i in range(3) for j in range(5)])
    (rows, captions), *others = floor.known.values()
    assert not others
    assert rows.shape == (3, 64 * 64 * 3)
    assert captions == ["0 0", "1 0", "2 0"]
    assert floor.predict(known[::-1]) == captions[::-1]


def test_the_first_of_equally_near_ones_counts():
    (picture,) = pictures(1, 1)
    floor = NearestPicture()
    floor.fit([picture, Picture(picture.pixels.clone())], ["one", "two"])
    assert floor.predict([picture]) == ["one"]


def test_what_stands_beside_the_picture_has_to_be_the_same():
    known = pictures(6, 3)
    floor = NearestPicture()
    inputs = [{"language": language, "picture": picture} for picture in known for language in ("de", "fr")]
    floor.fit(inputs, [f"{i} {language}" for i in range(6) for language in ("de", "fr")])
    assert floor.predict([{"language": "fr", "picture": known[4]}]) == ["4 fr"]


def test_other_sizes_and_colours_are_brought_to_those_of_the_first(tmp_path):
    known = [Picture(torch.full((4, 4, 3), grey, dtype=torch.uint8)) for grey in (20, 220)]
    floor = NearestPicture()
    floor.fit(known, ["dark", "light"])
    known[0].image().save(tmp_path / "a.png")
    asked = [Picture(torch.full((9, 3, 1), 200, dtype=torch.uint8)), str(tmp_path / "a.png")]
    assert floor.predict(asked) == ["light", "dark"]
