"""One figure that the reader moves: ``explore(draw, depth=range(1, 13), width=[1, 2, 4])``.

``draw`` is the function that draws the static figure. Every frame of the grid is drawn once, when
the chapter is executed, and stored in the widget; a page without a kernel shows the frame of the
sliders. A live kernel, if one answers, replaces it by a fresh drawing. Where no script runs at all
(GitHub, PDF), the frame of the start values stands as an ordinary figure.
"""

import base64
import gzip
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from dlmath.figures.picture import Picture

BUDGET = 250_000
"""Bytes that the stored frames of one widget may take: the page must stay light."""

_HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """The widget that :func:`explore` returns; its state is all that a page needs to show it."""

    _esm = (_HERE / "explore.js").read_text(encoding="utf-8")
    _css = (_HERE / "explore.css").read_text(encoding="utf-8")
    axes = traitlets.List().tag(sync=True)
    """``[[name, [value as shown, ...]], ...]``"""
    at = traitlets.List().tag(sync=True)
    """The place on each axis where the widget starts."""
    frames = traitlets.Unicode().tag(sync=True)
    """Base64 of gzip of the JSON list of ``[svg, alt]``, the last axis fastest."""
    ask = traitlets.List().tag(sync=True)
    """``[number of the question, [place on each axis]]``, from the page."""
    answer = traitlets.List().tag(sync=True)
    """``[number of the question, svg, alt]``, from the kernel."""

    # ipywidgets 7 (Colab) would show the bare widget through this and never ask for the bundle,
    # so that a notebook read without a kernel showed nothing.
    _ipython_display_ = None

    def __init__(
        self, draw: Callable[..., Picture], choices: Mapping[str, list[Any]], at: list[int]
    ) -> None:
        """Draw every frame and store them."""
        self._draw, self._choices = draw, choices
        grid = itertools.product(*choices.values())
        pictures = [draw(**dict(zip(choices, values, strict=True))) for values in grid]
        self._default = pictures[_place(at, [len(v) for v in choices.values()])]
        alts = [picture.alt for picture in pictures]
        self._summary = f"{len(alts)} frames, alt texts {fingerprint(alts)}"
        super().__init__(
            axes=[[name, [_shown(v) for v in values]] for name, values in choices.items()],
            at=at,
            frames=pack([[picture.svg(), picture.alt] for picture in pictures]),
        )
        self.observe(self._redraw, "ask")

    def _redraw(self, change: Mapping[str, Any]) -> None:
        """Answer a live page with a fresh drawing of the values it stands at."""
        number, at = change["new"]
        values = {name: v[k] for (name, v), k in zip(self._choices.items(), at, strict=True)}
        picture = self._draw(**values)
        self.answer = [number, picture.svg(), picture.alt]

    def __repr__(self) -> str:
        """Words that change when a frame does: outputs are compared by them."""
        ranges = (f"{k} from {_shown(v[0])} to {_shown(v[-1])}" for k, v in self._choices.items())
        return f"explore: {', '.join(ranges)}; {self._summary}. {self._default.alt}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and beside it the frame of the start values for readers without a script."""
        found = super()._repr_mimebundle_(**kwargs) or {}
        view, metadata = found if isinstance(found, tuple) else (found, {})
        bundle = self._default._repr_mimebundle_()
        svg = bundle["image/svg+xml"].replace(
            "<svg", f'<svg data-widget-model="{self.model_id}"', 1
        )
        return {**view, **bundle, "image/svg+xml": svg, "text/plain": repr(self)}, dict(metadata)


def explore(
    draw: Callable[..., Picture],
    /,
    start: Mapping[str, Any] | None = None,
    **choices: Iterable[Any],
) -> Explorer:
    """A figure with a slider for each choice.

    Args:
        draw: ``draw(**values)`` returns the :class:`~dlmath.figures.picture.Picture` for one value
            of every choice. Its alt text changes with the values and holds no measured digits.
        start: The values that the sliders start at; those not named start at their first.
        **choices: For each argument of ``draw`` that the reader may move, its values in order.

    Raises:
        ValueError: If there is no choice, a choice is empty, a start value is none of its choice's
            values, or the stored frames take more than the budget.
        TypeError: If ``draw`` returns no picture.
    """
    values = {name: list(v) for name, v in choices.items()}
    if not values:
        raise ValueError("explore: wanted at least one choice, such as depth=range(1, 5); got none")
    if empty := [name for name, v in values.items() if not v]:
        raise ValueError(f"explore: choice {empty[0]!r} has no values")
    begin = {name: v[0] for name, v in values.items()} | dict(start or {})
    if unknown := sorted(set(begin) - set(values)):
        raise ValueError(f"start: names {unknown}, the choices are {sorted(values)}")
    for name, v in values.items():
        if begin[name] not in v:
            raise ValueError(f"start: {name}={begin[name]!r} is none of its values {v}")
    picture = draw(**begin)
    if not isinstance(picture, Picture):
        raise TypeError(f"draw: wanted it to return a Picture, got {type(picture).__name__}")
    return Explorer(draw, values, [v.index(begin[name]) for name, v in values.items()])


def pack(frames: list[list[str]]) -> str:
    """Frames as one string: JSON, gzip without a date, base64.

    Raises:
        ValueError: If that takes more than :data:`BUDGET` bytes.
    """
    packed = gzip.compress(json.dumps(frames).encode(), 9, mtime=0)
    text = base64.b64encode(packed).decode()
    if len(text) > BUDGET:
        raise ValueError(
            f"explore: {len(frames)} frames take {len(text) / 1e3:.0f} kB, the budget is "
            f"{BUDGET / 1e3:.0f} kB; give fewer values, or fewer points a curve"
        )
    return text


def unpack(text: str) -> list[list[str]]:
    """The frames that :func:`pack` stored."""
    return json.loads(gzip.decompress(base64.b64decode(text)))


def fingerprint(alts: list[str]) -> str:
    """Sixteen hexadecimal digits of the SHA-256 of all alt texts."""
    return hashlib.sha256("\n".join(alts).encode()).hexdigest()[:16]


def _place(at: list[int], sizes: list[int]) -> int:
    """The number of the frame at a place of the grid, the last axis fastest."""
    place = 0
    for k, size in zip(at, sizes, strict=True):
        place = place * size + k
    return place


def _shown(value: Any) -> str:
    """A value as the reader sees it beside its slider."""
    return f"{value:g}" if isinstance(value, float) else str(value)
