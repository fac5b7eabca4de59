"""The book's ledger: theorems as claims, and the numbers that hold them to account.

A chapter states a theorem; :func:`claim` registers the function that measures it. Calling the
claim returns an :class:`Evidence`, a few :class:`Check` of a measured number against the number
that the theorem predicts. Calling it with one of its ``breaks`` (a dropped hypothesis, a wrong
constant) must give evidence that does not hold.

Only the standard library is imported here, so that a lint or a page can read it in no time.
"""

import functools
import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dlmath._tables import table

LEDGER: dict[str, "Claim"] = {}
"""Every claim imported so far, by name; :func:`ledger` imports them all."""

RELATIONS = ("=", "<=", ">=")


@dataclass(frozen=True)
class Check:
    """One measured number against the number that the theorem predicts.

    Args:
        what: The quantity in plain words, for instance ``"slope of the margin against log t"``.
        measured: What the run gave. NaN never holds.
        predicted: What the theorem says.
        tol: Slack: the theorem's remainder, rounding, or a stated number of standard errors.
        relation: ``"="``, ``"<="`` or ``">="``, read as measured, relation, predicted.

    Raises:
        ValueError: If the relation is unknown, ``what`` is empty, or the tolerance is negative or
            not finite.

    Example:
        >>> Check("a half, by bisection", 0.5004, predicted=0.5, tol=1e-3).ok
        True
    """

    what: str
    measured: float
    predicted: float
    tol: float
    relation: str = "="

    def __post_init__(self) -> None:
        """Turn array scalars into plain floats and refuse what could never be read as a check."""
        for name in ("measured", "predicted", "tol"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if self.relation not in RELATIONS:
            raise ValueError(f"relation: wanted one of {RELATIONS}, got {self.relation!r}")
        if not self.what.strip() or "\n" in self.what:
            raise ValueError(f"what: wanted one line that names the quantity, got {self.what!r}")
        if not (math.isfinite(self.tol) and self.tol >= 0):
            raise ValueError(f"tol of {self.what!r}: wanted a finite number >= 0, got {self.tol}")

    @property
    def ok(self) -> bool:
        """Whether the measured number stands in the relation, within the tolerance."""
        gap = self.measured - self.predicted
        return {"=": abs(gap), "<=": gap, ">=": -gap}[self.relation] <= self.tol

    @property
    def verdict(self) -> str:
        """``holds`` or ``FAILS``."""
        return "holds" if self.ok else "FAILS"

    @property
    def digits(self) -> str:
        """The measured number as printed: four digits, or all where four hide why it fails."""
        short = f"{self.measured:.4g}"
        if self.ok or short != f"{self.predicted:.4g}":
            return short
        return f"{self.measured:.17g}"

    def __str__(self) -> str:
        """One line: ``holds  what: measured = predicted (tol ..)``."""
        right = f"{self.relation} {self.predicted:.4g} (tol {self.tol:.2g})"
        return f"{self.verdict}  {self.what}: {self.digits} {right}"


@dataclass(frozen=True, repr=False)
class Evidence:
    """What one run of a claim measured.

    Args:
        checks: The checks; evidence without any never holds.
        data: Anything that a figure needs from the run (curves, weights). It is not printed.
    """

    checks: tuple[Check, ...]
    data: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Accept any iterable of checks, and nothing but checks."""
        object.__setattr__(self, "checks", tuple(self.checks))
        if strange := [c for c in self.checks if not isinstance(c, Check)]:
            raise TypeError(f"checks: wanted Check objects, got {type(strange[0]).__name__}")

    @property
    def ok(self) -> bool:
        """Whether there is a check and every check holds."""
        return bool(self.checks) and all(c.ok for c in self.checks)

    holds = ok

    def __str__(self) -> str:
        """One line a check."""
        return "\n".join(map(str, self.checks)) or "FAILS  no check was made"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """A small accessible table."""
        return table(self.checks, "Measured against predicted")


@dataclass(frozen=True, repr=False)
class Broken:
    """What the breaks of a claim measured: evidence that must not hold, by description."""

    found: Mapping[str, Evidence]

    def __repr__(self) -> str:
        """The evidence of each break under its description."""
        return "\n".join(f"* {what}\n{evidence}" for what, evidence in self.found.items())

    def _repr_html_(self) -> str:
        """A table for each break."""
        return "".join(table(e.checks, f"Broken: {what}") for what, e in self.found.items())


@dataclass(eq=False, repr=False)
class Claim:
    """A theorem's entry in the ledger; call it to measure the theorem.

    Attributes:
        name: The label of the theorem in the chapter.
        source: A key of ``book/references.bib``.
        breaks: Keyword arguments, by description, with which the evidence must not hold.
        run: The function that measures.
    """

    name: str
    source: str
    breaks: Mapping[str, Mapping[str, Any]]
    run: Callable[..., Evidence]

    def __post_init__(self) -> None:
        """Wear the name, signature and docstring of the function that measures."""
        functools.update_wrapper(self, self.run)

    def __call__(self, **arguments: Any) -> Evidence:
        """Measure, and insist on evidence."""
        evidence = self.run(**arguments)
        if not isinstance(evidence, Evidence):
            raise TypeError(
                f"claim {self.name!r}: wanted an Evidence, got {type(evidence).__name__}; "
                "return Evidence((Check(...), ...)) from it"
            )
        return evidence

    def broken(self) -> Broken:
        """Measure with each of the breaks: what the chapter shows under "Where it breaks"."""
        return Broken({what: self(**arguments) for what, arguments in self.breaks.items()})

    @property
    def statement(self) -> str:
        """The theorem in Markdown, as its docstring states it, each displayed formula a block."""
        text = inspect.cleandoc(self.run.__doc__ or "")
        return re.sub(r"(?s)\s*\$\$\s*(.+?)\s*\$\$\s*", r"\n\n$$\n\1\n$$\n\n", text).strip()

    @property
    def takes_seed(self) -> bool:
        """Whether the claim draws at random, and so must hold for other seeds too."""
        return "seed" in inspect.signature(self.run).parameters

    def __repr__(self) -> str:
        """The claim's name, without an address that would change from run to run."""
        return f"claim({self.name!r})"


def claim(
    name: str, *, source: str, breaks: Mapping[str, Mapping[str, Any]]
) -> Callable[[Callable[..., Evidence]], Claim]:
    """Enter a theorem into the ledger.

    Args:
        name: The label of the theorem in the chapter, unique in the book.
        source: The key in ``book/references.bib`` of the work that proves it or that it builds on.
        breaks: For each description of a dropped hypothesis or wrong theorem, the keyword
            arguments that stage it.

    Returns:
        The decorator that turns the measuring function into a :class:`Claim`.

    Raises:
        ValueError: If the name is taken, the source is empty, the docstring is missing, or the
            breaks are none, empty, or name arguments that the function does not take.
    """

    def enter(run: Callable[..., Evidence]) -> Claim:
        found = Claim(name, source, {k: dict(v) for k, v in breaks.items()}, run)
        _refuse(found)
        LEDGER[name] = found
        return found

    return enter


def _refuse(new: Claim) -> None:
    """Raise if the claim cannot stand in the ledger."""
    code, old = new.run, LEDGER.get(new.name)
    where = (code.__module__, code.__qualname__)
    # The same function again is a reload in a live notebook, not a second theorem of that name.
    if old is not None and (old.run.__module__, old.run.__qualname__) != where:
        raise ValueError(f"claim {new.name!r} stands twice: in {old.run.__module__} and {where[0]}")
    if not new.source.strip():
        raise ValueError(f"claim {new.name!r}: wanted a key of references.bib as source, got none")
    if not new.statement:
        raise ValueError(f"claim {new.name!r}: state the theorem in its docstring")
    if not new.breaks:
        raise ValueError(f"claim {new.name!r}: name at least one break that must make it fail")
    parameters = inspect.signature(code).parameters
    for what, arguments in new.breaks.items():
        if not arguments:
            raise ValueError(f"claim {new.name!r}: break {what!r} changes no argument")
        if unknown := sorted(set(arguments) - set(parameters)):
            known = f"known are {sorted(parameters)}"
            raise ValueError(f"claim {new.name!r}: break {what!r} names {unknown}, {known}")


def ledger() -> dict[str, Claim]:
    """Import every module of ``dlmath.claims`` and return the full ledger, sorted by name.

    The package itself imports none of them: a chapter depends on its own claims, not on all.
    """
    package = importlib.import_module("dlmath.claims")
    for module in pkgutil.iter_modules(package.__path__, "dlmath.claims."):
        importlib.import_module(module.name)
    return dict(sorted(LEDGER.items()))
