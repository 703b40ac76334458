"""Words of any script in a picture, as far as this machine's fonts have their letters."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont, features

from seqmodels.reports.canvas import BLACK, NO_LETTER, Canvas, font_of
from seqmodels.reports.canvas import SCALE as LARGER

FOLDERS = (
    *("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    *("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts"),
)
FIRST = ("DejaVuSans", "NotoSans-Regular", "Arial", "NotoSans", "Noto")  # names that begin so, in that order
SLANTED = ("bold", "italic", "oblique", "mono", "condensed", "light", "black", "thin", "serif")  # tried last
MANY = 2000  # fonts looked through at most
LONGEST = 24  # letters of a token that are shown
TRIED = 24  # the size in which a font is asked for a letter
BLANK = "␣"
JOINERS = "\u200c\u200d"  # that some scripts have in their words

Anchor = Literal["lm", "mm", "rm"]


def right_to_left(text: str) -> bool:
    """Whether more of its letters are written from right to left than the other way (Unicode annex 9).

    Example:
        >>> right_to_left("שלום"), right_to_left("peace 2")
        (True, False)
    """
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    return sum(kind in ("R", "AL") for kind in kinds) > sum(kind == "L" for kind in kinds)


def shown(token: str) -> str:
    """A token as a label: blanks at its ends are seen, what cannot be printed is escaped, a long one ends in "…".

    Example:
        >>> shown(" low"), shown("a\\n"), shown("")
        ('␣low', 'a\\\\n', '∅')
    """
    text = token.strip(" ")
    before, behind = (len(token) - len(token.lstrip(" ")), len(token) - len(token.rstrip(" ")))
    text = BLANK * before + text + BLANK * behind if text else BLANK * len(token)
    text = _printable(text)
    return (text if len(text) <= LONGEST else text[: LONGEST - 1] + "…") or "∅"


def missing(text: str) -> list[str]:
    """The letters that no font of this machine has, each once."""
    return [letter for letter in dict.fromkeys(text) if not _invisible(letter) and font_with(letter) is None]


def width_of_letters(text: str, size: float) -> float:
    """How wide a text is in a picture, in pixels."""
    return _mask(text, size).width / LARGER


def write(
    canvas: Canvas, at: tuple[float, float], text: str, size: float, anchor: Anchor, turned: bool = False
) -> None:
    """Words of any script, with the left end, the middle or the right end at a point; turned, they are read from below.

    A letter that no font has stands as its code point, such as U+4E00.
    """
    mask = _mask(text, size)
    share = {"lm": 0.0, "mm": 0.5, "rm": 1.0}[anchor]
    x, y = at[0] * LARGER, at[1] * LARGER
    if turned:
        mask = mask.rotate(90, expand=True)
        place = (x - mask.width / 2, y - mask.height * (1 - share))
    else:
        place = (x - mask.width * share, y - mask.height / 2)
    canvas.image.paste(BLACK, (round(place[0]), round(place[1])), mask)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c in JOINERS else c.encode("unicode_escape").decode() for c in text)


@lru_cache(maxsize=4096)
def _mask(text: str, size: float) -> Image.Image:
    """(L) a text as grey on black, in the canvas's larger pixels."""
    text = _printable(text)
    pieces = [_piece(run, path, size * LARGER) for path, run in _runs(text)]
    if right_to_left(text):
        pieces.reverse()
    high = round(size * LARGER * 1.5)
    whole = Image.new("L", (max(1, sum(piece.width for piece in pieces)), high), 0)
    left = 0
    for piece in pieces:
        whole.paste(piece, (left, 0))
        left += piece.width
    return whole


def _piece(run: str, path: str | None, size: float) -> Image.Image:
    text = run if path is not None else " ".join(f"U+{ord(letter):04X}" for letter in run)
    font = _font(path, round(size if path is not None else 0.6 * size))
    wide = max(1, round(font.getlength(text)) + 2)
    piece = Image.new("L", (wide, round(size * 1.5)), 0)
    ImageDraw.Draw(piece).text((1, piece.height / 2), text, fill=255, font=font, anchor="lm")
    return piece


def _runs(text: str) -> Iterator[tuple[str | None, str]]:
    """Pieces that one font has all letters of, and that font; none for letters that no font has."""
    whole = (
        next((path for path in fonts() if all(_has(path, c) or _invisible(c) for c in text)), None) if text else None
    )
    if whole is not None:
        yield whole, text
        return
    chosen: list[tuple[str | None, str]] = []
    for letter in text:
        before = chosen[-1][0] if chosen else None
        stays = before is not None and (_invisible(letter) or unicodedata.category(letter)[0] == "M")
        chosen.append((before if stays else font_with(letter), letter))
    for path, pairs in groupby(chosen, key=lambda pair: pair[0]):
        yield path, "".join(letter for _, letter in pairs)


@lru_cache(maxsize=16384)
def font_with(letter: str) -> str | None:
    """The first font that has a letter."""
    return next((path for path in fonts() if _has(path, letter)), None)


@lru_cache(maxsize=1)
def fonts() -> tuple[str, ...]:
    """All fonts of this machine, those of many scripts first, slanted and bold ones last."""
    found: dict[str, None] = {}
    for folder in FOLDERS:
        place = Path(folder).expanduser()
        if place.is_dir():
            files = (file for ending in ("ttf", "otf", "ttc") for file in place.rglob(f"*.{ending}"))
            found |= dict.fromkeys(str(file) for file in files)

    def rank(path: str) -> tuple[int, int, str]:
        name = Path(path).stem
        first = next((i for i, start in enumerate(FIRST) if name == start), len(FIRST))
        first = min(first, next((i for i, start in enumerate(FIRST) if name.startswith(start)), len(FIRST)))
        return sum(word in name.lower() for word in SLANTED), first, path

    return tuple(sorted(found, key=rank)[:MANY])


@lru_cache(maxsize=65536)
def _has(path: str, letter: str) -> bool:
    try:
        font = _font(path, TRIED)
        return _drawn(font, letter) != _drawn(font, NO_LETTER)
    except (OSError, ValueError):  # a font of small pictures, or a damaged one
        return False


def _drawn(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, letter: str) -> bytes:
    mask = font.getmask(letter)
    return bytes(mask) + repr(mask.size).encode()


@lru_cache(maxsize=256)
def _font(path: str | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if path is None:
        return font_of(float(size))
    # Where Pillow has it, Raqm puts letters in their order and joins them as their script wants.
    layout = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, layout_engine=layout)


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cf", "Zs", "Cc", "Mn", "Me")
