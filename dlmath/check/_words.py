"""What a check of a coding exercise answers: praise, or a sentence that says what is wrong."""

from typing import NoReturn

PRAISE = "All checks passed."


def fail(what: str, hint: str) -> NoReturn:
    """Raise with what is wrong, and where to look.

    Raises:
        AssertionError: Always.
    """
    raise AssertionError(f"{what}. Hint: {hint}")
