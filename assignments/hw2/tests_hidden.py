"""Hidden tests of the second homework."""

from math import comb

import numpy as np

from dlmath.check import hw2 as check
from dlmath.grade.judge import Test, close


def signals(size, seed):
    return np.random.default_rng(seed).standard_normal((2, size))


def every_shift(student):
    for size, seed in ((1, 1), (2, 2), (9, 3), (64, 4), (101, 5)):
        x, y = signals(size, seed)
        wanted = min(np.linalg.norm(np.roll(x, c) - y) for c in range(size))
        close(student("orbit_distance", x, y), wanted, f"The distance for {size} samples")


def tiny(student):
    x, change = signals(200, 6)
    allowed = 2e-12 * np.linalg.norm(x)
    for scale in (1e-4, 1e-7, 1e-10):
        y = np.roll(x, 77) + scale * change / np.linalg.norm(change)
        found = student("orbit_distance", x, y)
        close(found, scale, f"A copy at {scale:g}", rtol=0, atol=allowed)
    close(student("orbit_distance", x, np.roll(x, 3)), 0.0, "A shift", atol=allowed)


def constants(student):
    x = np.full(12, 0.1)
    close(student("orbit_distance", x, 3 * x), 0.2 * np.sqrt(12), "Two constant signals")
    close(student("orbit_distance", 0 * x, x), 0.1 * np.sqrt(12), "The signal 0")


def long_signal(student):
    x, noise = signals(2**19, 7)
    y = np.roll(x, 123_456) + 0.01 * noise
    wanted = 0.01 * np.linalg.norm(noise)
    close(student("orbit_distance", x, y), wanted, "The distance for 2^19 samples", rtol=1e-9)


def shifts(n):
    return (np.arange(n) + np.arange(n)[:, None]) % n


def square(n):
    """The eight symmetries of n by n pixels."""
    pixels = np.arange(n * n).reshape(n, n)
    turned = [np.rot90(pixels, k) for k in range(4)]
    return np.array([g.ravel() for t in turned for g in (t, t.T)])


def burnside(group, k):
    """The mean number of fixed monomials; series as products of geometric ones, whole numbers."""
    total = 0
    for g in group:
        left, lengths = set(range(len(g))), []
        while left:
            start = left.pop()
            at, length = int(g[start]), 1
            while at != start:
                left.discard(at)
                at, length = int(g[at]), length + 1
            lengths.append(length)
        series = [1] + [0] * k
        for length in lengths:
            series = [sum(series[j - i] for i in range(0, j + 1, length)) for j in range(k + 1)]
        total += series[k]
    assert total % len(group) == 0
    return total // len(group)


def whole(student, group, k, what):
    found, wanted = student("invariants", group, k), burnside(group, k)
    assert isinstance(found, (int, np.integer)), f"{what}: {found!r} is no whole number"
    assert int(found) == wanted, f"{what}: {found}, wanted {wanted}. Hint: count with integers"


def cycles(student):
    for n, k in ((1, 5), (6, 6), (12, 7), (9, 0)):
        whole(student, shifts(n), k, f"Shifts of {n} pixels, degree {k}")


def images(student):
    for n, k in ((2, 4), (3, 3), (5, 4)):
        whole(student, square(n), k, f"Symmetries of {n} by {n} pixels, degree {k}")


def nothing_known(student):
    found = student("invariants", np.arange(30)[None], 12)
    assert found == comb(41, 12), f"The identity alone: {found}. Hint: all monomials are invariant"


def many(student):
    whole(student, shifts(64), 10, "Shifts of 64 pixels, degree 10")
    whole(student, square(8), 24, "Symmetries of 8 by 8 pixels, degree 24")


def bank(channels, size, seed):
    parts = np.random.default_rng(seed).standard_normal((2, channels, size))
    return parts[0] + 1j * parts[1]


def dense(filters, s):
    """The bounds from the matrix of the layer itself."""
    channels, size = filters.shape
    rows = [np.roll(np.fft.ifft(f)[::-1], n + 1) for f in filters for n in range(0, size, s)]
    values = np.linalg.svd(np.array(rows), compute_uv=False) ** 2
    return values.min() if channels >= s else 0.0, values.max()


def bounds(*cases):
    def judge(student):
        for seed, (channels, size, s) in enumerate(cases, 30):
            filters = bank(channels, size, seed)
            what = f"(A, B) for K = {channels}, N = {size}, s = {s}"
            close(student("strided_bounds", filters, s), dense(filters, s), what, atol=1e-9)

    return judge


def tight(student):
    """Banks of energy 1 everywhere; orthonormal columns at confused frequencies: A = B = 1 / s."""
    s, groups = 4, 8
    rng = np.random.default_rng(8)
    blocks = [np.linalg.qr(rng.standard_normal((6, s)))[0] for _ in range(groups)]
    filters = np.stack(blocks, axis=-1).reshape(6, s * groups).astype(complex)
    close(student("strided_bounds", filters, s), (1 / s, 1 / s), "A bank without aliases")
    phases = np.exp(2j * np.pi * rng.random((6, s * groups))) / np.sqrt(6)
    found = student("strided_bounds", phases, s)
    close(found, dense(phases, s), "A bank of energy 1 at every frequency, with aliases")


def large(student):
    filters = bank(4, 2**15, 9)
    confused = filters.reshape(4, 2, -1)
    a = (np.abs(confused) ** 2).sum(0)
    cross = np.abs((confused[:, 0].conj() * confused[:, 1]).sum(0))
    root = np.sqrt(((a[0] - a[1]) / 2) ** 2 + cross**2)
    wanted = ((a.sum(0) / 2 - root).min() / 2, (a.sum(0) / 2 + root).max() / 2)
    close(student("strided_bounds", filters, 2), wanted, "(A, B) for N = 2^15, s = 2")


QUESTIONS = {
    "1 orbit distance": [
        Test(2, "the public check", lambda s: check.orbit_distance(s.function("orbit_distance"))),
        Test(4, "signals of up to 101 samples, against all shifts", every_shift),
        Test(4, "copies that differ by very little", tiny),
        Test(2, "constant signals", constants),
        Test(3, "half a million samples", long_signal),
    ],
    "2 invariants": [
        Test(2, "the public check", lambda s: check.invariants(s.function("invariants"))),
        Test(4, "shifts of a circle", cycles),
        Test(4, "the symmetries of a square image", images),
        Test(2, "no symmetry", nothing_known),
        Test(3, "numbers beyond what a float holds", many),
    ],
    "3 strided bounds": [
        Test(2, "the public check", lambda s: check.strided_bounds(s.function("strided_bounds"))),
        Test(5, "more channels than the stride", bounds((4, 12, 1), (4, 12, 2), (9, 30, 5))),
        Test(3, "as many or fewer channels", bounds((3, 12, 3), (2, 12, 3), (1, 16, 16))),
        Test(2, "banks of energy 1, whose aliases cancel or not", tight),
        Test(3, "a long signal", large),
    ],
}
HAND = {
    "4 proof: the best invariant": 15,
    "5 proof: a stride": 15,
    "6 proof: oscillation": 10,
    "7 measured: redundancy": 15,
}
