"""Pictures of lines, boxes and words.

Drawn with Pillow: where matplotlib is installed, torchmetrics imports all of it, so that every command would start a
second later and write matplotlib's font cache.
"""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Literal

from PIL import Image, ImageColor, ImageDraw, ImageFont

# Drawn larger and made smaller: slanted lines are smooth then.
SCALE = 2
# The first that there is; the last resort is Pillow's own, which has ASCII alone.
FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc")
NO_LETTER = "\U0010fffe"  # which no font has
BLACK, GREY, PALE = "#1a1a1a", "#767676", "#dedede"
# Okabe & Ito (2008): colours that nearly everybody can tell apart.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

Point = tuple[float, float]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Canvas:
    """A white picture; x goes to the right and y down, in pixels.

    Args:
        width, height: of the picture.

    Example:
        >>> from seqmodels.reports import Canvas
        >>> canvas = Canvas(40, 20)
        >>> canvas.line([(0, 0), (40, 20)], "#0072b2")
        >>> canvas.png()[1:4]
        b'PNG'
    """

    def __init__(self, width: float, height: float):
        self.image = Image.new("RGB", (round(width) * SCALE, round(height) * SCALE), "white")
        self.draw = ImageDraw.Draw(self.image)

    def line(self, points: Sequence[Point], colour: str, width: float = 1.0, dashed: bool = False) -> None:
        """Straight lines from point to point."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        wide = max(1, round(width * SCALE))
        if dashed:
            (x0, y0), (x1, y1) = scaled[0], scaled[-1]
            pieces = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / (7 * SCALE)))
            for i in range(0, pieces, 2):
                a, b = i / pieces, (i + 1) / pieces
                ends = [(x0 + a * (x1 - x0), y0 + a * (y1 - y0)), (x0 + b * (x1 - x0), y0 + b * (y1 - y0))]
                self.draw.line(ends, colour, wide)
        else:
            self.draw.line(scaled, colour, wide, joint="curve")

    def area(self, points: Sequence[Point], colour: str, opaque: float = 1.0) -> None:
        """What lies between straight lines from point to point, and back to the first."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        blending = self.draw if opaque == 1 else ImageDraw.Draw(self.image, "RGBA")
        blending.polygon(scaled, fill=(*ImageColor.getrgb(colour)[:3], round(255 * opaque)) if opaque < 1 else colour)

    def dot(self, at: Point, colour: str, radius: float = 4.0) -> None:
        """A full circle."""
        (x, y), r = (at[0] * SCALE, at[1] * SCALE), radius * SCALE
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """A full rectangle."""
        self.draw.rectangle((left * SCALE, top * SCALE, right * SCALE - 1, bottom * SCALE - 1), fill=colour)

    def text(
        self,
        at: Point,
        text: str,
        size: float = 18.0,
        anchor: Literal["lm", "mm", "rm"] = "lm",
        colour: str = BLACK,
        turned: bool = False,
    ) -> None:
        """Words, with the left end, the middle or the right end at a point; turned, they are read from below."""
        font = font_of(size * SCALE)
        left, top, right, bottom = self.draw.textbbox((0, 0), text, font=font, anchor=anchor)
        x, y = at[0] * SCALE, at[1] * SCALE
        if not turned:
            self.draw.text((x, y), text, fill=colour, font=font, anchor=anchor)
            return
        wide, high = int(right - left) + 4, int(bottom - top) + 4
        mask = Image.new("L", (wide, high), 0)
        ImageDraw.Draw(mask).text((2 - left, 2 - top), text, fill=255, font=font, anchor=anchor)
        mask = mask.rotate(90, expand=True)
        self.image.paste(colour, (round(x + top - 2), round(y - right - 2)), mask)

    def png(self) -> bytes:
        """The picture as a PNG file's content."""
        file = BytesIO()
        self.image.reduce(SCALE).save(file, "png")
        return file.getvalue()


def text_width(text: str, size: float = 18.0) -> float:
    """How wide words are, in pixels."""
    return float(font_of(size * SCALE).getlength(text)) / SCALE


def drawable(text: str) -> bool:
    """Whether there are letters to draw a text with: no font has those of every script."""
    font = font_of(24.0)
    missing = _shape(font, NO_LETTER)
    return all(letter.isprintable() and _shape(font, letter) != missing for letter in text)


@lru_cache(maxsize=64)
def font_of(size: float) -> Font:
    """The font that everything is written in."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)
        except OSError:
            continue
    return ImageFont.load_default(size)


def _shape(font: Font, letter: str) -> bytes:
    mask = font.getmask(letter)
    return bytes(mask) + repr(mask.size).encode()
