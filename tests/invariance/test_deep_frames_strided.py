"""Strides, maxima and blurs, against loops; and the network that is made of them."""

import numpy as np
import pytest
import torch

from dlmath.data import Images
from dlmath.invariance.deep_frames_strided import (
    BlurPool,
    DenseMax,
    agreement,
    blur,
    high_share,
    logits_of_shifts,
    mean_and_error,
    network,
    on_torus,
    phase_gap,
    running_max,
    running_mean,
    shifted_digits,
    subsample,
    train,
)

X = np.random.default_rng(0).standard_normal(12)


def test_running_maxima_and_means_are_loops_over_the_circle():
    for w in (1, 3, 5):
        windows = [[X[(n + i) % 12] for i in range(w)] for n in range(12)]
        np.testing.assert_allclose(running_max(X, w), [max(v) for v in windows])
        np.testing.assert_allclose(running_mean(X, w), [sum(v) / w for v in windows])


def test_subsampling_keeps_one_in_s():
    np.testing.assert_array_equal(subsample(X, 3, 1), [X[1], X[4], X[7], X[10]])
    with pytest.raises(ValueError, match="divisor of 12"):
        subsample(X, 5)


def test_the_blur_is_a_loop_and_kills_the_fastest_wave():
    slow = [(X[n - 1] + 2 * X[n] + X[(n + 1) % 12]) / 4 for n in range(12)]
    np.testing.assert_allclose(blur(X), slow)
    np.testing.assert_allclose(blur((-1.0) ** np.arange(12)), 0)


def test_the_gap_and_the_high_share():
    n = np.arange(16)
    assert phase_gap(1.0 + (-1.0) ** n) == pytest.approx(1)
    assert phase_gap(np.cos(2 * np.pi * n / 16)) == pytest.approx(0, abs=1e-12)
    assert high_share(3 + (-1.0) ** n) == pytest.approx(0.1)
    assert high_share(np.cos(np.pi * n / 2)) == pytest.approx(1)


def test_the_layers_of_torch_are_those_of_numpy():
    x = torch.from_numpy(np.random.default_rng(1).standard_normal((2, 3, 8, 8)))
    blurred = np.apply_along_axis(blur, -1, np.apply_along_axis(blur, -2, x.numpy()))
    np.testing.assert_allclose(BlurPool()(x).numpy(), blurred[..., ::2, ::2], atol=1e-14)
    dense = DenseMax()(x)
    np.testing.assert_allclose(dense[..., ::2, ::2], torch.nn.MaxPool2d(2)(x))
    np.testing.assert_allclose(dense[0, 0, 7, 7], x[0, 0][[7, 7, 0, 0], [7, 0, 7, 0]].max())


def test_agreement_is_the_share_of_agreeing_pairs():
    said = np.random.default_rng(2).integers(0, 3, (6, 5))
    pairs = [
        said[i, k] == said[j, k] for k in range(5) for i in range(6) for j in range(6) if i != j
    ]
    assert agreement(said) == pytest.approx(np.mean(pairs))
    assert agreement(np.ones((4, 3), int)) == 1


def test_shifts_stand_in_order_and_the_dense_network_is_blind_to_them():
    images = on_torus(np.random.default_rng(3).random((3, 8, 8)))
    assert images.shape == (3, 12, 12)
    net = network("max", seed=1)
    found = logits_of_shifts(net, images, reach=3)
    with torch.no_grad():
        shifted = np.roll(images, (2, 1), (1, 2))
        wanted = net(torch.from_numpy(shifted).float().unsqueeze(1)).numpy()
    np.testing.assert_allclose(found[2 * 3 + 1], wanted, atol=1e-6)
    assert np.ptp(found, axis=0).max() > 1e-4
    blind = logits_of_shifts(network("dense max", seed=1).double(), images)
    assert np.ptp(blind, axis=0).max() < 1e-13


def test_networks_and_training_repeat():
    rng = np.random.default_rng(4)
    data = Images(rng.random((130, 8, 8)), rng.integers(0, 10, 130), tuple("0123456789"), "noise")
    first, second = (shifted_digits(data, "max", train_on=100, epochs=1, seed=3) for _ in "ab")
    np.testing.assert_array_equal(first.logits, second.logits)
    assert first.logits.shape == (16, 30, 10)
    assert first.centred == np.mean(first.logits[0].argmax(-1) == first.labels)
    assert 0 <= first.everywhere <= 1
    assert 0 <= first.agreement <= 1


def test_training_learns_what_can_be_learned():
    images = np.zeros((200, 8, 8))
    labels = np.arange(200) % 2
    images[labels == 1, 3, :] = 1
    images[labels == 0, :, 3] = 1
    net = network("blurred max", seed=0)
    train(net, on_torus(images), labels, epochs=15, seed=0)
    said = logits_of_shifts(net, on_torus(images), reach=1)[0].argmax(-1)
    assert (said == labels).mean() > 0.95


def test_mean_and_standard_error():
    mean, error = mean_and_error([1.0, 2.0, 3.0, 6.0])
    assert mean == 3
    assert error == pytest.approx(np.sqrt(14 / 3 / 4))


def test_an_unknown_pooling_is_named():
    with pytest.raises(ValueError, match="pooling: wanted one of max, blurred max, dense max"):
        network("median")
