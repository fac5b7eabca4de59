import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from dlmath.generalization import homogeneous as hom
from dlmath.generalization import homogeneous_flow as flow
from dlmath.generalization import networks_separate as sep

CORNERS = np.array([1.0, -1.0, 1.0, -1.0])


def sphere(d, n, seed=0):
    U = np.random.default_rng(seed).standard_normal((n, d))
    return U / np.linalg.norm(U, axis=1)[:, None]


def test_opposite_corners_of_xor_have_one_label():
    X, y = sep.xor(8, 0, noise=0)
    assert (y == np.sign(X[:, 0] * X[:, 1])).all()
    assert not np.array_equal(sep.xor(8, 0)[0], sep.xor(8, 1)[0])


@pytest.mark.parametrize("paired", [False, True])
def test_rings_are_paired_where_asked(paired):
    X, y = sep.rings(10, 3, paired=paired)
    unit = X / np.linalg.norm(X, axis=1)[:, None]
    assert (np.linalg.norm(X[y == 1], axis=1) < np.linalg.norm(X[y == -1], axis=1).min()).all()
    assert np.allclose(unit[::2], unit[1::2]) == paired


def test_a_constant_feature_is_appended():
    X = sep.with_constant(np.zeros((3, 2)))
    assert X.shape == (3, 3)
    assert (X[:, 2] == 1).all()


def test_normalised_margin_by_hand():
    W, a = np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([1.0, -1.0])
    X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    assert sep.normalised_margin(W, a, X, y) == pytest.approx(3 / (5 * 2**0.5))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_no_direction_of_a_fine_net_responds_more_than_the_largest(d):
    rng = np.random.default_rng(d)
    X, weights = rng.standard_normal((9, d)), rng.standard_normal(9)
    value, u = sep.largest_response(X, weights)
    net = np.abs(np.maximum(sphere(d, 200_000) @ X.T, 0) @ weights)
    assert net.max() <= value + 1e-12
    assert net.max() >= value * (1 - 1e-3)
    assert abs(np.maximum(X @ u, 0) @ weights) == pytest.approx(value)


def test_responses_in_more_than_three_dimensions_are_refused():
    with pytest.raises(ValueError, match="dimension 3 or less, got 4"):
        sep.largest_response(np.ones((2, 4)), np.ones(2))


def test_output_layer_by_hand():
    X, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    margin, outputs, p = sep.layer_margin(X, y, np.eye(2))
    assert margin == pytest.approx(0.5)
    assert outputs == pytest.approx([0.5, -0.5])
    assert p == pytest.approx([0.5, 0.5])


def test_the_widest_margin_of_the_corners():
    found = sep.variation_margin_lp(sep.CENTRES, CORNERS)
    assert found.margin == pytest.approx(2**0.5 / 4)
    assert found.bound == pytest.approx(found.margin)
    assert sep.normalised_margin(*found.layers(), sep.CENTRES, CORNERS) == pytest.approx(2**0.5 / 4)


@pytest.mark.parametrize("data", [sep.xor(12, 5), (sep.rings(10, 5)[0], sep.rings(10, 5)[1])])
def test_the_widest_margin_against_a_fine_list_of_directions(data):
    found = sep.variation_margin_lp(*data)
    fine, _, _ = sep.layer_margin(*data, sphere(2, 3000))
    assert fine <= found.bound + 1e-8
    assert fine == pytest.approx(found.margin, rel=1e-2)
    assert found.bound - found.margin < 1e-7
    assert found.p.sum() == pytest.approx(1)


def test_what_no_network_separates_has_margin_zero():
    found = sep.variation_margin_lp(*sep.rings(10, 0, paired=True))
    assert found.margin == pytest.approx(0, abs=1e-9)
    assert found.bound == pytest.approx(0, abs=1e-9)


def test_no_two_neurons_of_the_widest_network_are_alike():
    X, y = sep.xor(20, 0)
    found = sep.variation_margin_lp(X, y)
    apart = found.directions @ found.directions.T - 2 * np.eye(len(found.outputs))
    assert apart.max() < np.cos(np.radians(0.1))
    assert np.abs(found.outputs).sum() == pytest.approx(1)
    assert sep.normalised_margin(*found.layers(), X, y) == pytest.approx(found.margin, rel=1e-9)
    assert 0 <= found.bound - found.margin < 1e-7


def test_wrong_labels_are_refused():
    with pytest.raises(ValueError, match="labels 1 and -1"):
        sep.variation_margin_lp(sep.CENTRES, np.arange(4))


def data(n=6, seed=0):
    X, y = sep.xor(n, seed)
    return torch.as_tensor(X), torch.as_tensor(y)


@pytest.mark.parametrize("sizes", [[2, 1], [2, 4, 1], [2, 4, 3, 1]])
def test_scores_are_the_labels_times_the_outputs(sizes):
    (X, y), model = data(), hom.networks(sizes, [0, 1])
    assert_close(hom.scores(model, X, y), y * model(X)[..., 0])


def test_weights_have_variance_two_over_inputs():
    model = hom.networks([50, 400, 1], [0], bias=True, activation=nn.Tanh)
    assert isinstance(model.base[1], nn.Tanh)
    assert model.params["0.weight"].var().item() == pytest.approx(2 / 50, rel=0.05)
    assert "0.bias" in model.params


@pytest.mark.parametrize("loss", hom.LOSSES)
def test_log_loss_and_its_inverse(loss):
    q = torch.tensor([[0.3, 1.0, -0.4], [2.0, 35.0, 28.0], [-3.0, 0.0, 1.0]]).double()
    direct = torch.exp(-q) if loss == "exponential" else torch.log1p(torch.exp(-q))
    assert_close(hom.log_loss(q, loss), direct.sum(1).log())
    alone = torch.tensor([[0.2], [5.0], [29.0], [31.0], [2000.0]]).double()
    assert_close(
        hom.equivalent_score(hom.log_loss(alone, loss), loss), alone[:, 0], rtol=1e-9, atol=0
    )


def test_unknown_losses_are_refused():
    with pytest.raises(ValueError, match="got 'hinge'"):
        hom.log_loss(torch.zeros(1, 1), "hinge")


def test_smoothed_margin_by_hand():
    model = hom.networks([1, 1, 1], [0])
    for p in model.params.values():
        p.fill_(2.0)
    q = hom.scores(model, torch.ones(1, 1).double(), torch.ones(1).double())
    for smoothing in (None, "none"):
        assert hom.smoothed_margin(model, q, "logistic", smoothing).item() == pytest.approx(0.5)
    wrong = hom.smoothed_margin(model, q, "logistic", "exponential").item()
    assert wrong == pytest.approx(-np.log(np.log1p(np.exp(-4))) / 8)


def plain(model, X, y, steps, rate, loss):
    """Gradient descent on the sum of the losses of one network, the long way."""
    net, time = model.member(0), 0.0
    for _ in range(steps):
        q = y * net(X)[:, 0]
        value = (torch.exp(-q) if loss == "exponential" else torch.log1p(torch.exp(-q))).sum()
        net.zero_grad()
        value.backward()
        step = rate(net, value.item())
        time += step
        with torch.no_grad():
            for p in net.parameters():
                p.sub_(step * p.grad)
    return net, time


@pytest.mark.parametrize("loss", hom.LOSSES)
def test_descent_on_the_logarithm_is_descent_on_the_loss(loss):
    X, y = data()
    model = hom.networks([2, 5, 1], [3, 4])
    n = len(y)
    net, time = plain(model, X, y, 30, lambda _, value: 0.01 * min(1, n / value), loss)
    run = hom.descend(model, X.numpy(), y.numpy(), 30, step=0.01, loss=loss, record_at=[0, 30])
    for p, q in zip(model.member(0).parameters(), net.parameters(), strict=True):
        assert_close(p, q)
    assert run.log_time[-1, 0] == pytest.approx(np.log(time))
    assert run.steps.tolist() == [0, 30]
    assert run.squares[-1, 0, 1] == pytest.approx((net[2].weight ** 2).sum().item())
    q = y * net(X)[:, 0]
    assert run.least[-1, 0] == pytest.approx(q.min().item())
    assert run.normalised[-1, 0] == pytest.approx(
        (q.min() / net[0].weight.norm() / net[2].weight.norm()).item()
    )
    pull = torch.exp(-q) if loss == "exponential" else torch.sigmoid(-q)
    assert run.mean[-1, 0] + run.u[-1, 0] == pytest.approx((pull @ q / pull.sum()).item())


def test_growing_steps_raise_the_score_by_what_was_asked():
    X, y = torch.ones(1, 1).double(), torch.ones(1).double()
    model = hom.networks([1, 1, 1], [0])
    for p in model.params.values():
        p.fill_(10.0)
    at = [0, 1, 2]
    run = hom.descend(model, X.numpy(), y.numpy(), 2, step=0.01, growth=0.1, record_at=at)
    assert np.diff(run.u[:, 0]) == pytest.approx(0.1, rel=1e-3)
    step = 0.1 * 200 / (2 * 100) ** 2 * np.exp(100)
    assert run.log_time[1, 0] == pytest.approx(np.log(step))


def test_crossings_are_counted_step_by_step():
    X, y = sep.xor(12, 3)
    model, same = hom.networks([2, 6, 1], range(3)), hom.networks([2, 6, 1], range(3))
    found = hom.crossings(model, X, y, 40, step=0.05, loss="logistic")
    seen, crossed = [], np.zeros(3, dtype=int)
    for _ in range(41):
        W = next(iter(same.params.values())).numpy().copy()
        seen.append(W @ X.T > 0)
        hom.descend(same, X, y, 1, step=0.05, loss="logistic", record_at=[0])
    for before, now in itertools.pairwise(seen):
        crossed += (before != now).any(axis=(1, 2))
    assert found.tolist() == crossed.tolist()
    assert 0 < found.sum() < 120


@pytest.mark.parametrize("loss", hom.LOSSES)
def test_growth_against_a_small_step(loss):
    X, y = data()
    model = hom.networks([2, 6, 5, 1], range(5))
    y = torch.sign(model(X)[..., 0])
    found = flow.growth(model, X, y, loss)
    q, slopes = flow.gradients(model, X, y, loss)
    size = model.squared_norm() ** 1.5
    speed = torch.stack([g.square().flatten(1).sum(1) for g in slopes.values()]).sum(0)
    pull = torch.exp if loss == "exponential" else torch.sigmoid
    rise = speed / pull(-hom.equivalent_score(hom.log_loss(q, loss), loss))
    before, h = hom.smoothed_margin(model, q, loss), 1e-7
    for name, p in model.params.items():
        p.sub_(h / speed.sqrt()[:, None, None] * slopes[name])
    after = hom.smoothed_margin(model, hom.scores(model, X, y), loss)
    assert_close(
        (after - before) / h * speed.sqrt() * size / rise, found.gain, rtol=1e-4, atol=1e-5
    )
    assert found.euler.abs().max() < 1e-12


def test_gradients_are_those_of_one_network():
    X, y = data()
    model = hom.networks([2, 3, 1], [7], bias=True)
    q, slopes = flow.gradients(model, X, y, "logistic")
    net = model.member(0)
    nn.functional.softplus(-y * net(X)[:, 0]).sum().backward()
    for name, p in net.named_parameters():
        assert_close(slopes[name][0], p.grad)
    assert_close(q[0], (y * net(X)[:, 0]).detach())


@pytest.mark.parametrize("biases", [True, False])
def test_neuron_products_one_by_one(biases):
    model = hom.networks([2, 3, 4, 1], [0], bias=True)
    p = {name: value[0] for name, value in model.params.items()}
    entering, leaving = flow.neuron_products(model.params, model.params, biases=biases)[1]
    for j in range(4):
        row = (p["2.weight"][j] ** 2).sum() + (p["2.bias"][j] ** 2 if biases else 0)
        assert_close(entering[0, j], row)
        assert_close(leaving[0, j], (p["4.weight"][:, j] ** 2).sum())


def test_the_accounts_of_a_single_step():
    X, y = data()
    model = hom.networks([2, 3, 1], [1])
    _, slopes = flow.gradients(model, X, y, "logistic")
    accounts = flow.drift(model, X, y, step=0.01, steps=1, loss="logistic")
    moved = [1e-4 * (a - b) for a, b in flow.neuron_products(slopes, slopes)]
    assert_close(accounts.total, moved[0].abs().sum(1))
    assert accounts.unexplained.item() < 1e-15
    assert accounts.faithful.all()
    assert accounts.total.item() <= accounts.budget.item() <= 2 * 0.01 * accounts.start.item()
