import base64
import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib
import numpy as np
import pytest
from PIL import Image

from dlmath.figures import style
from dlmath.figures.picture import Picture, slim

ALT = "Five points on a rising line, beside a small image."


def draw(alt=ALT):
    with style.figure(1, 2) as (fig, (left, right)):
        style.predicted(left, [0, 1], [0, 1], label=r"predicted $e^{-t}$")
        style.measured(left, [0.1, 0.5], [0.123456, 0.5], label="measured")
        left.set(xlabel="time $t$ (s)", ylabel="height < 1 (m)")
        left.legend()
        style.image(right, np.arange(12).reshape(3, 4))
    return Picture(fig, alt)


@pytest.mark.parametrize(
    "alt", ["", "decay.png", "A rising line", "A line. and then some more words"]
)
def test_alt_text_must_be_a_sentence(alt):
    with pytest.raises(ValueError, match="wanted a sentence"):
        draw(alt)


def test_same_bytes_in_every_run_and_every_order():
    first, second = draw(), draw()
    png, svg = first.png(), first.svg()
    assert second.svg() == svg == first.svg()
    assert second.png() == png


def test_svg_is_accessible_in_the_pages_ink_and_well_formed():
    svg = draw('A "rising" line & five points.').svg()
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'A "rising" line & five points.'
    assert style.INK not in svg
    assert "currentColor" in svg
    texts = "".join(root.itertext())
    assert "height < 1 (m)" in texts
    assert "measured" in texts


def test_an_image_is_embedded_entry_by_entry():
    root = ET.fromstring(draw().svg())
    (image,) = root.iter("{http://www.w3.org/2000/svg}image")
    data = image.get("{http://www.w3.org/1999/xlink}href").split("base64,")[1]
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (4, 3)
    assert "pixelated" in image.get("style")


@pytest.mark.parametrize(
    ("pixels", "mode"),
    [
        (np.tile(np.arange(4, dtype=np.uint8)[None, :, None], (3, 1, 4)) | [0, 0, 0, 255], "L"),
        (np.arange(48, dtype=np.uint8).reshape(3, 4, 4) | [0, 0, 0, 255], "RGB"),
        (np.arange(48, dtype=np.uint8).reshape(3, 4, 4), "RGBA"),
    ],
    ids=["gray", "coloured", "translucent"],
)
def test_slim_keeps_every_pixel_and_drops_channels_that_say_nothing(pixels, mode):
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8), "RGBA").save(stream, format="PNG")
    data = base64.encodebytes(stream.getvalue()).decode()
    lean = slim(f'<svg><image xlink:href="data:image/png;base64,\n{data}"/></svg>')
    kept = re.search("base64,([A-Za-z0-9+/=]+)", lean)[1]
    image = Image.open(io.BytesIO(base64.b64decode(kept)))
    assert image.mode == mode
    assert np.array_equal(np.asarray(image.convert("RGBA")), pixels)


def test_mimebundle():
    bundle = draw()._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "image/png", "text/plain"}
    assert bundle["text/plain"] == ALT
    assert bundle["image/svg+xml"].startswith('<svg style="color:#222;background:#fff" role="img"')
    image = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert image.mode == "P"
    assert len(image.getcolors()) <= 32


def test_slim_keeps_what_is_referred_to_and_the_numbers_that_matter():
    svg = (
        '<svg><!-- c --><g id="a"><path id="b" d="M 0.123 9.96 \nL 1 2"/><use xlink:href="#b"/>'
        '<path style="opacity: 0.35" transform="matrix(0.1234 0 0 1 2 3)"/></g></svg>'
    )
    assert slim(svg) == (
        '<svg><g><path id="b" d="M 0.1 10 L 1 2"/><use xlink:href="#b"/>'
        '<path style="opacity: 0.35" transform="matrix(0.1234 0 0 1 2 3)"/></g></svg>'
    )


def test_conventions():
    with style.figure() as (_, ax):
        (line,) = style.predicted(ax, [0, 1], [0, 1])
        (points,) = style.measured(ax, [0, 1], [0, 1])
    assert (line.get_linestyle(), line.get_marker()) == ("-", "")
    assert (points.get_linestyle(), points.get_marker()) == ("None", "o")


def test_the_style_is_given_back():
    before = dict(matplotlib.rcParams)
    draw()
    assert dict(matplotlib.rcParams) == before


def test_a_pyplot_figure_is_closed_and_pyplot_is_not_needed():
    code = (
        "import sys; from dlmath.figures import style, picture\n"
        "with style.figure() as (fig, ax): ax.plot([0, 1])\n"
        "picture.Picture(fig, 'A line that rises here.').svg()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "import matplotlib; matplotlib.use('agg')\n"
        "from matplotlib import pyplot\n"
        "picture.Picture(pyplot.figure(), 'Nothing at all is drawn.')\n"
        "assert not pyplot.get_fignums()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
