"""How every figure of the book looks: colours, sizes, and what a line and a point mean.

Two conventions hold throughout. What a theorem predicts is drawn as a line, what a run measured as
points. Colours are those of Okabe and Ito, told apart by readers with any colour vision.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GRAY = "#808080"
INK = "#010203"
"""Stands for the page's own ink: dark on a light page, light on a dark one."""

PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, GRAY)
"""The order in which unnamed series take their colours. Yellow is too faint for lines on white."""

MARKERS = ("o", "s", "^", "D", "v", "p")
"""The same order for points, so that a series is told by its form as well as by its colour."""

STYLE: dict[Any, Any] = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.facecolor": "none",
    "font.size": 10.5,
    "grid.color": "#80808055",
    "grid.linewidth": 0.6,
    "image.cmap": "cividis",
    # The array itself goes into the SVG and the browser enlarges it, each entry a sharp square.
    "image.interpolation": "none",
    "legend.edgecolor": "none",
    "legend.facecolor": "none",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    # Names of clip paths and markers then follow from their content, the same in every run.
    "svg.hashsalt": "dlmath",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def figure(
    rows: int = 1, columns: int = 1, *, width: float = 6.4, height: float = 3.4, **subplots: Any
) -> Iterator[tuple[Figure, Any]]:
    """Open the book's style and give a figure with its axes.

    Args:
        rows: Rows of panels.
        columns: Columns of panels.
        width: Width in inches; 6.4 fills the column of the page.
        height: Height in inches.
        **subplots: Passed on to ``Figure.subplots``, for instance ``sharey=True``.

    Yields:
        The figure and its axes: one ``Axes``, or an array of them where there are several panels.

    Example:
        >>> with figure() as (fig, ax):
        ...     handle = predicted(ax, [0, 1], [0, 1], label="theorem")
    """
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
        yield fig, fig.subplots(rows, columns, **subplots)


def predicted(ax: Axes, x: Any, y: Any, **style: Any) -> Any:
    """Draw what a theorem predicts: a line."""
    line: dict[str, Any] = {"linestyle": "-", "marker": ""}
    return ax.plot(x, y, **line | style)


def measured(ax: Axes, x: Any, y: Any, **style: Any) -> Any:
    """Draw what a run measured: points, never joined."""
    points: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 4.5}
    return ax.plot(x, y, **points | style)


def image(ax: Axes, array: Any, **style: Any) -> Any:
    """Draw an array as an image: square entries, no grid, no ticks."""
    shown = ax.imshow(array, **style)
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    return shown
