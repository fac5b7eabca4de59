"""The pictures of the chapter on deformations: packets and banks on the line."""

from collections.abc import Sequence

import numpy as np

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.invariance.cascade import average, layers
from dlmath.invariance.deformations import (
    TOP,
    Packet,
    dilation,
    fourier_distance,
    sample,
    scattering_distance,
    uniform_gains,
    uniform_sensitivity,
    wavelet_gains,
    wavelet_sensitivity,
)
from dlmath.invariance.filters import tight_bank_1d
from dlmath.ledger import Evidence


def spectra(packets: Sequence[Packet], eps: float, n: int) -> Picture:
    """The Fourier moduli of packets, before and after a dilation, on one scale of frequency."""
    w = 2 * np.pi * np.arange(n // 2) / n
    with figure(1, len(packets), height=2.5, sharey=True) as (fig, axes):
        for ax, x in zip(axes, packets, strict=True):
            before, after = (np.abs(np.fft.rfft(sample(s, n)))[:-1] for s in (x, dilation(eps)(x)))
            near = np.abs(w - x.xi) < 0.03
            top = before.max()
            ax.plot(w[near], before[near] / top, color=BLUE, label="before")
            ax.plot(w[near], after[near] / top, color=VERMILLION, linestyle="--", label="after")
            ax.set(xlabel=r"frequency $\omega$", ylim=(-0.03, 1.1))
            ax.set_xticks([x.xi - 0.02, x.xi, x.xi + 0.02])
        axes[0].set_ylabel("modulus, scaled")
        fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return Picture(
        fig,
        "Three narrow bumps of one width, each with its copy after the stretch: the lowest copy "
        "nearly covers its bump, the middle one has moved by its width, the highest stands apart.",
    )


def fixed_product(evidence: Evidence) -> Picture:
    """Ever higher packets, ever smaller stretches: the moduli stay apart, scattering does not."""
    eps, data = np.array(evidence.data["eps"]), evidence.data
    fine = np.geomspace(eps.min(), eps.max(), 50)
    exact, guide = np.sqrt(1 + 1 / (1 - fine)), data["scattering"][-1] * fine / eps[-1]
    with figure(height=3.1) as (fig, ax):
        predicted(ax, fine, exact, color=VERMILLION, label=r"$(1 + 1/(1-\varepsilon))^{1/2}$")
        measured(ax, eps, data["fourier"], color=VERMILLION, label="Fourier modulus")
        ax.plot(fine, guide, color=GRAY, linestyle=":", label="slope 1, for the eye")
        measured(ax, eps, data["scattering"], color=GREEN, marker="s", label="scattering")
        ax.set(
            xscale="log", yscale="log", xlabel=r"stretch $\varepsilon$", ylabel="relative distance"
        )
        ax.set_xticks(eps, [f"{e:g}" for e in eps])
        ax.set_yticks([0.03, 0.1, 0.3, 2**0.5], ["0.03", "0.1", "0.3", r"$\sqrt{2}$"])
        ax.minorticks_off()
        ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(0, 0.62))
    return Picture(
        fig,
        "On logarithmic axes the points of the Fourier modulus stay on a level line while the "
        "stretch shrinks; those of scattering fall in proportion to it.",
    )


def two_banks(spacing: float) -> Picture:
    """Windows an octave wide and windows of one width, and how sensitive each bank is."""
    w = np.geomspace(0.1, TOP, 700)
    octaves = wavelet_gains(w, 5), wavelet_sensitivity(w)
    equal = uniform_gains(w, spacing, int(np.pi / spacing)), uniform_sensitivity(w, spacing)
    kept = w > spacing
    with figure(2, 2, height=4.0, sharex=True, sharey="row") as (fig, axes):
        for column, (gains, k), name in zip(
            axes.T, (octaves, equal), ("one window an octave", "equal windows"), strict=True
        ):
            for g in gains:
                on = g > 1e-6
                column[0].plot(w[on], g[on], color=BLUE, linewidth=1)
            column[0].set_title(name)
            shown = kept if name == "equal windows" else w > 1.5 * np.pi / 2**5
            predicted(column[1], w[shown], k[shown], color=GREEN, linewidth=1.2)
            column[1].set(xscale="log", xlabel=r"frequency $\xi$")
            column[1].set_xticks([0.1, 0.3, 1, 2], ["0.1", "0.3", "1", "2"])
            column[1].minorticks_off()
        axes[0, 0].set_ylabel(r"gains $\hat\psi$")
        axes[1, 0].set_ylabel(r"sensitivity $K(\xi)$")
    return Picture(
        fig,
        "Left, windows that look alike on a logarithmic axis and a sensitivity that repeats itself "
        "from octave to octave; right, windows that crowd together at high frequency and a "
        "sensitivity whose peaks climb.",
    )


def law(evidence: Evidence) -> Picture:
    """The distance of a stretched packet over the stretch, pitch by pitch, on the law's curve."""
    data = evidence.data
    w = np.geomspace(TOP / 8, TOP / 1.02, 400)
    with figure(height=3.1) as (fig, ax):
        predicted(
            ax,
            w,
            np.sqrt(wavelet_sensitivity(w) ** 2 + 0.75),
            color=GREEN,
            label=r"$(K(\xi)^2 + 3/4)^{1/2}$",
        )
        measured(ax, data["xi"], data["moved"], color=BLUE, label="measured")
        ax.set(xscale="log", xlabel=r"frequency $\xi$", ylabel=r"distance over $\varepsilon$")
        ax.set(ylim=(0, 6))
        ax.set_xticks([0.3, 0.5, 1, 2], ["0.3", "0.5", "1", "2"])
        ax.minorticks_off()
        ax.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    return Picture(
        fig,
        "A curve of three equal arches, one for each octave, and thirty points that lie on it.",
    )


def growth(evidence: Evidence) -> Picture:
    """How far a packet moves, over the stretch, for octaves and for equal bands."""
    data, spacing = evidence.data, np.pi / 16
    with figure(height=3.4) as (fig, ax):
        line = np.geomspace(1.5 * spacing, data["spots"].max(), 50)
        top = np.hypot(35 * np.pi / 32 * line / spacing, 0.75**0.5)
        label = r"$((\frac{35\pi}{32}\xi/b)^2 + \frac{3}{4})^{1/2}$"
        predicted(ax, line, top, color=VERMILLION, label=label)
        measured(
            ax, data["spots"], data["moved"], color=VERMILLION, markersize=4, label="equal bands"
        )
        ends = np.array([data["octaves"].min(), data["octaves"].max()])
        level = np.hypot(35 * np.pi / 32 / np.log(2), 0.75**0.5) * np.ones(2)
        predicted(ax, ends, level, color=GREEN, label=r"$(K_\psi^2 + \frac{3}{4})^{1/2}$")
        octaves = {"color": GREEN, "marker": "s", "markersize": 3, "markerfacecolor": "none"}
        measured(ax, data["octaves"], data["wavelets"], **octaves, label="octaves")
        ax.set(
            xscale="log",
            yscale="log",
            xlabel=r"frequency $\xi$",
            ylabel=r"distance over $\varepsilon$",
        )
        ax.set_xticks([0.2, 0.5, 1, 2], ["0.2", "0.5", "1", "2"])
        ax.minorticks_off()
        ax.legend(ncols=2, fontsize=9, loc="upper left")
    return Picture(
        fig,
        "On logarithmic axes the highest points of equal bands climb along a line of slope one, "
        "while those of the octaves touch the same level line in every octave.",
    )


def dilated(pitch: float, stretch: float) -> Picture:
    """A packet before and after a dilation: its spectrum, its bands, and two distances."""
    n, J, sigma = 1 << 11, 6, 100.0
    x = Packet(pitch, sigma)
    X, Y = sample(x, n), sample(dilation(stretch)(x), n)
    bank = tight_bank_1d(n, J)
    apart = fourier_distance(X, Y), scattering_distance(X, Y, bank)
    with figure(1, 2, height=2.8, width_ratios=(1.2, 1)) as (fig, axes):
        w = 2 * np.pi * np.arange(n // 2) / n
        near = np.abs(w - pitch) < 0.25
        spectrum = [np.abs(np.fft.fft(s))[: n // 2] for s in (X, Y)]
        top = spectrum[0].max()
        for s, colour, dash in zip(spectrum, (BLUE, VERMILLION), ("-", "--"), strict=True):
            axes[0].plot(w[near], s[near] / top, color=colour, linestyle=dash)
        axes[0].set(xlabel=r"frequency $\omega$", ylabel="Fourier modulus", ylim=(-0.03, 1.15))
        axes[0].set_title(f"Fourier: {apart[0]:.2f}", fontsize=10)
        bands = [np.sqrt((average(layers(s, bank, 1)[1], bank) ** 2).sum(-1)) for s in (X, Y)]
        place = np.arange(J)
        total = np.linalg.norm(X)
        for k, (b, colour) in enumerate(zip(bands, (BLUE, VERMILLION), strict=True)):
            label = ("before", "after")[k]
            axes[1].bar(place + 0.38 * (k - 0.5), b / total, 0.36, color=colour, label=label)
        axes[1].set(xlabel="wavelet $j$", ylabel="share of order 1", ylim=(0, 1.15), xticks=place)
        axes[1].set_title(f"scattering: {apart[1]:.3f}", fontsize=10)
        axes[1].legend(fontsize=8)
    words = [
        "do not overlap"
        if apart[0] > 1.4
        else "overlap in part"
        if apart[0] > 0.3
        else "nearly agree"
    ]
    words.append("hardly change" if apart[1] < 0.06 else "change a little")
    return Picture(
        fig,
        f"A packet of frequency {pitch:g} stretched by {stretch:g}: the two Fourier moduli "
        f"{words[0]}, and the bars of the wavelet bands {words[1]}.",
    )
