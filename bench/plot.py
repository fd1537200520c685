"""A line plot as SVG, with a logarithmic axis of powers of ten below."""

import math
from collections.abc import Mapping
from html import escape

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 230, 20, 50
# Told apart by people who see no red or no green as well (Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
APART = 16


def lines(series: Mapping[str, Mapping[int, float]], across: str, upwards: str) -> str:
    """Return the drawing of some series, each with its name at its end.

    :param across: what the numbers are
    :param upwards: the unit of the values, which begin at 0
    """
    numbers = sorted({number for values in series.values() for number in values})
    most = _round_above(max(max(values.values()) for values in series.values()))
    low, high = math.log10(numbers[0]), math.log10(numbers[-1])

    def x(number: int) -> float:
        share = (math.log10(number) - low) / ((high - low) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / most * (HEIGHT - TOP - BOTTOM)

    parts = [_text(x(number), HEIGHT - BOTTOM + 20, f"{number:,}", "middle") for number in numbers]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, across, "middle"))
    for step in range(5):
        value = most * step / 4
        parts.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y(value) + 4, f"{value:g} {upwards}", "end"))
    below = 0.0
    ends = sorted(series.items(), key=lambda named: y(named[1][max(named[1])]))
    for (name, values), colour in zip(ends, COLOURS, strict=False):
        points = " ".join(f"{x(number):.1f},{y(values[number]):.1f}" for number in sorted(values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        # Names don't cover each other where lines end close together.
        below = max(y(values[max(values)]), below + APART)
        parts.append(_text(WIDTH - RIGHT + 8, below + 4, name, "start", colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(parts)}</svg>\n"
    )


def _round_above(value: float) -> float:
    power: float = 10 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 2, 4, 8, 10) if value <= power * step)


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
