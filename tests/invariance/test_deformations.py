"""Deformed signals and the law of packets, against definitions written out."""

import numpy as np
import pytest

from dlmath.invariance import deformations as deform
from dlmath.invariance import deformations_2d as plane
from dlmath.invariance.cascade import average, layers, lowpass_profile
from dlmath.invariance.filters import tight_bank, tight_bank_1d


def slope(f, t, h=1e-5):
    return (f(t + h) - f(t - h)) / (2 * h)


def test_a_dilation_evaluates_the_signal_at_the_shrunken_time():
    x = deform.Packet(0.7, 9.0, place=3.0, phase=0.4)
    t = np.linspace(-30, 30, 61)
    direct = [
        np.exp(-(((0.9 * s - 3) / 9) ** 2) / 2) * np.cos(0.7 * (0.9 * s - 3) + 0.4) for s in t
    ]
    np.testing.assert_allclose(deform.dilation(0.1)(x)(t), direct, atol=1e-14)
    np.testing.assert_allclose(deform.translation(2.0)(x)(t), x(t - 2))


def test_a_random_warp_is_as_steep_as_asked_and_knows_its_slope():
    warp = deform.random_warp(0.05, seed=4)
    s = np.linspace(-4 * np.pi, 4 * np.pi, 4001)
    np.testing.assert_allclose(slope(warp.shift, s), warp.slope(s), atol=1e-9)
    assert np.abs(warp.slope(s)).max() == pytest.approx(0.05)
    wide = warp.widened(50.0)
    np.testing.assert_allclose(slope(wide.shift, 50 * s, 1e-3), warp.slope(s), atol=1e-9)
    assert not np.allclose(deform.random_warp(0.05, seed=5).shift(s), warp.shift(s))


def test_samples_are_the_integers_around_zero():
    np.testing.assert_array_equal(deform.sample(lambda t: t, 5), [-2, -1, 0, 1, 2])
    np.testing.assert_array_equal(deform.sample(lambda t: t, 4), [-2, -1, 0, 1])


def test_distances_are_those_of_the_definitions():
    rng = np.random.default_rng(0)
    bank, x, y = tight_bank_1d(32, 3), rng.standard_normal(32), rng.standard_normal(32)
    pairs = zip(layers(x, bank, 2), layers(y, bank, 2), strict=True)
    energy = sum(((average(u, bank) - average(v, bank)) ** 2).sum() for u, v in pairs)
    wanted = np.sqrt(energy / (x**2).sum())
    assert deform.scattering_distance(x, y, bank, 2) == pytest.approx(wanted)
    assert deform.fourier_distance(x, np.roll(x, 3)) < 1e-14
    moduli = [
        abs(sum(z * np.exp(-2j * np.pi * k * np.arange(32) / 32)))
        for z in (x, y)
        for k in range(32)
    ]
    gap = np.linalg.norm(np.subtract(moduli[:32], moduli[32:])) / np.linalg.norm(moduli[:32])
    assert deform.fourier_distance(x, y) == pytest.approx(gap)


def test_meyer_s_slope_is_its_derivative_and_peaks_in_the_middle():
    t = np.linspace(-0.4, 1.4, 181)
    np.testing.assert_allclose(deform.meyer_slope(t), slope(deform.meyer, t), atol=1e-7)
    assert deform.meyer_slope(np.array(0.5)) == 35 / 16


@pytest.mark.parametrize("n", [256, 243])
def test_gains_are_the_filters_of_the_banks(n):
    w = 2 * np.pi * np.arange(1, (n - 1) // 2) / n
    inside = slice(1, len(w) + 1)
    np.testing.assert_allclose(
        deform.wavelet_gains(w, 4), tight_bank_1d(n, 4).psi[:, inside], atol=1e-14
    )
    double = tight_bank_1d(n, 3, 2).psi[:, inside]
    np.testing.assert_allclose(deform.wavelet_gains(w, 3, 2), double, atol=1e-14)
    equal = deform.uniform_bank(n, np.pi / 8)
    np.testing.assert_allclose(equal.littlewood_paley(), 1, atol=1e-14)
    np.testing.assert_allclose(np.fft.ifft(equal.phi).imag, 0, atol=1e-15)
    assert np.abs(equal.psi[:, n // 2 + 1 :]).max() == 0
    assert equal.psi[3, inside].argmax() + 1 == pytest.approx(4 * n / 16, abs=1)


@pytest.mark.parametrize(
    ("gains", "sensitivity"),
    [
        (lambda w: deform.wavelet_gains(w, 6), deform.wavelet_sensitivity),
        (lambda w: deform.wavelet_gains(w, 6, 3), lambda w: deform.wavelet_sensitivity(w, 3)),
        (lambda w: deform.uniform_gains(w, 0.2, 15), lambda w: deform.uniform_sensitivity(w, 0.2)),
    ],
)
def test_sensitivities_are_the_speed_of_the_gains(gains, sensitivity):
    w = np.linspace(0.3, 2.3, 57)
    speed = w * slope(gains, w)
    np.testing.assert_allclose(sensitivity(w), np.sqrt((speed**2).sum(0) / 2), atol=1e-6)


def test_the_limit_of_a_dilation_in_closed_form():
    eps, w = 0.03, deform.TOP / 2**1.4
    angle = [np.pi / 2 * deform.meyer(np.log2(deform.TOP / v) % 1) for v in (w, (1 - eps) * w)]
    overlap = np.sqrt(2 / (1 + (1 - eps) ** 2))
    closed = np.sqrt(1 + 1 / (1 - eps) - 2 * np.cos(angle[0] - angle[1]) * overlap)
    found = deform.packet_limit(lambda v: deform.wavelet_gains(v, 5), w, deform.dilation(eps))
    assert found == pytest.approx(closed, rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_limit_is_linear_for_small_warps(seed):
    w, eps = 1.2, 1e-5
    limit = deform.packet_limit(
        lambda v: deform.wavelet_gains(v, 5), w, deform.random_warp(eps, seed)
    )
    sensitivity = float(deform.wavelet_sensitivity(np.array(w)))
    wanted = deform.packet_slope(sensitivity, deform.random_warp(1.0, seed))
    assert limit / eps == pytest.approx(wanted, rel=1e-3)


def test_wrong_banks_are_refused():
    with pytest.raises(ValueError, match="n: wanted 2"):
        deform.uniform_bank(1, 0.1)
    with pytest.raises(ValueError, match="spacing: wanted"):
        deform.uniform_bank(64, 2.0)


def test_the_octaves_end_where_the_average_begins():
    bank = tight_bank_1d(512, 4)
    w = 2 * np.pi * np.arange(256) / 512
    np.testing.assert_allclose(bank.phi[:256], lowpass_profile(16 * w), atol=1e-12)


@pytest.mark.parametrize("L", [4, 8])
def test_gains_of_the_plane_are_the_filters_of_the_bank(L):
    bank = tight_bank((48, 48), 2, L)
    for k in ((3, 7), (11, -5), (0, 9), (-14, -2), (20, 21)):
        w = 2 * np.pi * np.array(k) / 48
        np.testing.assert_allclose(
            plane.plane_gains(w, 2, L).ravel(), bank.psi[:, k[0], k[1]], atol=1e-14
        )


def test_a_packet_of_the_plane_is_turned_by_its_matrix():
    xi, M = np.array([0.9, 0.4]), plane.turn(0.3)
    found = plane.packet(9, 2.0, xi, M)
    for i, j in ((0, 0), (4, 4), (7, 2)):
        v = M @ np.array([i - 4.0, j - 4.0])
        assert found[i, j] == pytest.approx(np.exp(-(v @ v) / 8) * np.cos(xi @ v))


@pytest.mark.parametrize("L", [4, 8])
def test_a_rotation_moves_a_packet_by_a_chord(L):
    eps, angle = 0.02, 0.35 * np.pi / L
    xi = 1.1 * np.array([np.cos(angle), np.sin(angle)])
    turned = [np.pi / 2 * deform.meyer(np.array(a * L / np.pi)) for a in (angle, angle - eps)]
    chord = 2 * np.sin(abs(turned[0] - turned[1]) / 2)
    assert plane.plane_limit(xi, plane.turn(eps), 2, L) == pytest.approx(chord, rel=1e-9)
    small = plane.plane_limit(xi, plane.turn(1e-5), 2, L) / 1e-5
    assert small == pytest.approx(plane.turn_sensitivity(angle, L), rel=1e-3)


@pytest.mark.parametrize("r", [0.5, 0.9, 1.2, 1.5])
def test_a_dilation_of_the_plane_follows_its_sensitivity(r):
    xi, eps = r * np.array([np.cos(0.4), np.sin(0.4)]), 1e-5
    found = plane.plane_limit(xi, (1 - eps) * np.eye(2), 3) / eps
    # ||u . grad a||^2 / ||a||^2 = 2 for a Gaussian of the plane
    assert found == pytest.approx(np.sqrt(plane.stretch_sensitivity(r) ** 2 + 2), rel=1e-3)


def test_warped_pictures():
    image = np.random.default_rng(3).standard_normal((24, 32))
    still = plane.warp_image(image, lambda u: 0 * u)
    np.testing.assert_allclose(still, image, atol=1e-12)
    moved = plane.warp_image(image, lambda u: np.stack([3 + 0 * u[0], -2 + 0 * u[1]]))
    np.testing.assert_allclose(moved, np.roll(image, (3, -2), (0, 1)), atol=1e-12)
    shift = plane.swirl(32, 0.2)
    u = np.stack(np.meshgrid(np.linspace(0, 32, 65), np.linspace(0, 32, 65), indexing="ij"))
    gradient = (shift(u + 1e-5) - shift(u)) / 1e-5
    assert np.abs(gradient).max() == pytest.approx(0.2, rel=1e-4)
    np.testing.assert_allclose(shift(u + 32.0), shift(u), atol=1e-12)


def test_pictures_and_their_distances():
    image = np.random.default_rng(6).standard_normal((32, 32))
    faint = plane.faded(image)
    assert np.abs(faint[0]).max() < 0.05 * np.abs(faint[16]).max()
    found = plane.distances(faint, np.roll(faint, 4, 0), J=3)
    assert list(found) == ["pixels", "Fourier modulus", "scattering"]
    assert found["Fourier modulus"] < 1e-12
    assert found["scattering"] < found["pixels"]
    assert plane.distances(faint, faint, J=3)["pixels"] == 0
    digit = plane.smooth_digit(np.eye(8), 64)
    assert digit.shape == (64, 64)
    assert np.abs(np.diff(digit)).max() < 0.3


def test_the_peak_of_an_octave_is_the_largest_of_its_packets():
    flip = np.array([[0.0, 1.0], [1.0, 0.0]])
    found = plane.octave_peaks(
        {"same": lambda x: x, "nothing": lambda x: 0 * x}, flip, 0.5, side=32, sigma=3.0, pitches=3
    )
    gaps = []
    for r in (0.5, 0.5 * 2**0.5, 1.0):
        for angle in (np.pi / 32, np.pi / 8):
            x = plane.packet(32, 3.0, r * np.array([np.cos(angle), np.sin(angle)]))
            gaps.append(np.linalg.norm(x.T - x) / np.linalg.norm(x))
    assert found["same"] == pytest.approx(max(gaps))
    assert found["nothing"] == 0


def test_the_limit_of_an_octave_is_the_largest_of_its_frequencies():
    M, spots = plane.turn(0.02), []
    for r in (0.5, 0.5 * 2**0.5, 1.0):
        for angle in (np.pi / 32, np.pi / 8):
            spots.append(r * np.array([np.cos(angle), np.sin(angle)]))
    aim = max(plane.plane_limit(xi, M, 3, 4) for xi in spots)
    assert plane.octave_limit(M, 0.5, J=3, L=4, pitches=3) == pytest.approx(aim)
