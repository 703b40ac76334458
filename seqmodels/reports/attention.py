"""Pictures of attention: what was read of the input while each token was written."""

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from seqmodels.images import Picture
from seqmodels.reports.canvas import GREY, SCALE, Canvas, text_width
from seqmodels.reports.letters import missing, right_to_left, shown, width_of_letters, write

EDGE, SIZE, GAP = 24, 16, 8
CELLS = (30, 4)  # pixels of a cell: as wide as this, and no less than that
WIDE = 1400  # pixels that all cells of a row should have room in
DARK, HOT = (0, 68, 136), (213, 94, 0)
PANEL, ACROSS = 150, 8  # pixels of a picture among many, and how many of them stand in a row
OPAQUE = 0.9  # of the place that is looked at most


def attention_picture(read: Sequence[str], written: Sequence[str], weights: Tensor, title: str = "") -> bytes:
    """A PNG picture: what was read across, what was written down, each cell the darker the more was read there.

    Where what was read is written from right to left, its columns are too. Letters that no font of this machine has
    stand as their code points, and a line below the title says so.

    Args:
        read: the tokens of the input; none for an input without words, whose steps are numbered.
        written: the tokens of the answer.
        weights: (U, S), a row for each token written, that sums to 1.
        title: stands above.

    Raises:
        ValueError: tokens and weights are not as many.

    Example:
        >>> from seqmodels.reports import attention_picture
        >>> attention_picture(["ein", "Hund"], ["a", "dog"], torch.tensor([[0.9, 0.1], [0.2, 0.8]]))[1:4]
        b'PNG'
    """
    steps = weights.shape[1] if weights.dim() == 2 else -1
    if weights.dim() != 2 or len(weights) != len(written) or steps != (len(read) or steps) or not weights.numel():
        raise ValueError(
            f"weights of {tuple(weights.shape)} found, wanted ({len(written)}, {len(read) or 'any'}), none of them 0"
        )
    rows = [shown(token) for token in written]
    columns = [shown(token) for token in read]
    cell = max(CELLS[1], min(CELLS[0], WIDE // steps))
    backwards = right_to_left("".join(read))
    told = ["across: what was read" + (", from right to left" if backwards else "") + "; down: what was written"]
    told += _told("".join(rows + columns))
    high = max(CELLS[1], min(CELLS[0], WIDE // len(rows)))
    size = max(1, min(SIZE, high - 4))
    left = EDGE + max(width_of_letters(row, size) for row in rows) + GAP
    across = max(1, min(SIZE, cell - 4))
    turned = any(width_of_letters(column, across) > cell - 2 for column in columns)
    head = max([width_of_letters(c, across) for c in columns] if turned else [across * 1.5], default=0)
    top = EDGE + 26 * bool(title) + 22 * len(told) + head + 2 * GAP
    width = max(left + cell * steps, *(text_width(line, 15) + EDGE for line in told), text_width(title, 20) + EDGE)
    canvas = Canvas(width + EDGE, top + high * len(rows) + EDGE)
    _headed(canvas, title, told)
    for j in range(steps):
        x = left + ((steps - 1 - j) if backwards else j) * cell
        if columns and across >= 6:
            at = (x + cell / 2, top - GAP)
            write(
                canvas,
                at if turned else (at[0], at[1] - across / 2),
                columns[j],
                across,
                "lm" if turned else "mm",
                turned,
            )
        elif not columns and (j + 1) % max(1, 60 // cell) == 0:
            canvas.text((x + cell / 2, top - GAP), str(j + 1), 12, "mm", GREY)
        for i, weight in enumerate(weights[:, j].tolist()):
            canvas.box(x, top + i * high, x + cell - (cell > 8), top + (i + 1) * high - (high > 8), _colour(weight))
    for i, row in enumerate(rows):
        if size >= 6:
            write(canvas, (left - GAP, top + (i + 0.5) * high), row, size, "rm")
    return canvas.png()


def attention_over_picture(picture: Picture, written: Sequence[str], weights: Tensor, title: str = "") -> bytes:
    """A PNG picture: the picture as it is, then once for each token written, where it was looked at.

    The place that was looked at most is the brightest in each; what share of the whole it had stands beside the token.

    Args:
        picture: what was read.
        written: the tokens of the answer.
        weights: (U, h, w), of each region of the picture; of each token they sum to 1.
        title: stands above.

    Raises:
        ValueError: tokens and weights are not as many.

    Example:
        >>> from seqmodels.reports import attention_over_picture
        >>> attention_over_picture(Picture(torch.zeros(8, 8, 3).byte()), ["dog"], torch.full((1, 2, 2), 0.25))[1:4]
        b'PNG'
    """
    if weights.dim() != 3 or len(weights) != len(written) or not weights.numel():
        raise ValueError(
            f"weights of {tuple(weights.shape)} found, wanted ({len(written)}, rows, columns), none of them 0"
        )
    names = [shown(token) for token in written]
    told = _told("".join(names))
    small = _panel(picture)
    heads = ["the picture", *(f"{name}  {100 * float(w.max()):.0f} %" for name, w in zip(names, weights, strict=True))]
    wide = max(PANEL, *(width_of_letters(head, SIZE) for head in heads)) + 2 * GAP
    count = min(ACROSS, len(heads))
    top = EDGE + 26 * bool(title) + 22 * len(told)
    each = small.height / SCALE + SIZE * 1.5 + 2 * GAP
    lines = -(-len(heads) // count)
    width = max(count * wide, text_width(title, 20), *(text_width(line, 15) for line in told or [""]))
    canvas = Canvas(width + 2 * EDGE, top + lines * each + EDGE)
    _headed(canvas, title, told)
    for i, head in enumerate(heads):
        x, y = EDGE + (i % count) * wide, top + (i // count) * each
        panel = small if i == 0 else _heated(small, weights[i - 1])
        canvas.image.paste(panel, (round((x + wide / 2) * SCALE - panel.width / 2), round(y * SCALE)))
        write(canvas, (x + wide / 2, y + small.height / SCALE + GAP + SIZE / 2), head, SIZE, "mm")
    return canvas.png()


def _headed(canvas: Canvas, title: str, told: Sequence[str]) -> None:
    if title:
        write(canvas, (EDGE, EDGE), title, 20, "lm")
    for i, line in enumerate(told):
        canvas.text((EDGE, EDGE + 26 * bool(title) + 22 * i), line, 15, colour=GREY)


def _told(text: str) -> list[str]:
    """What cannot be written, once."""
    letters = missing(text)
    some = ", ".join(f"U+{ord(letter):04X}" for letter in letters[:3]) + (" ..." if len(letters) > 3 else "")
    return [f"no font here has {len(letters)} of the letters, which stand as code points: {some}"] if letters else []


def _colour(weight: float) -> str:
    share = min(1.0, max(0.0, weight)) ** 0.6  # so that little is seen too
    return "#" + "".join(f"{round(250 + (dark - 250) * share):02x}" for dark in DARK)


def _panel(picture: Picture) -> Image.Image:
    """The picture as large as one among many is."""
    image = picture.image().convert("RGB")
    scale = PANEL * SCALE / max(image.size)
    how = Image.Resampling.NEAREST if scale > 4 else Image.Resampling.LANCZOS
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), how)


def _heated(panel: Image.Image, weights: Tensor) -> Image.Image:
    """A picture, pale and grey, with the places that were looked at in colour and under a warm light."""
    share = (weights / weights.max().clamp(min=1e-12) * 255).round().to(torch.uint8)  # (h, w)
    heat = Image.fromarray(share.cpu().numpy()).resize(panel.size, Image.Resampling.BICUBIC)
    pale = Image.blend(panel.convert("L").convert("RGB"), Image.new("RGB", panel.size, "white"), 0.35)
    warm = Image.blend(panel, Image.new("RGB", panel.size, HOT), 0.45)
    return Image.composite(warm, pale, heat.point([round(OPAQUE * i) for i in range(256)]))
