"""Pictures that cells drew stand in the page itself, as SVG in the page's own ink."""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

# What a picture brings for viewers of unknown colour; see dlmath.figures.picture.
ALONE = ' style="color:#222;background:#fff"'


class InlineSvg(SphinxPostTransform):
    """Replaces the image by the SVG's text.

    Ink then follows the mode, the alt text is the picture's own, and captions and numbers stay:
    only the image inside the figure changes.
    """

    default_priority = 6  # after myst-nb has chosen among the output's forms
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Inline every SVG that a cell returned."""
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.app.srcdir) / image["uri"]
            if path.suffix == ".svg" and "jupyter_execute" in path.parts:
                svg = path.read_text(encoding="utf-8")
                svg = svg[svg.index("<svg") :].replace(ALONE, "", 1)
                html = f'<div class="dlmath-fig">{svg}</div>'
                image.replace_self(nodes.raw("", html, format="html"))


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_post_transform(InlineSvg)
