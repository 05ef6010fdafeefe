"""The colours of the heat map: eleven steps that lightness alone tells apart, on light and on dark pages."""

from __future__ import annotations

Colour = tuple[int, int, int]

STEPS = 10
LIGHT: tuple[Colour, ...] = ((253, 240, 213), (186, 220, 200), (98, 165, 205))
LIGHT_TEXT: Colour = (20, 27, 34)
DARK: tuple[Colour, ...] = ((58, 43, 30), (36, 77, 82), (38, 108, 156))
DARK_TEXT: Colour = (240, 244, 247)


def shade(share: float) -> int:
    """The step for a share: the first and the last only for nothing and for everything."""
    if share <= 0 or share >= 1:
        return STEPS if share >= 1 else 0
    return min(STEPS - 1, max(1, round(share * STEPS)))


def colours(stops: tuple[Colour, ...]) -> list[Colour]:
    """All steps between the stops."""
    return [_between(stops, step / STEPS) for step in range(STEPS + 1)]


def as_css() -> str:
    """The steps as the classes s0 to s10."""
    light = "".join(f".s{step}{{background:{_rgb(c)}}}" for step, c in enumerate(colours(LIGHT)))
    dark = "".join(f".s{step}{{background:{_rgb(c)}}}" for step, c in enumerate(colours(DARK)))
    every = ",".join(f".s{step}" for step in range(STEPS + 1))
    return (
        f"{every}{{color:{_rgb(LIGHT_TEXT)}}}{light}"
        f"@media screen and (prefers-color-scheme:dark){{{every}{{color:{_rgb(DARK_TEXT)}}}{dark}}}"
    )


def _between(stops: tuple[Colour, ...], place: float) -> Colour:
    where = place * (len(stops) - 1)
    left = min(int(where), len(stops) - 2)
    part = where - left
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(stops[left], stops[left + 1], strict=True))
    return red, green, blue


def _rgb(colour: Colour) -> str:
    return "rgb({},{},{})".format(*colour)
