import numpy as np
import pytest

from dlmath.check import spectral_margins as check
from dlmath.check._words import PRAISE
from dlmath.generalization.network_covers import sparse
from dlmath.generalization.spectral_margins import spectral_complexity


def general(axis=1, size=lambda A: np.linalg.norm(A, 2), inner=2 / 3, outer=1.5):
    def measure(weights):
        sizes = [size(A) for A in weights]
        rows = [np.linalg.norm(A, axis=axis).sum() for A in weights]
        spread = sum((r / s) ** inner for r, s in zip(rows, sizes, strict=True))
        return np.prod(sizes) * spread**outer

    return measure


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (general(axis=0), "norms of the rows"),
        (general(inner=0.5, outer=2), "2/3"),
        (general(size=np.linalg.norm), "largest singular value"),
        (lambda w: spectral_complexity(w) + (len(w) > 1 and w[0].max() > 5), "added"),
    ],
)
def test_wrong_complexities_are_told(answer, hint):
    assert check.complexity(general()) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.complexity(answer)


def right(X, A, K, rng):
    return sparse(X, A, K, 1, rng)[0]


def by_size_of_the_entry(X, A, K, rng):
    chance = np.abs(A).ravel() / np.abs(A).sum()
    counts = rng.multinomial(K, chance).reshape(A.shape) / K
    return counts * np.sign(A) * np.abs(A).sum()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda X, A, K, rng: X @ right(X, A, K, rng), "not X A'"),
        (lambda X, A, K, rng: A, "single entry"),
        (lambda X, A, K, rng: np.abs(right(X, A, K, rng)), "signs"),
        (by_size_of_the_entry, "chances in proportion"),
    ],
)
def test_wrong_averages_are_told(answer, hint):
    assert check.sparsify(right) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.sparsify(answer)
