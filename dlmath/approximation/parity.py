"""Parity: one layer of ReLUs computes it, constant-depth circuits of AND and OR do not.

A circuit here has unbounded fan-in; negations of inputs are free and are not counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np

from dlmath.approximation.depth_separation import sawtooth
from dlmath.approximation.piecewise_linear import Network, rational


def bits(n: int) -> np.ndarray:
    """All inputs, shape ``(2**n, n)``, entries 0 and 1; row ``i`` holds the binary digits of i.

    Raises:
        ValueError: If n is not between 1 and 20.
    """
    if not 1 <= n <= 20:
        raise ValueError(f"n: wanted between 1 and 20 bits, got {n}")
    return (np.arange(1 << n)[:, None] >> np.arange(n)) & 1


def parity(X: np.ndarray) -> np.ndarray:
    """Whether the number of ones in each row is odd, as 0 and 1."""
    return np.asarray(X).sum(1) % 2


def majority(X: np.ndarray) -> np.ndarray:
    """Whether more than half of each row is one, as 0 and 1."""
    return (2 * np.asarray(X).sum(1) > np.shape(X)[1]).astype(int)


def shallow_parity(n: int, units: int | None = None) -> Network:
    """One hidden layer: ``(s)_+ - 2 (s-1)_+ + 2 (s-2)_+ - ...`` of the sum ``s`` of n bits.

    Args:
        n: The number of bits.
        units: How many of the terms to keep; all n if None.
    """
    units = n if units is None else units
    matrix, bias = [[1] * n] * units, [-j for j in range(units)]
    return rational([(matrix, bias)], [1] + [2 * (-1) ** j for j in range(1, units)])


def deep_parity(n: int) -> Network:
    """Log-many layers of two units: the sawtooth of the sum of n bits over n.

    Raises:
        ValueError: If n is no power of two, or 1.
    """
    folds = n.bit_length() - 1
    if n != 1 << folds or n < 2:
        raise ValueError(f"n: wanted 2, 4, 8, ..., got {n}; pad the input with zeros")
    saw = sawtooth(folds)
    first = tuple((Fraction(1, n),) * n for _ in range(2)), saw.hidden[0][1]
    return Network((first, *saw.hidden[1:]), saw.output, saw.constant)


def largest_implicant(f: Callable[[np.ndarray], np.ndarray], n: int) -> int:
    """The most inputs on which a term can be true that is never true where ``f`` is 0.

    A term fixes some of the bits. All ``3**n`` terms are looked at.

    Args:
        f: Maps inputs of shape ``(2**n, n)`` to 0 and 1.
        n: The number of bits.
    """
    truth, inputs = np.asarray(f(bits(n))), np.arange(1 << n)
    largest = 0
    for fixed in range(1 << n):
        groups = inputs & fixed  # the inputs that agree on the fixed bits
        wrong = np.bincount(groups, weights=1 - truth, minlength=1 << n)
        if (wrong[np.unique(groups)] == 0).any():
            largest = max(largest, 1 << (n - fixed.bit_count()))
    return largest


@dataclass(frozen=True)
class Circuit:
    """An OR of ANDs of ORs over the inputs and their negations.

    Args:
        clauses: For each OR gate of the first layer the pattern ``(places, values)`` that alone
            makes it false: it is true unless the bits at these places have these values.
        terms: For each AND gate the numbers of the clauses that it joins.
    """

    clauses: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    terms: tuple[tuple[int, ...], ...]

    @property
    def gates(self) -> int:
        """The number of AND and OR gates, the last OR included."""
        return len(self.clauses) + len(self.terms) + 1

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """The output for each row of ``X``, as 0 and 1."""
        true = [(X[:, list(at)] != np.array(values)).any(1) for at, values in self.clauses]
        ands = [np.logical_and.reduce([true[c] for c in term]) for term in self.terms]
        return np.logical_or.reduce(ands).astype(int)


def depth_three_parity(n: int) -> Circuit:
    """Parity of ``n = q**2`` bits from the parities of q blocks, three layers of gates.

    The parity of a block is an AND of ``2**(q-1)`` ORs, one for each pattern of the wrong parity;
    so is its negation. The parity of the q block parities is an OR of ``2**(q-1)`` ANDs, and an
    AND of ANDs is one AND.

    Raises:
        ValueError: If n is no square, or 1.
    """
    q = isqrt(n)
    if q * q != n or q < 2:
        raise ValueError(f"n: wanted a square, 4, 9, 16, ..., got {n}")
    patterns = [tuple(map(int, row)) for row in bits(q)]
    clauses, of = [], {}
    for block in range(q):
        places = tuple(range(block * q, (block + 1) * q))
        for wanted in (0, 1):
            wrong = [p for p in patterns if sum(p) % 2 != wanted]
            of[block, wanted] = range(len(clauses), len(clauses) + len(wrong))
            clauses += [(places, p) for p in wrong]
    odd = [p for p in patterns if sum(p) % 2]
    terms = tuple(tuple(c for b, v in enumerate(p) for c in of[b, v]) for p in odd)
    return Circuit(tuple(clauses), terms)
