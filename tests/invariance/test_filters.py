import numpy as np
import pytest
from kymatio.scattering1d.filter_bank import scattering_filter_factory
from kymatio.scattering2d import filter_bank as kymatio_2d

from dlmath.invariance.filters import morlet_bank, morlet_bank_1d, tight_bank, tight_bank_1d

SHAPES = [((40, 40), 2, 8), ((33, 45), 2, 6), ((32, 48), 3, 4), ((12, 12), 2, 5)]
LINES = [(1024, 5, 8), (4096, 8, 1), (512, 3, 12), (64, 1, 1)]


@pytest.fixture
def kymatio_at_full_resolution(monkeypatch):
    # its periodisation is four nested Python loops, and the full resolution is all we compare
    monkeypatch.setattr(kymatio_2d, "periodize_filter_fft", lambda filter_hat, res: filter_hat)
    return kymatio_2d.filter_bank


@pytest.mark.parametrize(("shape", "J", "L"), SHAPES)
def test_morlet_bank_is_kymatios(shape, J, L, kymatio_at_full_resolution):
    theirs, ours = kymatio_at_full_resolution(*shape, J, L), morlet_bank(shape, J, L)
    assert [(p["j"], p["theta"]) for p in theirs["psi"]] == list(
        zip(ours.j, ours.theta, strict=True)
    )
    for psi, filter_hat in zip(theirs["psi"], ours.psi, strict=True):
        np.testing.assert_allclose(filter_hat, psi["levels"][0], rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.phi, theirs["phi"]["levels"][0], rtol=0, atol=1e-6)


@pytest.mark.parametrize(("N", "J", "Q"), LINES)
def test_morlet_bank_1d_is_kymatios(N, J, Q):
    phi, psi, _ = scattering_filter_factory(N, J, (Q, 1), 2**J)
    ours = morlet_bank_1d(N, J, Q)
    assert ours.psi.shape == (len(psi), N)
    np.testing.assert_allclose(ours.psi, [p["levels"][0] for p in psi], rtol=0, atol=1e-11)
    np.testing.assert_allclose(ours.phi, phi["levels"][0], rtol=0, atol=1e-11)
    assert [p["j"] for p in psi] == list(ours.j)
    np.testing.assert_allclose(ours.xi, [2 * np.pi * p["xi"] for p in psi], rtol=1e-12)
    np.testing.assert_allclose(ours.sigma, [2 * np.pi * p["sigma"] for p in psi], rtol=1e-12)


def test_littlewood_paley_range_of_the_morlet_bank():
    # the numbers printed in the scattering chapter: this bank is far from tight
    A = morlet_bank((40, 40), 2).littlewood_paley()
    assert A.min() == pytest.approx(0.122989, abs=1e-6)
    assert A.max() == pytest.approx(1.000059, abs=1e-6)


def test_littlewood_paley_is_its_definition():
    bank = morlet_bank((6, 9), 1, 3)
    A = bank.littlewood_paley()
    for i, k in [(0, 0), (3, 4), (2, 8), (5, 1)]:
        here, there = bank.psi[:, i, k], bank.psi[:, -i % 6, -k % 9]
        assert A[i, k] == pytest.approx(bank.phi[i, k] ** 2 + (here**2 + there**2).sum() / 2)


@pytest.mark.parametrize("shape", [(32, 32), (33, 33), (64, 48), (40, 31)])
@pytest.mark.parametrize(("J", "L"), [(1, 8), (3, 8), (4, 5), (2, 1)])
def test_tight_bank(shape, J, L):
    bank = tight_bank(shape, J, L)
    np.testing.assert_allclose(bank.littlewood_paley(), 1, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(bank.psi[:, 0, 0], 0)
    w = [np.abs(2 * np.pi * np.fft.fftfreq(n)) for n in shape]
    sup = np.maximum.outer(*w)
    # both bounds: with the sqrt 2 of psi missing, a wider phi would make up for it
    assert np.all(bank.phi[sup >= np.pi * 2.0**-J] == 0)
    np.testing.assert_allclose(
        bank.phi[np.hypot(*np.meshgrid(*w, indexing="ij")) <= np.pi * 2.0**-J / 2], 1
    )


def test_tight_bank_sends_one_octave_to_two_neighbouring_angles():
    bank = tight_bank((64, 64), 3)
    active = (bank.psi > 1e-7).sum(0)
    assert active.max() == 4  # two scales, two angles
    # theta = 3 is the first axis, as in kymatio: int(L - L / 2 - 1) - theta = 0
    assert bank.psi[3, 28, 0] == pytest.approx(np.sqrt(2))
    assert bank.psi[3, -28, 0] == 0  # one-sided


def test_nothing_is_lost_by_sampling_what_phi_lets_through():
    J, bank = 3, tight_bank((48, 64), 3)
    x = np.random.default_rng(0).standard_normal((48, 64))
    y = np.fft.ifft2(np.fft.fft2(x) * bank.phi).real
    assert ((2**J * y[:: 2**J, :: 2**J]) ** 2).sum() == pytest.approx((y**2).sum(), rel=1e-12)


@pytest.mark.parametrize("N", [64, 65, 1024])
@pytest.mark.parametrize(("J", "Q"), [(1, 1), (4, 1), (3, 4)])
def test_tight_bank_1d(N, J, Q):
    bank = tight_bank_1d(N, J, Q)
    assert bank.psi.shape == (J * Q, N)
    np.testing.assert_allclose(bank.littlewood_paley(), 1, rtol=0, atol=1e-12)
    assert bank.phi[0] == 1
    np.testing.assert_array_equal(bank.psi[:, 0], 0)
    w = 2 * np.pi * np.fft.fftfreq(N)
    np.testing.assert_array_equal(bank.psi[:, (w < 0) & (w > -np.pi)], 0)
    cut = 0.75 * np.pi * 2.0 ** (1 / Q - J)
    assert np.all(bank.phi[np.abs(w) > cut] == 0)
    np.testing.assert_allclose(bank.phi[np.abs(w) < cut / 2 ** (1 / Q)], 1)


def test_lossless_sampling_in_one_dimension():
    J, Q = 3, 2
    bank = tight_bank_1d(256, J, Q, xi=np.pi * 2 ** (-1 / Q))
    w = 2 * np.pi * np.fft.fftfreq(256)
    assert np.all(bank.phi[np.abs(w) >= np.pi * 2.0**-J] == 0)


def test_a_scaled_bank_is_tight_no_more():
    bank = tight_bank((16, 16), 2)
    A = bank.scaled(1.1).littlewood_paley()
    np.testing.assert_allclose(A.max(), 1.21)
    np.testing.assert_array_equal(bank.scaled(1.1).phi, bank.phi)


def test_banks_are_shared_and_read_only():
    bank = morlet_bank([16, 16], 2)
    assert bank is morlet_bank((np.int64(16), 16), 2, L=8)
    with pytest.raises(ValueError, match="read-only"):
        bank.psi[0] = 0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: morlet_bank((16,), 2), ValueError, "shape must have 2 sides, got"),
        (lambda: morlet_bank(16, 2), TypeError, "shape must be 2 integers, got 16"),
        (lambda: morlet_bank((16, 1.5), 2), TypeError, "each side of shape must be an integer"),
        (lambda: morlet_bank((16, 0), 2), ValueError, "each side of shape must be at least 1"),
        (lambda: morlet_bank((16, 16), 2.0), TypeError, "J must be an integer, got 2.0"),
        (lambda: morlet_bank((16, 16), True), TypeError, "J must be an integer, got True"),
        (lambda: tight_bank((16, 16), 2, 0), ValueError, "L must be at least 1, got 0"),
        (lambda: morlet_bank_1d(64, 2, 0), ValueError, "Q must be at least 1, got 0"),
        (lambda: tight_bank_1d(64, 0), ValueError, "J must be at least 1, got 0"),
        (lambda: tight_bank_1d(64, 1, xi=4.0), ValueError, r"xi must be in \(0, pi\], got 4.0"),
        (lambda: tight_bank_1d(64, 1).scaled(np.nan), ValueError, "factor must be finite"),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
