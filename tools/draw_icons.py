"""Draw the app icons (PNG) that launchers ask for, in the shape of static/icons/icon.svg.

Run `python tools/draw_icons.py` after changing the mark; the results are committed.
"""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).parent.parent / "webapp" / "static" / "icons"
BLUE = "#0b62c4"
UNIT = 512  # the grid of the SVG
SCALE = 4  # drawn larger, then reduced: smooth edges
SHIELD_TOP = [(256, 92), (112, 142), (112, 260)]
SHIELD_CURVES = [
    [(112, 260), (112, 346), (170, 398), (256, 424)],
    [(256, 424), (342, 398), (400, 346), (400, 260)],
]
TICK = [(184, 258), (236, 310), (330, 204)]
# What the launcher's shortcuts show, on the 24-unit grid of templates/macros/icon.html.
PEN = [
    [(13, 4), (5, 4), (5, 20), (19, 20), (19, 12)],
    [(10, 14), (11, 10.5), (18.5, 3), (21, 5.5), (13.5, 13), (10, 14)],
]
LIST = [line for y in (6, 12, 18) for line in ([(8.5, y), (20, y)], [(4.2, y), (4.3, y)])]
Point = tuple[float, float]


def bezier(points: Sequence[Point], steps: int = 48) -> list[Point]:
    """Points along a cubic Bézier curve given by its four control points."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    curve = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        curve.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return curve


def draw(size: int, corner: int, shrink: float) -> Image.Image:
    """The icon as an RGBA image of `size` pixels; `corner` radius in grid units, `shrink` scales the mark."""
    side = size * SCALE
    image = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(image)

    def place(points: Sequence[Point]) -> list[Point]:
        unit = side / UNIT
        return [((256 + (x - 256) * shrink) * unit, (256 + (y - 256) * shrink) * unit) for x, y in points]

    pen.rounded_rectangle((0, 0, side - 1, side - 1), corner * side // UNIT, fill=BLUE)
    shield: list[Point] = [*SHIELD_TOP, *bezier(SHIELD_CURVES[0]), *bezier(SHIELD_CURVES[1]), (400, 142)]
    pen.polygon(place(shield), fill="white")
    width = 40 * shrink * side / UNIT
    pen.line(place(TICK), fill=BLUE, width=round(width), joint="curve")
    for x, y in place([TICK[0], TICK[-1]]):
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=BLUE)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def draw_shortcut(strokes: Sequence[Sequence[Point]], size: int = 192) -> Image.Image:
    """A line icon in white on a blue disc."""
    side = size * SCALE
    image = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(image)
    pen.ellipse((0, 0, side - 1, side - 1), fill=BLUE)
    unit, margin = side / 46, side * 11 / 46
    width = 2 * unit
    for stroke in strokes:
        points = [(margin + x * unit, margin + y * unit) for x, y in stroke]
        pen.line(points, fill="white", width=round(width), joint="curve")
        for x, y in points:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill="white")
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write every size; maskable and Apple's are full-bleed because the system cuts the corners itself."""
    draw(192, 112, 1).save(ICONS / "icon-192.png", optimize=True)
    draw(512, 112, 1).save(ICONS / "icon-512.png", optimize=True)
    draw(512, 0, 0.8).save(ICONS / "icon-maskable-512.png", optimize=True)
    draw(180, 0, 0.9).convert("RGB").save(ICONS / "apple-touch-icon.png", optimize=True)
    draw_shortcut(PEN).save(ICONS / "shortcut-fill.png", optimize=True)
    draw_shortcut(LIST).save(ICONS / "shortcut-records.png", optimize=True)


if __name__ == "__main__":
    main()
