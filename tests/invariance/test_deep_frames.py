"""Networks of general frames, against their definitions written out."""

import numpy as np
import pytest

from dlmath.invariance.deep_frames import (
    DECAY,
    EDGE,
    NONLINEARITIES,
    Features,
    Module,
    burst,
    decimate,
    frequencies,
    layers,
    linear_module,
    lowpass,
    random_filters,
    random_network,
    times,
)


def slow_layers(x, modules):
    """Literally: convolve by the sum over the circle, then u -> sqrt(s) u(s .) as a function.

    A signal is a dictionary from place to value; the circle shrinks with every pooling.
    """
    n, circle, signals, found = len(x), float(len(x)), [dict(enumerate(x))], []
    for m in modules:
        step = circle / n
        places = [k * step for k in range(n)]
        w = 2 * np.pi * np.fft.rfftfreq(n, step)
        kernels = [np.fft.irfft(h, n) / step for h in (m.output(w), *m.filters(w))]
        out, fed = [], []
        for u in signals:
            values = [u[k] for k in sorted(u)]
            conv = [
                [step * sum(values[j] * h[(i - j) % n] for j in range(n)) for i in range(n)]
                for h in kernels
            ]
            out.append(conv[0])
            for v in conv[1:]:
                # place p of the pooled signal shows what stood at s p
                at = {s_p: m.rho(np.array(value)) for s_p, value in zip(places, v, strict=True)}
                fed.append({q / m.stride: np.sqrt(m.stride) * at[q] for q in places})
        found.append(np.array(out))
        signals, circle = fed, circle / m.stride
    return found


@pytest.mark.parametrize("rho", NONLINEARITIES)
def test_layers_are_the_definition(rho):
    x = 2 * np.random.default_rng(0).standard_normal(16)
    net = random_network(3, rho=rho, stride=1.5, seed=4)
    for fast, slow in zip(layers(x, net), slow_layers(x, net), strict=True):
        np.testing.assert_allclose(fast.values, slow, atol=1e-12)


def test_the_step_follows_the_pooling():
    steps = [f.step for f in layers(np.ones(8), random_network(4, stride=2))]
    assert steps == [1, 0.5, 0.25, 0.125]


@pytest.mark.parametrize("step", [1.0, 0.25])
def test_random_frames_are_tight(step):
    w = frequencies(64, step)
    for seed in range(5):
        total = (np.abs(random_filters(w, count=3, seed=seed)) ** 2).sum(0) + lowpass(w) ** 2
        np.testing.assert_allclose(total, 1, atol=1e-12)


def test_a_random_filter_is_one_function_on_every_grid():
    coarse, fine = frequencies(32, 1.0), frequencies(64, 0.5)
    shared = np.isin(np.round(fine, 9), np.round(coarse, 9))
    here, there = random_filters(coarse, seed=2), random_filters(fine, seed=2)
    matched = np.isin(np.round(coarse, 9), np.round(fine, 9))
    np.testing.assert_allclose(here[:, matched], there[:, shared], atol=1e-13)


def test_the_constants_of_the_output_filter():
    w = np.linspace(0, 4, 400_001)
    assert (lowpass(w[w >= EDGE]) < 1e-9).all()
    assert lowpass(w[w < 0.999 * EDGE]).min() > 0
    assert (w * lowpass(w)).max() == pytest.approx(DECAY, rel=1e-9)


@pytest.mark.parametrize("rho", NONLINEARITIES.values())
def test_the_nonlinearities_have_lipschitz_constant_one(rho):
    u, v = np.random.default_rng(1).standard_normal((2, 10_000))
    assert (np.abs(rho(u) - rho(v)) <= np.abs(u - v) + 1e-15).all()
    assert rho(np.zeros(1))[0] == 0


def test_the_norm_does_not_change_under_dilation():
    x = burst(256)
    net = [Module(np.ones_like, lambda w: np.ones((1, w.size)), lambda u: u, 3.0)] * 3
    assert [f.norm for f in layers(x, net)] == pytest.approx([np.linalg.norm(x)] * 3)


def test_derivative_and_shift_of_features():
    n, step = 64, 0.5
    w = 2 * np.pi * 5 / (n * step)
    u = np.arange(n) * step
    f = Features(np.sin(w * u)[None], step)
    np.testing.assert_allclose(f.derivative().values[0], w * np.cos(w * u), atol=1e-12)
    np.testing.assert_allclose(f.shifted(3).values[0], np.sin(w * (u - 3 * step)), atol=1e-12)
    assert (f - f).norm == 0


def test_dropped_samples_are_blind_to_shifts_by_the_product_of_the_strides_only():
    net, x = random_network(3, stride=2, seed=1), burst(512)
    for shift, equal in ((4, True), (1, False)):
        before, after = layers(x, net, decimate), layers(np.roll(x, shift), net, decimate)
        assert [f.values.shape[-1] for f in before] == [512, 256, 128]
        moved = np.roll(before[-1].values, shift // 4, axis=-1)
        assert np.allclose(after[-1].values, moved, atol=1e-12) == equal


def test_a_tone_in_the_linear_network():
    n, k = 512, 70
    tone = np.cos(2 * np.pi * k * np.arange(n) / n)
    p = lowpass(np.array([2 * np.pi * k / n]))[0] ** 2
    assert 0.1 < p < 0.9
    norms = [f.norm**2 / (n / 2) for f in layers(tone, [linear_module()] * 4)]
    assert norms == pytest.approx([p * (1 - p) ** j for j in range(4)])


def test_gain_multiplies_every_filter():
    x, net = burst(128), random_network(2, seed=3)
    for k, (f, g) in enumerate(zip(layers(x, net), layers(x, times(net, 2.0)), strict=True)):
        np.testing.assert_allclose(g.values, 2 ** (k + 1) * f.values, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers(np.zeros((2, 8)), []), "real signal of shape"),
        (lambda: layers(np.zeros(8, complex), []), "real signal of shape"),
        (lambda: random_network(2, rho="sine"), "rho: wanted one of modulus, ReLU, tanh"),
        (lambda: random_network(2, stride=0.5), "stride: wanted 1 or more"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
