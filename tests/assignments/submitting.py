"""A small assignment, honest answers to it, and notebooks to hand in."""

import json

from dlmath.grade import tests as hidden

TESTS = """
import numpy as np

from dlmath.grade.judge import Test, close, refuses


def squares(student):
    x = np.arange(1.0, 5.0)
    close(student("square", x), x**2, "The squares")
    assert x[3] == 4.0, "the arguments are the grader's own"


def total(student):
    close(student("total", [1, 2.5]), 3.5, "The total")


def negative(student):
    refuses(student, "total", [-1])


QUESTIONS = {
    "1 square": [Test(20, "four squares", squares)],
    "2 total": [Test(30, "two numbers", total), Test(10, "a negative number", negative)],
}
HAND = {"3 proof": 40}
"""
SQUARE = "import numpy as np\n\ndef square(x):\n    return x**2"
TOTAL = """
def total(x):
    if min(x) < 0:
        raise ValueError("wanted no negative number")
    return sum(x)
"""


def assignment(folder):
    """Write the assignment; what the grader makes of it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tests_hidden.py").write_text(TESTS)
    return hidden.load(folder)


def cells(*sources):
    return dict(enumerate(sources, 1))


def notebook(*sources):
    return json.dumps(
        {
            "cells": [{"cell_type": "code", "source": s, "metadata": {}} for s in sources],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
