"""A linear classifier of digits, and the nearest input to which it gives another answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlmath.data import Images
from dlmath.why_theory.perturbation import dual_exponent, smallest_perturbation

Array = NDArray[np.floating]


@dataclass(frozen=True)
class LinearClassifier:
    """The class with the largest of the scores ``weights @ x + offsets``.

    Attributes:
        weights: (classes, d).
        offsets: (classes,).
    """

    weights: Array
    offsets: Array

    def scores(self, x: Array) -> Array:
        """The scores ``(n, classes)`` of inputs ``(n, d)``."""
        return x @ self.weights.T + self.offsets

    def classify(self, x: Array) -> NDArray[np.int64]:
        """The class of each input ``(n, d)``, as an index."""
        return self.scores(x).argmax(1)

    def nearest_flip(self, x: Array, p: float) -> tuple[Array, int]:
        """The smallest change, in the p-norm, that ties one input with another class, which is it.

        The other class need not be the one with the second largest score: what counts is the
        difference of the scores over the dual norm of the difference of the weights.
        """
        scores = self.scores(x[None])[0]
        here = int(scores.argmax())
        gaps, slopes = scores - scores[here], self.weights - self.weights[here]
        slopes[here] = np.inf
        far = -gaps / np.linalg.norm(slopes, dual_exponent(p), axis=1)
        far[here] = np.inf
        other = int(far.argmin())
        return smallest_perturbation(slopes[other], float(gaps[other]), p), other


def learn(data: Images, n: int) -> LinearClassifier:
    """Logistic regression on the first ``n`` images."""
    from sklearn.linear_model import LogisticRegression

    flat = data.images.reshape(len(data.images), -1)
    found = LogisticRegression(max_iter=1000).fit(flat[:n], data.labels[:n])
    return LinearClassifier(found.coef_, found.intercept_)
