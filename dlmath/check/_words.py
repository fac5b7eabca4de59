"""What a check of a coding exercise answers: praise, or a sentence that says what is wrong."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, NoReturn

PRAISE = "All checks passed."
Answer = Callable[..., Any]


def fail(what: str, hint: str) -> NoReturn:
    """Raise with what is wrong, and where to look.

    Raises:
        AssertionError: Always; an error that is being handled is not shown with it.
    """
    raise AssertionError(f"{what}. Hint: {hint}") from None


def judge(check: Callable[[Answer], str]) -> Callable[[Answer], str]:
    """Let a check speak of an answer that it cannot judge as it speaks of a wrong one.

    A stub, a forgotten ``return``, other arguments and a result of another form all fail with
    ``AssertionError`` and the task, which is the first paragraph of the check's docstring. What the
    answer itself raises goes through untouched: its author needs the traceback.
    """
    task = _task(check)

    @functools.wraps(check)
    def judged(answer: Answer) -> str:
        if not callable(answer):
            fail(f"Wanted a function, got {type(answer).__name__}", f"hand over, uncalled, {task}")
        theirs: list[Exception] = []
        try:
            return check(_watched(answer, task, theirs))
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            if any(error is own for own in theirs):
                raise
            fail(f"The result has another form than is wanted ({error})", f"wanted is {task}")

    return judged


def _task(check: Callable[..., str]) -> str:
    """What a check asks for: its docstring's first paragraph after the word Judge."""
    words = (inspect.getdoc(check) or "").split("\n\n")[0].split()
    return " ".join(words[1:]).replace("``", "`").removesuffix(".") or "the exercise's function"


def _watched(answer: Answer, task: str, theirs: list[Exception]) -> Answer:
    """The answer, with its own errors noted, and told where it is not written yet."""

    @functools.wraps(answer)
    def called(*arguments: Any, **options: Any) -> Any:
        if not _takes(answer, arguments, options):
            fail(f"It does not take {len(arguments) + len(options)} arguments", f"write {task}")
        try:
            found = answer(*arguments, **options)
        except NotImplementedError:
            fail("The function is not written yet", f"write {task}")
        except Exception as error:
            theirs.append(error)
            raise
        if found is None:
            fail("The function gives nothing back", f"is there a return? Wanted is {task}")
        return found

    return called


def _takes(answer: Answer, arguments: tuple[Any, ...], options: dict[str, Any]) -> bool:
    """Whether the answer can be called so, as far as its signature tells."""
    try:
        signature = inspect.signature(answer)
    except ValueError:  # a function written in C may have none
        return True
    try:
        signature.bind(*arguments, **options)
    except TypeError:
        return False
    return True
