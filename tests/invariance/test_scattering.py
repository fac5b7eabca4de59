import itertools
import math
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch

from dlmath.invariance import scattering, scattering_1d, scattering_2d
from dlmath.invariance._tree import Place, scatter
from dlmath.invariance.filters import morlet_bank_1d, tight_bank, tight_bank_1d
from dlmath.invariance.scattering import paths, paths1d, scattering1d, scattering2d

CPU32, CPU64 = (Place(dtype, torch.device("cpu")) for dtype in (torch.float32, torch.float64))

PLANE = [  # batch, shape, J, L, order: powers of two, not, odd; and padded by a whole side
    ((2,), (32, 32), 2, 8, 2),
    ((1,), (33, 45), 2, 6, 2),
    ((2,), (20, 36), 3, 4, 2),
    ((2, 3), (8, 8), 3, 8, 2),
    ((1,), (2, 5), 1, 8, 2),
    ((1,), (40, 24), 3, 8, 1),
    ((1,), (64, 48), 4, 4, 2),
    ((1,), (33, 64), 5, 4, 2),
]
LINE = [  # batch, length, J, Q, order
    ((3,), 256, 4, 1, 2),
    ((2,), 1000, 5, 8, 2),
    ((2, 2), 777, 3, 12, 1),
    ((1,), 64, 6, 1, 2),
    ((1,), 33, 2, 3, 2),
]


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def noise(*shape, dtype=torch.float32, seed=0):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def relative(a, b):
    return float((a - b).norm() / b.norm())


def both(transform, x, *args, **options):
    """Values, and gradients of one and the same function of them, from both engines."""
    found = []
    for engine in ("dlmath", "kymatio"):
        y = x.clone().requires_grad_()
        with warnings.catch_warnings():
            # kymatio warns of border effects where the signal is short
            warnings.simplefilter("ignore")
            out = transform(y, *args, engine=engine, **options)
        (out * out.detach().sin()).sum().backward()
        found.append((out.detach(), y.grad))
    (values, gradient), (their_values, their_gradient) = found
    assert values.shape == their_values.shape
    return relative(values, their_values), relative(gradient, their_gradient)


@pytest.mark.parametrize(("batch", "shape", "J", "L", "order"), PLANE)
def test_plane_agrees_with_kymatio(batch, shape, J, L, order):
    value, gradient = both(scattering2d, noise(*batch, *shape), J, L=L, order=order)
    assert value <= 1e-6
    assert gradient <= 1e-5
    assert len(paths(J, L, order)) == scattering2d(noise(*shape), J, L=L, order=order).shape[0]


@pytest.mark.parametrize(("batch", "N", "J", "Q", "order"), LINE)
def test_line_agrees_with_kymatio(batch, N, J, Q, order):
    value, gradient = both(scattering1d, noise(*batch, N), J, Q=Q, order=order)
    assert value <= 1e-6
    assert gradient <= 1e-5


def test_double_precision():
    x = noise(2, 24, 24, dtype=torch.float64)
    out = scattering2d(x, 2)
    assert out.dtype == torch.float64
    assert relative(out, scattering2d(x, 2, engine="kymatio")) <= 1e-6  # kymatio's own filters
    assert relative(scattering2d(x.float(), 2).double(), out) <= 1e-6
    line = noise(2, 128, dtype=torch.float64)
    assert relative(scattering1d(line, 3), scattering1d(line, 3, engine="kymatio")) <= 1e-6


def test_paths_are_kymatios():
    from kymatio import Scattering2D

    S = Scattering2D(3, (8, 8), L=3, frontend="torch", out_type="list")
    theirs = [(len(p["j"]), p["j"], p["theta"]) for p in S(noise(1, 8, 8))]
    assert theirs == [tuple(p) for p in paths(3, 3)]


def test_line_paths_are_kymatios():
    from kymatio.scattering1d.utils import compute_meta_scattering

    meta = compute_meta_scattering(5, (4, 1), 32, 2, math.sqrt(0.5), 0.1, 5.0)
    ours = paths1d(5, 4)
    assert list(meta["order"]) == [p.order for p in ours]
    for key, mine in zip(meta["key"], ours, strict=True):
        assert key == mine.n
    first = [2 * math.pi * xi for xi in meta["xi"][1 : 1 + len(ours[1:])][:, 0]]
    np.testing.assert_allclose([p.xi[0] for p in ours[1:]], first)
    assert [p.j for p in ours if p.order == 1] == [(j,) for j in morlet_bank_1d(64, 5, 4).j]


def slow_plane(x, bank, words, stride):
    """The definition, one path at a time, with no sampling before the end."""

    def convolve(u, filter_hat):
        return np.fft.ifft2(np.fft.fft2(u) * filter_hat)

    out = []
    for path in words:
        u = x
        for j, theta in zip(path.j, path.theta, strict=True):
            which = list(zip(bank.j, bank.theta, strict=True)).index((j, theta))
            u = np.abs(convolve(u, bank.psi[which]))
        out.append(convolve(u, bank.phi).real[::stride, ::stride])
    return np.stack(out)


@pytest.mark.parametrize("shape", [(16, 16), (24, 16), (12, 20)])
@pytest.mark.parametrize(("order", "every_path"), [(0, False), (2, False), (3, True)])
def test_tight_plane_is_its_definition(shape, order, every_path):
    J, L = 2, 2
    x = noise(*shape, dtype=torch.float64)
    out = scattering2d(x, J, L=L, order=order, bank="tight", every_path=every_path)
    words = paths(J, L, order, every_path=every_path)
    slow = slow_plane(x.numpy(), tight_bank(shape, J, L), words, 2**J)
    np.testing.assert_allclose(out.numpy(), slow, rtol=0, atol=1e-13)


@pytest.mark.parametrize("every_path", [False, True])
def test_tight_line_is_its_definition(every_path):
    N, J, Q = 48, 3, 2
    x = noise(N, dtype=torch.float64)
    bank = tight_bank_1d(N, J, Q, xi=math.pi * 2 ** (-1 / Q))
    words = paths1d(J, Q, bank="tight", every_path=every_path)
    out = scattering1d(x, J, Q=Q, bank="tight", every_path=every_path).numpy()
    assert len(words) == len(out)
    for path, row in zip(words, out, strict=True):
        u = x.numpy()
        for n in path.n:
            u = np.abs(np.fft.ifft(np.fft.fft(u) * bank.psi[n]))
        slow = np.fft.ifft(np.fft.fft(u) * bank.phi).real[:: 2**J]
        np.testing.assert_allclose(row, slow, rtol=0, atol=1e-13)


def slow_kymatio_line(x, N, J, Q):
    """First order straight from kymatio's documentation, folding in full."""
    full, before = scattering_1d.padded_length(N, J)
    bank = morlet_bank_1d(full, J, Q)
    padded = np.pad(x, (before, full - N - before), mode="reflect")
    out = []
    for psi, j in zip(bank.psi, bank.j, strict=True):
        u = np.abs(np.fft.ifft(np.fft.fft(padded) * psi))[:: 2**j]
        phi = bank.phi.reshape(2**j, -1).mean(0)
        averaged = np.fft.ifft(np.fft.fft(u) * phi).real[:: 2 ** (J - j)]
        out.append(averaged[-(-before >> J) : -(-(before + N) >> J)])
    return np.stack(out)


def test_line_is_its_definition():
    x = noise(300, dtype=torch.float64)
    slow = slow_kymatio_line(x.numpy(), 300, 4, 4)
    ours = scattering1d(x, 4, Q=4, order=1)[1:].numpy()
    assert np.linalg.norm(ours - slow) <= 1e-6 * np.linalg.norm(slow)


@pytest.mark.parametrize("bank", ["kymatio", "tight"])
def test_gradcheck(bank):
    x = noise(1, 4, 8, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(lambda v: scattering2d(v, 1, L=2, bank=bank, order=1), x)
    line = noise(1, 32, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(lambda v: scattering1d(v, 3, Q=1, bank=bank), line)


def test_second_derivatives():
    x = noise(1, 4, 8, dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradgradcheck(lambda v: scattering2d(v, 2, L=2), x)


def test_the_gradient_at_zero_is_finite():
    for transform, shape in ((scattering2d, (8, 8)), (scattering1d, (64,))):
        x = torch.zeros(shape, requires_grad=True)
        transform(x, 2).sum().backward()
        assert torch.isfinite(x.grad).all()


def test_pieces_change_nothing():
    x = noise(5, 24, 24, dtype=torch.float64)
    plan = scattering_2d.kymatio_plan((24, 24), 3, 8, 2, CPU64)
    whole = scatter(x, plan, 1 << 30)
    for piece in (1, 3000, 7919, 20000):
        torch.testing.assert_close(scatter(x, plan, piece), whole, rtol=1e-12, atol=1e-14)
    line = noise(3, 200, dtype=torch.float64)
    plan = scattering_1d.kymatio_plan_1d(200, 4, 4, 2, CPU64)
    for piece in (1, 700, 3000):
        torch.testing.assert_close(
            scatter(line, plan, piece), scatter(line, plan), rtol=1e-12, atol=1e-14
        )


def test_gradients_do_not_depend_on_grad_mode_or_pieces():
    x = noise(3, 16, 16, dtype=torch.float64)
    with torch.no_grad():
        silent = scattering2d(x, 2)
    torch.testing.assert_close(scattering2d(x.clone().requires_grad_(), 2), silent)


def test_a_plan_made_in_inference_mode_can_be_trained_through():
    with torch.inference_mode():
        scattering2d(torch.ones(12, 12), 2, L=3)
    x = torch.ones(12, 12, requires_grad=True)
    scattering2d(x, 2, L=3).sum().backward()
    assert torch.isfinite(x.grad).all()


def test_translation_covariance_of_the_tight_bank():
    J = 2
    x = noise(32, 32, dtype=torch.float64)
    for transform, moved, axes in (
        (scattering2d, (2**J, -2 * 2**J), (-2, -1)),
        (scattering1d, (2**J,), (-1,)),
    ):
        there = transform(x.roll(moved, axes), J, bank="tight")
        back = there.roll([-m // 2**J for m in moved], axes)
        torch.testing.assert_close(back, transform(x, J, bank="tight"), rtol=0, atol=1e-13)


def test_translation_covariance_of_kymatios_bank_inside():
    # pixel 0 and its reflections leave the crop: all the defect sits in row and column 0
    x = torch.zeros(1, 64, 64, dtype=torch.float64)
    x[:, 20:40, 24:44] = noise(20, 20, dtype=torch.float64)
    a, b = (scattering2d(v, 2)[..., 1:, 1:] for v in (x, x.roll((4, 4), (1, 2))))
    assert relative(b[..., 1:, 1:], a[..., :-1, :-1]) <= 1e-5


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_contraction_and_energy_with_the_tight_bank(order):
    J, L = 2, 4
    pairs = [noise(2, 16, 16, dtype=torch.float64, seed=seed) for seed in range(4)]
    pairs.append(torch.stack([torch.ones(16, 16), torch.zeros(16, 16)]).double())
    for pair in pairs:
        S = 2**J * scattering2d(pair, J, L=L, order=order, bank="tight", every_path=True)
        assert (S[0] - S[1]).norm() <= (pair[0] - pair[1]).norm() * (1 + 1e-12)
        assert S[0].norm() <= pair[0].norm() * (1 + 1e-12)
    # a constant keeps all its energy, however few the orders
    assert float(S[0].norm()) == pytest.approx(float(pair[0].norm()), rel=1e-12)


def test_the_energy_identity():
    J, L, bank = 2, 4, tight_bank((16, 16), 2, 4)
    x = noise(16, 16, dtype=torch.float64)
    kept = (2**J * scattering2d(x, J, L=L, order=1, bank="tight", every_path=True)).square().sum()
    u = x.numpy()[None]
    for _ in range(2):  # what the next order would still have to spread
        u = np.abs(np.fft.ifft2(np.fft.fft2(u)[:, None] * bank.psi)).reshape(-1, 16, 16)
    assert float(kept) + (u**2).sum() == pytest.approx(float(x.square().sum()), rel=1e-12)


def test_the_energy_identity_on_the_line():
    J, Q, x = 3, 1, noise(64, dtype=torch.float64)
    kept = [
        float(
            (2**J * scattering1d(x, J, Q=Q, order=m, bank="tight", every_path=True).square()).sum()
        )
        for m in range(5)
    ]
    energy = float(x.square().sum())
    assert all(a < b <= energy * (1 + 1e-12) for a, b in itertools.pairwise(kept))
    assert kept[-1] >= 0.99 * energy


def test_batch_shapes():
    x = noise(2, 3, 16, 24)
    out = scattering2d(x, 2)
    assert out.shape == (2, 3, 81, 4, 6)
    torch.testing.assert_close(out[1, 2], scattering2d(x[1, 2], 2))
    assert scattering2d(x[:0], 2).shape == (0, 3, 81, 4, 6)
    assert scattering1d(x, 2, Q=1).shape[:3] == (2, 3, 16)


def test_plain_intent_is_understood():
    x = torch.arange(256).reshape(16, 16) % 7
    wanted = scattering2d(x.float(), 1)
    for same in (x, x.to(torch.uint8), x.numpy().astype(np.float32), x.float().T.contiguous().T):
        torch.testing.assert_close(scattering2d(same, 1), wanted)
    torch.testing.assert_close(scattering2d(x.tolist(), 1), wanted)
    flipped = x.numpy().astype(np.float32)[::-1]
    torch.testing.assert_close(scattering2d(flipped, 1), scattering2d(flipped.copy(), 1))
    torch.testing.assert_close(
        scattering2d(x.float().T, 1, engine="kymatio"),
        scattering2d(x.float().T, 1),
        rtol=1e-5,
        atol=1e-5,
    )
    assert scattering2d(x.numpy().astype(np.float64), np.int64(1)).dtype == torch.float64


def test_the_input_is_left_alone():
    x = noise(2, 16, 16)
    before = x.clone()
    scattering2d(x, 2)
    scattering1d(x, 2)
    assert torch.equal(x, before)


SQUARE = torch.ones(16, 16)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: scattering2d(torch.ones(16), 2), ValueError, r"shape \(..., H, W\), got \(16,\)"),
        (lambda: scattering1d(torch.tensor(1.0), 2), ValueError, r"shape \(..., N\), got \(\)"),
        (lambda: scattering2d(SQUARE / 0, 2), ValueError, "finite, got 256 NaN or infinite"),
        (lambda: scattering1d(SQUARE * math.nan, 2), ValueError, "finite, got 256 NaN"),
        (lambda: scattering2d(SQUARE, 5), ValueError, r"at least 2\^J = 32, .* take J <= 4"),
        (lambda: scattering1d(SQUARE, 5), ValueError, r"at least 2\^J = 32, .* take J <= 4"),
        (lambda: scattering2d(torch.ones(0, 16), 1), ValueError, r"at least 2\^J = 2"),
        (lambda: scattering2d(SQUARE, 0), ValueError, "J must be at least 1, got 0"),
        (lambda: scattering2d(SQUARE, 1.5), TypeError, "J must be an integer, got 1.5"),
        (lambda: scattering2d(SQUARE, "2"), TypeError, "J must be an integer, got '2'"),
        (lambda: scattering2d(SQUARE, 2, L=0), ValueError, "L must be at least 1"),
        (lambda: scattering1d(SQUARE, 2, Q=0.5), TypeError, "Q must be an integer"),
        (lambda: scattering2d(SQUARE, 2, order=3), ValueError, "order must be 1 or 2"),
        (lambda: scattering2d(SQUARE, 2, order=0), ValueError, "order must be at least 1"),
        (lambda: scattering2d(SQUARE, 2, order=-1, bank="tight"), ValueError, "at least 0, got -1"),
        (lambda: scattering2d(SQUARE, 2, bank="haar"), ValueError, "bank must be one of 'kymatio'"),
        (lambda: scattering2d(SQUARE, 2, engine="x"), ValueError, "engine must be one of 'dlmath'"),
        (lambda: paths1d(2, bank="haar"), ValueError, "bank must be one of"),
        (
            lambda: scattering2d(SQUARE, 2, bank="tight", engine="kymatio"),
            ValueError,
            "engine='kymatio' has its own bank",
        ),
        (lambda: scattering2d(SQUARE, 2, every_path=True), ValueError, "needs bank='tight'"),
        (
            lambda: scattering2d(torch.ones(18, 16), 2, bank="tight"),
            ValueError,
            r"divisible by 2\^J = 4, got \(18, 16\)",
        ),
        (lambda: scattering1d(torch.ones(18), 2, bank="tight"), ValueError, "divisible by"),
        (
            lambda: scattering2d(SQUARE.half(), 2),
            TypeError,
            r"float32 or float64, got torch.float16",
        ),
        (lambda: scattering2d(SQUARE.bfloat16(), 2), TypeError, r"pass x.float\(\)"),
        (lambda: scattering2d(SQUARE + 0j, 2), TypeError, "real numbers, got torch.complex64"),
        (lambda: scattering2d(SQUARE > 0, 2), TypeError, "real numbers, got torch.bool"),
        (lambda: scattering2d("image", 2), TypeError, "real tensor, array or nested lists"),
        (lambda: scattering2d([[1.0], [1.0, 2.0]], 2), TypeError, "real tensor, array or nested"),
        (lambda: scattering2d(None, 2), TypeError, "real tensor, array or nested lists"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_kymatio_is_not_imported_until_asked_for():
    code = (
        "import sys, torch; from dlmath.invariance.scattering import scattering2d;"
        "scattering2d(torch.ones(8, 8), 1); assert not any('kymatio' == m.split('.')[0]"
        " for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("bank", ["kymatio", "tight"])
def test_cuda(bank):
    x = noise(3, 32, 32)
    for transform in (scattering2d, scattering1d):
        y = x.cuda().requires_grad_()
        out = transform(y, 2, bank=bank)
        assert out.device == y.device
        assert relative(out.detach().cpu(), transform(x, 2, bank=bank)) <= 1e-6
        out.square().sum().backward()
        z = x.clone().requires_grad_()
        transform(z, 2, bank=bank).square().sum().backward()
        assert relative(y.grad.cpu(), z.grad) <= 1e-5


def test_the_public_names():
    assert scattering.__all__ == [
        "Path",
        "Path1d",
        "paths",
        "paths1d",
        "scattering1d",
        "scattering2d",
    ]
