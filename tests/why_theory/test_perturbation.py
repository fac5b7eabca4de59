import numpy as np
import pytest
from scipy.optimize import minimize

from dlmath.data import digits
from dlmath.why_theory import perturbation as pert
from dlmath.why_theory.digits import LinearClassifier, learn

W = np.array([0.5, -2.0, 0.0, 1.0, 0.3])


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, np.inf])
def test_the_score_is_brought_to_zero_at_the_price_of_hoelder(p):
    change = pert.smallest_perturbation(W, 3.0, p)
    assert W @ change == pytest.approx(-3)
    assert np.linalg.norm(change, p) == pytest.approx(3 / np.linalg.norm(W, pert.dual_exponent(p)))


@pytest.mark.parametrize("p", [1.5, 3])
def test_a_general_minimiser_finds_nothing_smaller(p):
    score = lambda x: 3 + W @ x  # noqa: E731
    found = minimize(
        lambda x: np.sum(np.abs(x) ** p), np.ones(5), constraints={"type": "eq", "fun": score}
    )
    least = np.sum(np.abs(pert.smallest_perturbation(W, 3.0, p)) ** p)
    assert found.fun == pytest.approx(least, rel=1e-4)


@pytest.mark.parametrize("p", [1, 1.5, 2, 4, np.inf])
def test_the_programme_agrees(p):
    formula, found = (
        f(W, -1.7, p) for f in (pert.smallest_perturbation, pert.programmed_perturbation)
    )
    assert W @ found == pytest.approx(1.7)
    assert np.linalg.norm(found, p) == pytest.approx(np.linalg.norm(formula, p))


def test_tiny_weights_do_not_vanish():
    change = pert.smallest_perturbation(W * 1e-200, 1e-200, 1.01)
    assert np.isfinite(change).all()
    assert W @ change == pytest.approx(-1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: pert.dual_exponent(0.5), "from 1 to infinity, got 0.5"),
        (lambda: pert.dual_exponent(float("nan")), "got nan"),
        (lambda: pert.smallest_perturbation(np.zeros(3), 1.0, 2), "not all zero"),
        (lambda: pert.programmed_perturbation(W, 1.0, 1.2), "from 1.5 to infinity, got 1.2"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_every_error_set_has_its_mass_and_its_distance():
    x = np.random.default_rng(0).standard_normal((20_000, 12))
    sets = [
        pert.half_space(np.ones(12), pert.CLOUDS["gaussian"].edge(0.05)),
        *pert.other_sets(0.05, 12),
    ]
    for errors in sets:
        distance = errors.distance(x)
        assert (distance == 0).mean() == pytest.approx(0.05, abs=0.007), errors.name
        # a step of that length in the best direction arrives, and no shorter one does
        outside = x[distance > 0.1][:20]
        reach = errors.distance(outside)
        assert len(outside) == 20
        for point, r in zip(outside, reach, strict=True):
            # the distance is 1-Lipschitz and falls by r along the way to the nearest point
            gradient = np.array(
                [(errors.distance((point + 1e-6 * e)[None])[0] - r) / 1e-6 for e in np.eye(12)]
            )
            assert np.linalg.norm(gradient) == pytest.approx(1, abs=1e-3)
            assert errors.distance((point - r * gradient)[None])[0] == pytest.approx(0, abs=1e-3)


def test_clouds_exceed_their_edges_as_stated():
    rng = np.random.default_rng(1)
    for cloud in pert.CLOUDS.values():
        drawn = cloud.draw(rng, (50_000, 1))
        assert (drawn > cloud.edge(0.05)).mean() == pytest.approx(0.05, abs=0.004)


def test_the_nearest_flip_ties_and_nothing_nearer_does():
    data = digits()
    rule = learn(data, 300)
    x = data.images[1000].ravel()
    here = rule.classify(x[None])[0]
    for p in (1, 2, np.inf):
        change, other = rule.nearest_flip(x, p)
        assert rule.classify((x + 1.001 * change)[None])[0] == other != here
        each = [
            np.linalg.norm(
                pert.smallest_perturbation(rule.weights[k] - rule.weights[here], float(gap), p), p
            )
            for k, gap in enumerate(rule.scores(x[None])[0] - rule.scores(x[None])[0][here])
            if k != here
        ]
        assert np.linalg.norm(change, p) == pytest.approx(min(each))


def test_the_nearest_class_need_not_be_the_second_best():
    rule = LinearClassifier(
        np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 10.0]]), np.array([3.0, 2.0, 1.0])
    )
    change, other = rule.nearest_flip(np.zeros(2), 2)
    assert other == 2
    assert change == pytest.approx([0, 0.2])
