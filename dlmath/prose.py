"""Numbers in prose: sentences of a chapter whose digits come from the run, never from the hand.

Stored outputs are compared word for word, but another processor rounds the last digits otherwise.
:func:`number` therefore stands an unseen mark on both sides of the digits, and the comparison masks
what is between. The mark works wherever text does: printed lines, Markdown, GitHub, Colab.
"""

import inspect
from dataclasses import dataclass

MARK = "\u2060"
"""Word joiner: takes no room, and keeps the number on one line."""

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(x: float, digits: int = 3) -> str:
    """A measured number for a sentence or a printed line, its digits marked for the mask.

    Args:
        x: The number; whole numbers of type int are printed in full.
        digits: Significant digits.

    Example:
        >>> number(0.000012345).strip(MARK)
        '1.23 × 10⁻⁵'
        >>> number(20000).strip(MARK)
        '20,000'
    """
    text = f"{x:,}" if isinstance(x, int) else f"{float(x):.{digits}g}"
    mantissa, _, power = text.partition("e")
    if power:
        text = f"{mantissa} × 10{str(int(power)).translate(_SUPERSCRIPT)}"
    return f"{MARK}{text}{MARK}"


@dataclass(frozen=True, repr=False)
class Sentence:
    """Text that a cell returns: Markdown where the front end can show it, plain text elsewhere."""

    text: str

    def __repr__(self) -> str:
        """The text itself; a quoted form would escape the marks."""
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


def say(text: str) -> Sentence:
    """A sentence whose numbers come from the run: ``say(f"The slope is {number(slope)}.")``.

    Put it last in a cell tagged ``remove-input``; write each measured number with :func:`number`.
    """
    return Sentence(inspect.cleandoc(text))
