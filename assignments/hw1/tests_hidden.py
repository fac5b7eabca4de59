"""Hidden tests of the first homework."""

import numpy as np
from scipy.optimize import brentq

from dlmath.check import hw1 as check
from dlmath.grade.judge import Test, close, numbers


def least_change(w, b, x):
    """By bisection on the budget: what a budget can do is plain, and increases with it."""
    score = w @ x + b
    towards = -np.sign(score) * np.sign(w)

    def left(t):
        return np.sign(score) * (w @ np.clip(x + t * towards, 0, 1) + b)

    return brentq(left, 0, 1, xtol=1e-14) if left(1.0) <= 0 else np.inf


def example(d, seed, offset=0.0):
    rng = np.random.default_rng(seed)
    w, x = rng.standard_normal(d), rng.choice([0.0, 1.0, 0.5, 0.25], d)
    return w, offset - 0.3 * (w @ x), x


def small_images(student):
    for seed in range(100, 112):
        w, b, x = example(7, seed)
        close(student("change_in_range", w, b, x), least_change(w, b, x), "The change of 7 pixels")


def both_signs(student):
    for seed in range(200, 206):
        w, b, x = example(9, seed, offset=0.2)
        found = [student("change_in_range", s * w, s * b, x) for s in (1, -1)]
        close(found[0], found[1], "The change for f and for -f")
        close(found[0], least_change(w, b, x), "The change of 9 pixels")


def borders(student):
    w, x = np.array([1.0, 2.0, 4.0, 0.0]), np.array([1.0, 0.0, 0.25, 1.0])
    close(student("change_in_range", w, 0.0, x), 1.0, "All pixels must go to 0")
    close(student("change_in_range", w, -2.0, x), 0.0, "A score that is 0 already")
    close(student("change_in_range", w, -1.0, x), 0.2, "Two pixels move, two cannot")


def impossible(student):
    w, x = np.array([1.0, 2.0]), np.array([0.5, 0.5])
    for b in (0.5, -4.0):
        found = student("change_in_range", w, b, x)
        assert found == np.inf, f"No image has the score 0, wanted inf, got {found}. Hint: see b"


def large_image(student):
    w, b, x = example(200_000, 3, offset=50.0)
    close(student("change_in_range", w, b, x), least_change(w, b, x), "200,000 pixels", rtol=1e-7)


def kinked(n, seed, right):
    rng = np.random.default_rng(seed)
    return (
        np.sort(rng.uniform(-2, 2, n)),
        rng.choice([-1.0, 1.0], n) * rng.uniform(0.2, 1, n),
        right,
    )


def network(student, t, d, right, value):
    """The network on a grid, what it should be, its cost and the least cost."""
    answer = student("cheapest", t, d, right, value)
    assert isinstance(answer, (tuple, list)), "wanted (a, w, b, c)"
    assert len(answer) == 4, "wanted (a, w, b, c)"
    size = np.shape(answer[0])
    assert len(size) == 1, f"a has the shape {size}, wanted one axis"
    assert size[0] <= check.MOST_NEURONS, f"{size[0]} neurons, at most {check.MOST_NEURONS} do"
    a, w, b = (numbers(v, size, name) for v, name in zip(answer[:3], "awb", strict=True))
    c = numbers(answer[3], (), "c")
    assert np.all(np.abs(w) == 1), "every w is 1 or -1"
    x = np.linspace(-5, 5, 401)
    left = right - d.sum()
    wanted = value + left * (x - t[0]) + np.maximum(x[:, None] - t, 0) @ d
    return c + np.maximum(x[:, None] * w + b, 0) @ a, wanted, np.abs(a).sum(), left


def same_function(student):
    for n, seed, right in ((1, 1, 0.3), (5, 2, -0.7), (40, 3, 2.0)):
        found, wanted, *_ = network(student, *kinked(n, seed, right), 0.4)
        close(found, wanted, f"A function with {n} kinks, on a grid", atol=1e-8)


def least_cost(rights):
    def judge(student):
        for seed, slope in enumerate(rights, 20):
            t, d, right = kinked(6, seed, slope)
            found, wanted, cost, left = network(student, t, d, right, -1.0)
            close(found, wanted, "A function with 6 kinks, on a grid", atol=1e-8)
            close(cost, max(np.abs(d).sum(), abs(left + right)), "The cost")

    return judge


def power_breaks(r, p):
    """The partition in extended precision, piece after piece, by bisection."""
    r = np.longdouble(r)

    def error(u, v):
        slope = (v**r - u**r) / (v - u)
        touch = (slope / r) ** (1 / (r - 1))
        return (u**r + slope * (touch - u) - touch**r) / 2

    zero, one = np.longdouble(0), np.longdouble(1)
    points, wanted = [zero, one], error(zero, one)
    while len(points) <= p:
        u = points[-1]
        low, high = u, u + 1
        while error(u, high) < wanted:
            high = u + 2 * (high - u)
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if middle > u and error(u, middle) < wanted else (low, middle)
            )
        points.append(high)
    return np.array(points / points[-1], dtype=float)


def partition(*cases):
    def judge(student):
        for r, p in cases:
            close(
                student("breaks", r, p),
                power_breaks(r, p),
                f"The breaks for r = {r}, p = {p}",
                atol=0,
            )

    return judge


QUESTIONS = {
    "1 change in range": [
        Test(2, "the public check", lambda s: check.change_in_range(s.function("change_in_range"))),
        Test(4, "images of seven pixels, many of them black or white", small_images),
        Test(2, "a score and its negative", both_signs),
        Test(3, "pixels at the border, weights that are zero", borders),
        Test(2, "no image has the score 0", impossible),
        Test(2, "an image of 200,000 pixels, to seven digits", large_image),
    ],
    "2 cheapest network": [
        Test(2, "the public check", lambda s: check.cheapest(s.function("cheapest"))),
        Test(4, "the network is the function", same_function),
        Test(5, "the least cost where the kinks decide", least_cost([0.1, -0.2, 0.05])),
        Test(4, "the least cost where the slope decides", least_cost([9.0, -9.0, 20.0])),
    ],
    "3 breaks": [
        Test(2, "the public check", lambda s: check.breaks(s.function("breaks"))),
        Test(5, "few pieces", partition((2.5, 1), (2.5, 2), (4.0, 9), (1.5, 9))),
        Test(4, "extreme powers", partition((1.1, 20), (10.0, 20))),
        Test(4, "five hundred pieces", partition((1.1, 500), (3.0, 500), (10.0, 500))),
    ],
}
HAND = {
    "4 proof: the price": 10,
    "5 proof: equal errors": 20,
    "6 proof: a tree on a budget": 10,
    "7 measured: pieces": 15,
}
