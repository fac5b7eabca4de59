"""The experiment on textures: its pieces, and that it can be fooled only where it says so."""

import numpy as np
import pytest

from dlmath.invariance import textures
from dlmath.invariance.filters import tight_bank


def test_tiles_cover_the_field_once():
    field = np.arange(96 * 64).reshape(96, 64)
    tiles = textures.tiles(field)
    assert tiles.shape == (6, 32, 32)
    np.testing.assert_array_equal(tiles[1], field[:32, 32:])
    np.testing.assert_array_equal(np.sort(tiles.ravel()), field.ravel())


def test_windowed_patches_vanish_at_the_border_and_forget_their_mean():
    patches = np.random.default_rng(0).standard_normal((3, 32, 32))
    np.testing.assert_allclose(
        textures.windowed(patches + 7), textures.windowed(patches), atol=1e-12
    )
    # the first sample inside the window's zero is sin^2(pi / 33)
    edge = np.sin(np.pi / 33) ** 2
    np.testing.assert_allclose(
        textures.windowed(patches)[:, 0, 16],
        (
            (patches - patches.mean((1, 2), keepdims=True))[:, 0, 16]
            * edge
            * np.sin(17 * np.pi / 33) ** 2
        ),
    )


def test_halves_are_normalised_and_the_gaussian_ones_independent():
    for name in ("grass", "gaussian"):
        for half in textures.halves(name, seed=3):
            assert half.shape == (512, 256)
            assert abs(half.mean()) < 1e-12
            assert half.std() == pytest.approx(1)
    first, second = textures.halves("gaussian", seed=3)
    again, _ = textures.halves("gaussian", seed=3)
    other, _ = textures.halves("gaussian", seed=4)
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert not np.allclose(first, second)


def test_representations_have_the_features_of_their_orders():
    found = textures.represent(np.random.default_rng(1).standard_normal((2, 32, 32)))
    assert {name: v.shape for name, v in found.items()} == {
        "Fourier modulus": (2, 32 * 17),
        "order 1": (2, 3 * 8),
        "orders 1 and 2": (2, 3 * 8 + 3 * 64),
    }


def test_a_shift_of_a_patch_changes_no_fourier_modulus():
    patch = np.random.default_rng(2).standard_normal((1, 32, 32))
    moved = np.roll(patch, (3, 5), axis=(1, 2))
    name = "Fourier modulus"
    np.testing.assert_allclose(
        textures.represent(patch)[name], textures.represent(moved)[name], atol=1e-10
    )


def test_sparsity_is_one_for_a_tone_and_small_for_a_spike():
    psi = tight_bank((64, 64), 2).psi[0]
    n = np.arange(64)
    k = np.unravel_index(psi.argmax(), psi.shape)
    tone = np.cos(2 * np.pi * (k[0] * n[:, None] + k[1] * n) / 64)
    spike = np.zeros((64, 64))
    spike[5, 9] = 1
    assert textures.sparsity(tone, psi) == pytest.approx(1)
    assert textures.sparsity(spike, psi) < 0.3


def test_the_standard_error_of_a_gain_is_that_of_two_proportions():
    accuracy = {"Fourier modulus": 0.5, "order 1": 0.8, "orders 1 and 2": 0.9}
    wanted = np.sqrt((0.8 * 0.2 + 0.9 * 0.1) / textures.TESTS)
    assert textures.se_gain(accuracy, "order 1") == pytest.approx(wanted)
