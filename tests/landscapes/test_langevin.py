"""Langevin chains, the tube and the first passage against slow references."""

import math

import numpy as np
import pytest
import torch

from dlmath.landscapes.langevin import Tube, first_passage, langevin


def source(seed=0, device="cpu"):
    return torch.Generator(device).manual_seed(seed)


def test_steps_are_those_of_a_loop_over_chains():
    start = torch.randn(3, 2, dtype=torch.float64)
    found = langevin(lambda w: w**3, start, T=0.7, step=0.1, steps=4, generator=source(5))
    noise, w = source(5), start.clone()
    for _ in range(4):
        xi = torch.empty_like(w).normal_(generator=noise)
        for r in range(3):
            w[r] = w[r] - 0.1 * w[r] ** 3 + math.sqrt(2 * 0.7 * 0.1) * xi[r]
    assert torch.allclose(found, w, atol=1e-12)


def test_without_noise_it_is_gradient_descent():
    end = langevin(lambda w: w, torch.ones(1, 1), T=0.0, step=0.5, steps=3, generator=source())
    assert float(end) == 0.125


def test_metropolis_keeps_the_gibbs_law_at_a_long_step():
    start = torch.zeros(20_000, 1)
    end = langevin(
        lambda w: 4 * w**3,
        start,
        T=1.0,
        step=0.15,
        steps=60,
        generator=source(1),
        potential=lambda w: w[:, 0] ** 4,
    )
    x = np.linspace(-4, 4, 4001)
    p = np.exp(-(x**4))
    wanted, spread = (x**2 * p).sum() / p.sum(), (x**4 * p).sum() / p.sum()
    se = math.sqrt((spread - wanted**2) / 20_000)
    assert abs(float(end.square().mean()) - wanted) < 4 * se


def test_the_tube_has_the_gradient_of_its_potential():
    tube = Tube(3, 1.7, 2.5, 0.8)
    w = torch.randn(50, 4, dtype=torch.float64, generator=source(2)).requires_grad_()
    tube.potential(w).sum().backward()
    assert w.grad is not None
    assert torch.allclose(tube.gradient(w.detach()), w.grad, atol=1e-10)


def test_shares_of_the_tube_are_those_of_a_grid_in_the_plane():
    tube = Tube(1, 1.5, 1.0, 0.3)
    x = torch.linspace(-4, 4, 801, dtype=torch.float64)
    w = torch.cartesian_prod(x, 2 * x)
    p = torch.exp(-tube.potential(w) / 0.7)
    p = p / p.sum()
    left, middle, right = tube.shares(0.7)
    assert float(p[w[:, 0] < -0.5].sum()) == pytest.approx(left, abs=2e-3)
    assert float(p[w[:, 0] > 0.5].sum()) == pytest.approx(right, abs=2e-3)
    assert left + middle + right == pytest.approx(1)
    assert right / left == pytest.approx(1.5 * math.exp(-0.3 / 0.7), rel=1e-9)


def test_first_passage_without_noise_is_the_time_of_the_way():
    times = first_passage(
        lambda w: -torch.ones_like(w),
        torch.tensor([[0.0], [0.5], [-9.0]]),
        1.0,
        T=0.0,
        step=0.125,
        steps=20,
        generator=source(),
    )
    assert times.tolist() == [1.0, 0.5, math.inf]


def test_first_passage_across_blocks():
    times = first_passage(
        lambda w: -torch.ones_like(w),
        torch.tensor([[0.0], [30.0]]),
        31.0,
        T=0.0,
        step=0.125,
        steps=400,
        generator=source(),
    )
    assert times.tolist() == [31.0, 1.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(T=-1.0), "wanted T >= 0"),
        (dict(step=0.0), "wanted T >= 0"),
        (dict(T=0.0, potential=lambda w: w[:, 0]), "T > 0 with a potential"),
        (dict(start=torch.zeros(3)), r"wanted shape \(chains, dimension\)"),
    ],
)
def test_bad_input_is_refused(change, message):
    usual = dict(start=torch.zeros(2, 1), T=1.0, step=0.1, steps=1)
    arguments = usual | change
    start = arguments.pop("start")
    with pytest.raises(ValueError, match=message):
        langevin(lambda w: w, start, generator=source(), **arguments)


def test_bad_tubes_and_chains_are_refused():
    with pytest.raises(ValueError, match="ratio > 0"):
        Tube(1, -1.0)
    with pytest.raises(ValueError, match=r"\(chains, 1\)"):
        first_passage(
            lambda w: w, torch.zeros(2, 2), 1.0, T=1.0, step=0.1, steps=1, generator=source()
        )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_chains_on_a_gpu_have_the_same_law():
    tube, ends = Tube(5), []
    for device in ("cpu", "cuda"):
        noise = source(3, device)
        start = tube.start(10_000, 1.0, noise)
        end = langevin(tube.gradient, start, T=1.0, step=0.02, steps=100, generator=noise)
        assert end.device.type == device
        ends.append(float((end[:, 0] > 0).double().mean()))
    assert abs(ends[0] - ends[1]) < 4 * math.sqrt(0.5 / 10_000)
