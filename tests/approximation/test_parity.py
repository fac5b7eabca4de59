"""Parity networks and circuits, against counting, and implicants against all terms."""

from itertools import product

import numpy as np
import pytest

from dlmath.approximation.parity import (
    bits,
    deep_parity,
    depth_three_parity,
    largest_implicant,
    majority,
    parity,
    shallow_parity,
)


def test_bits_are_binary_digits():
    X = bits(4)
    assert X.shape == (16, 4)
    assert sorted(map(tuple, X)) == sorted(product((0, 1), repeat=4))
    assert list(X @ 2 ** np.arange(4)) == list(range(16))


def test_parity_and_majority_of_three():
    assert [f"{p}{m}" for p, m in zip(parity(bits(3)), majority(bits(3)), strict=True)] == [
        "00", "10", "10", "01", "10", "01", "01", "11",
    ]  # fmt: skip


@pytest.mark.parametrize("n", [1, 3, 8])
def test_shallow_network(n):
    net = shallow_parity(n)
    assert net.widths == (n,)
    assert [net(tuple(map(int, row))) for row in bits(n)] == [sum(row) % 2 for row in bits(n)]


@pytest.mark.parametrize("n", [2, 8])
def test_deep_network(n):
    net = deep_parity(n)
    assert net.widths == (2,) * (n.bit_length() - 1)
    assert [net(tuple(map(int, row))) for row in bits(n)] == [sum(row) % 2 for row in bits(n)]


@pytest.mark.parametrize("f", [parity, majority, lambda X: X[:, 0], lambda X: X[:, 0] & X[:, 2]])
def test_implicants_against_all_terms(f):
    X, largest = bits(4), 0
    truth = np.asarray(f(X))
    for term in product((0, 1, None), repeat=4):
        covered = np.all([(t is None) | (X[:, i] == t) for i, t in enumerate(term)], axis=0)
        if truth[covered].all():
            largest = max(largest, int(covered.sum()))
    assert largest_implicant(f, 4) == largest


@pytest.mark.parametrize("n", [4, 9])
def test_circuit(n):
    circuit, q = depth_three_parity(n), int(n**0.5)
    np.testing.assert_array_equal(circuit(bits(n)), parity(bits(n)))
    assert len(circuit.clauses) == 2 * q * 2 ** (q - 1)
    assert len(circuit.terms) == 2 ** (q - 1)
    assert circuit.gates == len(circuit.clauses) + len(circuit.terms) + 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bits(0), "between 1 and 20"),
        (lambda: deep_parity(6), "pad the input"),
        (lambda: depth_three_parity(8), "wanted a square"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
