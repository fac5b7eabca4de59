"""The limit, the flow and the methods against slow and obvious references."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from dlmath.generalization import margin_methods as methods
from dlmath.generalization.linear_risk import gradient_descent
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.max_margin import (
    entropies,
    limit,
    log_time_flow,
    margin_of,
    remainder_coefficient,
)

FOUR = np.array([[1.0, 3.0], [1.0, -1.0], [2.0, 0.5], [3.0, 1.0]])


def test_the_example_by_hand():
    found = limit(FOUR, 0.5)
    np.testing.assert_allclose(found.w_hat, [1, 0], atol=1e-12)
    np.testing.assert_allclose(found.alpha, [0.25, 0.75, 0, 0], atol=1e-12)
    np.testing.assert_array_equal(found.support, [True, True, False, False])
    # 0.5 exp(-(a + 3 b)) = 1/4 and 0.5 exp(-(a - b)) = 3/4
    b = math.log(3) / 4
    np.testing.assert_allclose(found.w_tilde, [math.log(2 / 3) + b, b], rtol=1e-12)
    assert found.least == pytest.approx(1)
    assert found.theta == pytest.approx(2)
    assert found.rate == pytest.approx(1)
    np.testing.assert_allclose(found.shares, [0.25, 0.75])


def test_dependent_support_vectors_and_a_subspace():
    Z = np.array([[1.0, 1, 0], [1, -1, 0], [1, 2, 0], [1, -3, 0], [1.5, 0, 4]])
    found = limit(Z, 0.3)
    on = Z[found.support]
    assert len(on) == 4
    np.testing.assert_allclose(found.projector, np.diag([1.0, 1, 0]), atol=1e-12)
    np.testing.assert_allclose(found.alpha[:4] @ on, found.w_hat, atol=1e-10)
    np.testing.assert_allclose(0.3 * np.exp(-on @ found.w_tilde), found.alpha[:4], rtol=1e-9)

    def height(v):
        return 0.3 * np.exp(-on[:, :2] @ v).sum() + found.w_hat[:2] @ v

    slow = minimize(height, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9}).x
    np.testing.assert_allclose(found.w_tilde[:2], slow, atol=1e-4)


def test_one_example_has_its_limit_in_closed_form():
    found = limit(np.array([[2.0, 1.0]]), 0.7)
    np.testing.assert_allclose(found.w_hat, [0.4, 0.2])
    assert found.theta == math.inf
    # u = 2 a + b obeys u' = 5 * 0.7 exp(-u): its residual is log 3.5
    assert found.w_tilde @ [2.0, 1.0] == pytest.approx(math.log(3.5))


def test_small_margins_have_a_limit_too():
    thin = np.array([[0.05, 0.9], [0.05, -0.5]])
    for factor in (1, 2, 5, 20):
        found = limit(factor * thin, 1.0)
        np.testing.assert_allclose(found.shares, [5 / 14, 9 / 14], rtol=1e-9)
        forces = np.exp(-factor * thin @ found.w_tilde)
        np.testing.assert_allclose(forces, found.alpha, rtol=1e-9)


def test_of_many_dual_variables_the_limit_selects_one():
    Z = np.array([[1.0, 3.0], [1.0, -1.0], [1.0, 1.0]])
    found = limit(Z)
    slow = minimize(lambda v: np.exp(-Z @ v).sum() + v[0], np.zeros(2), tol=1e-12).x
    np.testing.assert_allclose(found.alpha, np.exp(-Z @ slow), atol=1e-5)
    np.testing.assert_allclose(found.alpha @ Z, [1, 0], atol=1e-10)


def test_without_a_limit_one_is_told():
    with pytest.raises(ValueError, match="dual variable zero in every choice"):
        limit(np.array([[1.0, 0.0], [1.0, 1.0]]))
    with pytest.raises(ValueError, match="wanted separable data"):
        limit(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    with pytest.raises(ValueError, match="step: wanted a positive"):
        limit(FOUR, 0.0)


def test_the_flow_is_that_of_many_small_steps():
    small, start = 1e-3, np.array([0.2, -0.1])
    w = start.copy()  # at t = 1 the residual is the vector itself
    for _ in range(9000):
        w = w + small * 0.5 * np.exp(-FOUR @ w) @ FOUR
    rho = log_time_flow(FOUR, 0.5, start, np.array([0.0, math.log(10)]))[-1]
    np.testing.assert_allclose(rho + np.array([math.log(10), 0.0]), w, atol=5e-4)


def test_the_flow_reaches_times_that_overflow():
    rho = log_time_flow(FOUR, 0.5, np.zeros(2), np.array([0.0, 500.0, 1e6]))
    np.testing.assert_allclose(rho[1:], [limit(FOUR, 0.5).w_tilde] * 2, atol=1e-8)


def test_bad_times_are_refused():
    for times in ([1.0], [1.0, 1.0], [[0.0, 1.0]]):
        with pytest.raises(ValueError, match="two or more ascending"):
            log_time_flow(FOUR, 1.0, np.zeros(2), np.array(times))
    with pytest.raises(ValueError, match="step: wanted a positive"):
        log_time_flow(FOUR, -1.0, np.zeros(2), np.array([0.0, 1.0]))


@pytest.mark.parametrize("loss", ["exponential", "logistic"])
def test_the_coefficient_is_that_of_the_recursion(loss):
    # the recursion of the residual itself, started at its limit at a late time
    step, t, last = 0.4, 10**5, 2 * 10**5
    found = limit(FOUR, step)
    w = found.w_hat * math.log(t) + found.w_tilde
    W = gradient_descent(FOUR, LOSSES[loss], step, [last - t], w)
    along = (W[0] - found.w_hat * math.log(last) - found.w_tilde)[0]
    C = remainder_coefficient(FOUR, step, found.w_tilde, loss)
    assert last * along / math.log(2) == pytest.approx(C, abs=0.02)


def test_where_the_coefficient_does_not_apply():
    near = np.vstack([FOUR, [1.5, 0.0]])
    with pytest.raises(ValueError, match="margins of two or more"):
        remainder_coefficient(near, 1.0, np.zeros(2), "exponential")
    with pytest.raises(ValueError, match="'exponential' or 'logistic', got 'probit'"):
        remainder_coefficient(FOUR, 1.0, np.zeros(2), "probit")


def test_entropies_and_margins():
    assert entropies(np.full(4, 0.25)) == pytest.approx((math.log(4), math.log(4)))
    shannon, least = entropies(np.array([0.25, 0.75]))
    assert shannon == pytest.approx(2 * math.log(2) - 0.75 * math.log(3))
    assert least == pytest.approx(math.log(4 / 3))
    W = np.array([[1.0, 0.0], [0.0, 2.0]])
    np.testing.assert_allclose(margin_of(W, FOUR), [1.0, -1.0])
    assert margin_of(W[0], FOUR) == pytest.approx(1.0)


def test_normalised_steps_are_steps_divided_by_the_risk():
    w = np.zeros(2)
    for t in range(50):
        forces = np.exp(-FOUR @ w)
        w = w + 0.1 / (t + 1) ** 0.5 * forces @ FOUR / forces.sum()
    np.testing.assert_allclose(methods.normalised(FOUR, 0.1, [20, 50], 0.5)[1], w, rtol=1e-12)
    assert methods.log_risk(w, FOUR) == pytest.approx(math.log(np.exp(-FOUR @ w).sum()))


def test_plain_steps_and_momentum():
    found = methods.plain(FOUR, 0.04, [0, 7])
    np.testing.assert_allclose(
        found, gradient_descent(FOUR, LOSSES["exponential"], 0.04, [0, 7]), rtol=1e-12
    )
    w, g = np.zeros(2), np.zeros(2)
    for t in range(30):
        forces = np.exp(-FOUR @ w)
        q = forces @ FOUR / forces.sum()
        g = t / (t + 1) * (g + q)
        w = w + 0.1 * (g + q)
    np.testing.assert_allclose(methods.momentum(FOUR, 0.1, [30])[0], w, rtol=1e-12)


@pytest.mark.parametrize("epsilon", [0.0, 1e-2])
def test_adam_is_that_of_torch(epsilon):
    torch = pytest.importorskip("torch")
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    Z = torch.tensor(FOUR)
    optimizer = torch.optim.Adam([w], lr=0.2, betas=(0.8, 0.9), eps=epsilon)
    for t in range(40):
        optimizer.param_groups[0]["lr"] = 0.2 / (t + 1) ** 0.5
        optimizer.zero_grad()
        torch.exp(-Z @ w).sum().backward()
        optimizer.step()
    found = methods.adam(FOUR, 0.2, [40], epsilon, (0.8, 0.9))[0]
    np.testing.assert_allclose(found, w.detach().numpy(), rtol=1e-8)


def test_signs_and_coordinates():
    one = np.array([[2.0, 1.0]])
    np.testing.assert_allclose(methods.signs(one, 0.5, [2])[0], np.full(2, 0.5 + 0.5 / 2**0.5))
    np.testing.assert_allclose(methods.coordinate(one, 0.5, [2])[0], [0.5 + 0.5 / 2**0.5, 0])
    with pytest.raises(ValueError, match="epsilon: wanted 0 or more"):
        methods.adam(one, 0.5, [2], -1.0)
    with pytest.raises(ValueError, match="ascending numbers of steps"):
        methods.signs(one, 0.5, [3, 2])
