"""Picture: a figure and the sentence that says what is to be seen on it.

A picture shows itself as SVG in the page's own ink, so that it is right in light and in dark mode,
with a small PNG beside it for readers (PDF, some viewers) that show no SVG. Both are the same, byte
for byte, in every run: stored outputs change only when the drawing does.
"""

import base64
import html
import io
import re
import sys
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from dlmath.figures.style import INK, STYLE

# On a viewer's page of unknown colour the SVG brings its own; the site takes this off.
ALONE = ' style="color:#222;background:#fff"'
FONTS = "'DejaVu Sans', Verdana, sans-serif"
PIXELS_PER_POINT = 96 / 72
PNG_COLOURS = 32
PNG_DPI = 110


class Picture:
    """A figure with its alt text.

    Args:
        fig: The matplotlib figure; it is closed.
        alt: One sentence or more that says what is seen, without digits that were measured.

    Raises:
        ValueError: If the alt text is no sentence.
    """

    def __init__(self, fig: Figure, alt: str) -> None:
        """Keep the figure, refuse one that cannot be read aloud."""
        self.fig = fig
        self.alt = " ".join(alt.split())
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(fig)
        if len(self.alt.split()) < 4 or self.alt[-1] not in ".?!":
            raise ValueError(f"alt: wanted a sentence that says what is seen, got {alt!r}")
        # Each save would lay the figure out anew, a hair's breadth off: do it once, then keep it.
        with matplotlib.rc_context(STYLE):
            fig.draw_without_rendering()
        fig.set_layout_engine("none")

    def svg(self) -> str:
        """Draw as inline SVG, in ``currentColor``, with the alt text as its label."""
        stream = io.StringIO()
        # savefig, not the drawing, reads the hash salt and how text is stored.
        with matplotlib.rc_context(STYLE):
            self.fig.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        text = stream.getvalue()
        drawing = slim(text[text.index("<svg") :]).replace(INK, "currentColor")
        _, _, width, height = re.findall(r"[\d.]+", drawing[drawing.index("viewBox") :])[:4]
        head = (
            f'<svg role="img" aria-label="{html.escape(self.alt)}"'
            f' width="{_pixels(width)}" height="{_pixels(height)}" viewBox="0 0 {width} {height}"'
            f' font-family="{FONTS}" xmlns="http://www.w3.org/2000/svg"'
            ' xmlns:xlink="http://www.w3.org/1999/xlink">'
        )
        return head + drawing[drawing.index(">") + 1 :]

    def png(self) -> bytes:
        """The drawing on white, in few colours: a quarter of the bytes, and no eye can tell."""
        stream, small = io.BytesIO(), io.BytesIO()
        with matplotlib.rc_context(STYLE):
            self.fig.savefig(stream, format="png", dpi=PNG_DPI, facecolor="white")
        stream.seek(0)
        image = Image.open(stream).convert("RGB").quantize(PNG_COLOURS, dither=Image.Dither.NONE)
        image.save(small, format="PNG", optimize=True)
        return small.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """SVG, PNG and words, for whichever the reader's front end can show."""
        return {
            "image/svg+xml": self.svg().replace("<svg", f"<svg{ALONE}", 1),
            "image/png": base64.b64encode(self.png()).decode(),
            "text/plain": self.alt,
        }


def _pixels(points: str) -> str:
    """A length in points, as pixels of the page."""
    return f"{float(points) * PIXELS_PER_POINT:.0f}"


def slim(svg: str) -> str:
    """Take out of matplotlib's SVG what no reader sees: a frame shrinks to a third.

    Coordinates are kept to a tenth of a point, ids only where something refers to them.
    """
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    used = set(re.findall(r"#([\w.-]+)", svg))
    svg = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in used else "", svg)
    svg = re.sub(r'\s(?:d|x|y|width|height|points)="[^"]*"', _round, svg)
    svg = re.sub(r'transform="(?:translate|rotate)\([^)]*\)"', _round, svg)
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    svg = svg.replace(' transform="rotate(-0 ', ' transform="rotate(0 ')
    svg = re.sub(r' transform="rotate\(0 [^)]*\)"', "", svg)
    svg = re.sub(r"<tspan[^>]*> </tspan>", "", svg)
    svg = re.sub(r"data:image/png;base64,([^\"]*)", _lean, svg)
    svg = re.sub(r"\s*\n\s*", " ", svg)
    return re.sub(r"> <", "><", svg).strip()


def _lean(found: re.Match[str]) -> str:
    """The same pixels without the channels that say nothing: grays are written four times over."""
    raw = base64.b64decode(found[1])
    image, small = Image.open(io.BytesIO(raw)), io.BytesIO()
    pixels = np.asarray(image.convert("RGBA"))
    if (pixels[..., 3] < 255).any():
        return found[0].replace("\n", "")
    gray = (pixels[..., :3] == pixels[..., :1]).all()
    image.convert("L" if gray else "RGB").save(small, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(small.getvalue()).decode()


def _round(found: re.Match[str]) -> str:
    """The numbers of one attribute to a tenth."""
    return re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), found[0])
