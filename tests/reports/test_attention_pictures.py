"""Pictures of attention, and the letters in them."""

from io import BytesIO

import pytest
import torch
from PIL import Image

import seqmodels.reports.letters as letters
from seqmodels.images import Picture
from seqmodels.reports import Canvas, attention_over_picture, attention_picture
from seqmodels.reports.attention import DARK


def opened(png):
    return Image.open(BytesIO(png)).convert("RGB")


def centre(places):
    return sum(places) / len(places)


def dark_places(image):
    """Where the full colour of a weight of 1 stands."""
    pixels = image.load()
    return [(x, y) for x in range(image.width) for y in range(image.height) if pixels[x, y] == DARK]


def test_a_cell_is_the_darker_the_more_was_read_there():
    found = dark_places(
        opened(attention_picture(["a", "b", "c"], ["x", "y"], torch.tensor([[0, 0, 1.0], [1.0, 0, 0]])))
    )
    upper = [x for x, y in found if y < centre([y for _, y in found])]
    lower = [x for x, y in found if y > centre([y for _, y in found])]
    assert centre(upper) - centre(lower) == pytest.approx(60, abs=1)  # two columns further to the right


def test_columns_of_a_script_from_right_to_left_run_from_right_to_left():
    weights = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    one = dark_places(opened(attention_picture(["ab", "cd", "ef"], ["x", "y"], weights)))
    other = dark_places(opened(attention_picture(["אב", "גד", "הו"], ["x", "y"], weights)))
    for found, sign in ((one, -1), (other, 1)):
        upper = [x for x, y in found if y < centre([y for _, y in found])]
        lower = [x for x, y in found if y > centre([y for _, y in found])]
        assert sign * (centre(upper) - centre(lower)) > 0


def test_inputs_without_words_are_numbered_and_long_ones_fit():
    image = opened(attention_picture([], list("31415"), torch.full((5, 300), 1 / 300)))
    assert image.width < 1500
    wide = opened(attention_picture([f"w{i}" for i in range(120)], [f"v{i}" for i in range(120)], torch.eye(120)))
    assert max(wide.size) < 1800


@pytest.mark.parametrize(
    ("read", "written", "shape"),
    [(["a"], ["b"], (2, 1)), (["a"], ["b"], (1, 2)), ([], [], (0, 0)), (["a"], ["b"], (1,))],
)
def test_tokens_and_weights_that_are_not_as_many_are_refused(read, written, shape):
    with pytest.raises(ValueError, match="found, wanted"):
        attention_picture(read, written, torch.ones(shape))
    with pytest.raises(ValueError, match="found, wanted"):
        attention_over_picture(Picture(torch.zeros(4, 4, 3).byte()), written, torch.ones(shape))


def test_the_place_that_was_looked_at_is_the_brightest():
    weights = torch.zeros(1, 4, 4)
    weights[0, 0, 3] = 1
    picture = Picture(torch.full((8, 8, 3), 128, dtype=torch.uint8))
    image = opened(attention_over_picture(picture, ["dog"], weights))
    warm = [(x, y) for x in range(image.width) for y in range(image.height) if _warmth(image.getpixel((x, y))) > 60]
    assert warm
    columns = [x for x, _ in warm]
    assert max(columns) > image.width - 60  # at the right of the last picture
    assert max(y for _, y in warm) < image.height / 2


def _warmth(pixel):
    return pixel[0] - pixel[2]


def test_a_label_shows_blanks_and_what_cannot_be_printed():
    assert [letters.shown(token) for token in (" low", "  ", "", "a\tb", "x" * 40)] == [
        "␣low",
        "␣␣",
        "∅",
        "a\\tb",
        "x" * 23 + "…",
    ]


@pytest.mark.parametrize(
    "token", ["\x00\n", "\ud800", "\u202e", "\u200c", "👩🏽\u200d🚀", "\U0010ffff", "a" * 999, "שלוםabc", "ทดสอบ"]
)
def test_any_token_can_be_drawn(token):
    attention_picture([token, "a"], [token], torch.tensor([[0.5, 0.5]]), title=token[:40])


def test_scripts_know_their_direction():
    assert [letters.right_to_left(text) for text in ("سلام", "שלום 12", "abc", "12", "abc שלום לכולם")] == [
        True,
        True,
        False,
        False,
        True,
    ]


@pytest.fixture
def no_fonts(monkeypatch):
    caches = (letters.fonts, letters.font_with, letters._mask)
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(letters, "FOLDERS", ())
    yield
    for cache in caches:
        cache.cache_clear()


def test_letters_that_no_font_has_stand_as_code_points(no_fonts):
    assert letters.missing("犬 a犬") == ["犬", "a"]
    canvas = Canvas(200, 40)
    letters.write(canvas, (0, 20), "犬", 20, "lm")
    assert letters.width_of_letters("犬", 20) > 30  # U+72AC
    assert canvas.image.convert("L").getextrema()[0] < 100


def test_a_font_with_the_letter_is_found_and_draws_it():
    if not letters.fonts():
        pytest.skip("no font on this machine")
    assert letters.missing("abc") == []
    assert letters.font_with("\U0010fffd") is None
    for anchor, inside in (("lm", True), ("rm", False)):
        canvas = Canvas(40, 40)
        letters.write(canvas, (0, 20), "m", 20, anchor)
        assert (canvas.image.convert("L").getextrema()[0] < 100) is inside


def test_sentences_too_long_for_letters_are_drawn_without(no_fonts):
    few, many = ["a", "b"], [f"w{i}" for i in range(300)]
    for read, written in ((many, few), (few, many)):
        assert opened(attention_picture(read, written, torch.rand(len(written), len(read)))).width > 300
