"""Pieces of HTML and SVG; every text in them is escaped, because it may come from anywhere."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from seqmodels.axis import Axis, written

Point = tuple[float, float]


class Chart(NamedTuple):
    """A picture on the page.

    Args:
        title: stands above.
        picture: an SVG, or nothing where there is nothing to see.
        note: how to read it, or why there is nothing to see.
        keys: of colours, each with its CSS class.
        wide: whether it takes the page's whole width.
    """

    title: str
    picture: Markup
    note: str
    keys: Sequence[tuple[str, str]] = ()
    wide: bool = False


class Frame(NamedTuple):
    """Where a diagram lies in its picture, in pixels."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, axis: Axis, value: float) -> float:
        return self.left + axis.place(value) * (self.width - self.left - self.right)

    def y(self, axis: Axis, value: float) -> float:
        return self.height - self.bottom - axis.place(value) * (self.height - self.top - self.bottom)


def element(name: str, attributes: Mapping[str, object], *inside: str) -> Markup:
    """An element with attributes and what stands in it, escaped.

    Example:
        >>> from seqmodels.pages.markup import element
        >>> print(element("text", {"x": 1.26, "class": "tick"}, "a<b"))
        <text x="1.3" class="tick">a&lt;b</text>
    """
    said = Markup("").join(Markup(' {}="{}"').format(key, _short(value)) for key, value in attributes.items())
    return Markup("<{0}{1}>{2}</{0}>").format(escape(name), said, Markup("").join(inside))


def picture(frame: Frame, label: str, *inside: Markup) -> Markup:
    """An SVG that says in words what it shows."""
    size = f"0 0 {frame.width:g} {frame.height:g}"
    return element(
        "svg",
        {"viewBox": size, "width": frame.width, "height": frame.height, "role": "img", "aria-label": label},
        *inside,
    )


def line(start: Point, end: Point, style: str) -> Markup:
    """A straight line."""
    return element("line", {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1], "class": style})


def path(points: Sequence[Point], style: str, tip: str = "") -> Markup:
    """Straight lines from point to point; what falls on the same tenth of a pixel is one point."""
    kept = list(dict.fromkeys(f"{x:.1f},{y:.1f}" for x, y in points))
    return element("polyline", {"points": " ".join(kept), "class": style, **({"data-tip": tip} if tip else {})})


def dot(at: Point, style: str, tip: str = "", radius: float = 4) -> Markup:
    """A full circle."""
    place = {"cx": at[0], "cy": at[1], "r": radius, "class": style}
    return element("circle", place | ({"data-tip": tip} if tip else {}))


def text(at: Point, said: str, style: str = "tick", anchor: str = "start") -> Markup:
    """Words; they begin, end or have their middle at a point."""
    return element("text", {"x": at[0], "y": at[1], "class": style, "text-anchor": anchor}, said)


def axes(frame: Frame, across: Axis, up: Axis, below: str, beside: str) -> Markup:
    """Both axes with their numbers and names, and a pale line for every number."""
    right, floor = frame.width - frame.right, frame.height - frame.bottom
    parts = []
    for tick in up.ticks:
        y = frame.y(up, tick)
        parts += [line((frame.left, y), (right, y), "grid"), text((frame.left - 8, y + 4), written(tick), anchor="end")]
    for tick in across.ticks:
        parts.append(text((frame.x(across, tick), floor + 18), written(tick), anchor="middle"))
    log = " (log scale)"
    parts.append(line((frame.left, floor), (right, floor), "axis"))
    parts.append(text((0, 12), beside + (log if up.logarithmic else ""), "name"))
    parts.append(text((right, frame.height - 4), below + (log if across.logarithmic else ""), "name", "end"))
    return Markup("").join(parts)


def _short(value: object) -> str:
    return str(escape(f"{value:.1f}".removesuffix(".0"))) if isinstance(value, float) else str(value)
