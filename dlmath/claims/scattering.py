"""Claims of the chapter on scattering."""

import numpy as np

from dlmath.ledger import Check, Evidence, claim


@claim(
    "thm-parseval",
    source="mallat2012group",
    breaks={"one filter scaled by 1.02": {"scale": 1.02}},
)
def parseval(*, depth: int = 3, scale: float = 1.0, seed: int = 0) -> Evidence:
    r"""Let $W$ be a cascade of orthonormal Haar filters. Then $\|Wx\| = \|x\|$ for every $x$."""
    x = low = np.random.default_rng(seed).normal(size=256)
    energy = 0.0
    for _ in range(depth):
        low, high = (low[::2] + low[1::2]) / 2**0.5, (low[::2] - low[1::2]) / 2**0.5
        energy += float(np.sum((scale * high) ** 2))
    ratio = float(np.sqrt((energy + np.sum(low**2)) / np.sum(x**2)))
    return Evidence((Check("|Wx| / |x|", ratio, predicted=1.0, tol=1e-12),))
