import math

import pytest

from dlmath.prose import MARK, number, say


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (1.23456, 3, "1.23"),
        (1.23456, 5, "1.2346"),
        (123456.0, 2, "1.2 × 10⁵"),
        (-1e-12, 3, "-1 × 10⁻¹²"),
        (1234567, 3, "1,234,567"),
        (math.nan, 3, "nan"),
    ],
)
def test_number(x, digits, text):
    assert number(x, digits) == MARK + text + MARK


def test_say_shows_the_marks_unescaped():
    sentence = say(f"The slope is {number(1.0)}.")
    assert sentence._repr_markdown_() == repr(sentence) == f"The slope is {MARK}1{MARK}."
