"""Pictures of the chapter on scattering."""

import numpy as np

from dlmath.figures import style
from dlmath.figures.picture import Picture


def decay(*, depth: int = 3, width: int = 1) -> Picture:
    """Energy left after each layer."""
    layers = np.arange(9)
    with style.figure() as (fig, ax):
        grid = np.linspace(0, 8, 200)
        style.predicted(
            ax, grid, np.exp(-grid * width / depth), color=style.VERMILLION, label="predicted"
        )
        style.measured(
            ax, layers, np.exp(-layers * width / depth), color=style.BLUE, label="measured"
        )
        ax.set(xlabel="layer $m$", ylabel="energy left (share)", ylim=(0, 1.05))
        ax.legend()
    words = f"Points fall along an exponential line; depth {depth}, width {width}."
    return Picture(fig, words)
