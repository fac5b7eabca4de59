"""The pictures of the chapter on the wavelet scattering network."""

from collections.abc import Mapping, Sequence

import numpy as np

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    figure,
    image,
    measured,
    predicted,
)
from dlmath.invariance.cascade import Energies, average, layers, translate
from dlmath.invariance.filters import FilterBank, tight_bank_1d
from dlmath.ledger import Evidence

ORDER_COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY)


def row(images: Sequence[np.ndarray], titles: Sequence[str], alt: str) -> Picture:
    """Images side by side, on one grey scale."""
    low, high = min(map(np.min, images)), max(map(np.max, images))
    with figure(1, len(images), height=2.5) as (fig, axes):
        for ax, array, title in zip(axes, images, titles, strict=True):
            image(ax, array, cmap="gray", vmin=low, vmax=high)
            ax.set_title(title)
    return Picture(fig, alt)


def bank_1d(bank: FilterBank) -> Picture:
    """The filters of a bank on the line, and their Littlewood-Paley sum."""
    half = bank.phi.size // 2
    w = 2 * np.arange(half) / bank.phi.size
    with figure(height=2.9) as (fig, ax):
        ax.plot(w, bank.phi[:half] ** 2, color=GRAY, label=r"$|\hat\phi|^2$")
        for k, psi in enumerate(bank.psi):
            label = r"$|\hat\psi_\lambda|^2/2$" if k == 0 else None
            ax.plot(w, psi[:half] ** 2 / 2, color=BLUE, label=label)
        measured(
            ax, w[::8], bank.littlewood_paley()[:half:8], color=VERMILLION, label=r"$A(\omega)$"
        )
        ax.set(xlabel=r"frequency $\omega/\pi$", ylabel="squared gain", ylim=(-0.03, 1.12))
        ax.legend(loc="center right")
    return Picture(
        fig,
        "Bumps, each an octave below the last, cover the positive frequencies; a low-pass bump "
        "takes what is left near zero, and the points of their sum lie on the line at one.",
    )


def littlewood_paley_maps(banks: Mapping[str, FilterBank]) -> Picture:
    """The Littlewood-Paley sum of two-dimensional banks over the plane of frequencies."""
    with figure(1, len(banks), height=2.9) as (fig, axes):
        for ax, (name, bank) in zip(axes, banks.items(), strict=True):
            shown = ax.imshow(
                np.fft.fftshift(bank.littlewood_paley()),
                vmin=0,
                vmax=1.1,
                extent=(-1, 1, -1, 1),
                origin="lower",
            )
            ax.grid(visible=False)
            ax.set(title=name, xlabel=r"$\omega_2/\pi$", ylabel=r"$\omega_1/\pi$")
        fig.colorbar(shown, ax=axes, label=r"$A(\omega)$", shrink=0.8)
    return Picture(
        fig,
        "Two square maps of the frequency plane: for the tight bank one flat colour, for Kymatio's "
        "bank bright near the centre, darker outwards in a pattern of petals, dark in the corners.",
    )


def energy_bars(found: Mapping[str, Energies]) -> Picture:
    """Where the energy of each signal is averaged, order by order."""
    names = list(found)[::-1]
    with figure(height=0.8 + 0.38 * len(names)) as (fig, ax):
        left = np.zeros(len(names))
        orders = max(len(e.averaged) for e in found.values())
        for k in range(orders):
            share = np.array([dict(enumerate(found[n].averaged)).get(k, 0.0) for n in names])
            colour = ORDER_COLOURS[k]
            ax.barh(names, share, left=left, color=colour, label=f"order {k}", height=0.7)
            left += share
        rest = [found[n].residual for n in names]
        ax.barh(names, rest, left=left, color=VERMILLION, label="deeper", height=0.7)
        ax.set(xlabel=r"share of $\|x\|^2$", xlim=(0, 1))
        ax.grid(visible=False)
        ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=5, columnspacing=1)
    return Picture(
        fig,
        "One bar for each signal, split by order: orders 0 and 1 hold most of nearly every bar, "
        "order 2 most of the rest, and what is left for deeper layers can hardly be seen.",
    )


def translation(evidence: Evidence) -> Picture:
    """How far a shift by one sample moves the scattering vector, against the scale."""
    data = evidence.data
    J = np.array(data["scales"])
    with figure() as (fig, ax):
        edge = 1.5 * np.pi * 2.0**-J
        predicted(ax, J, edge, color=GRAY, label=r"the bound $D\,2^{-J}$, every depth")
        predicted(
            ax,
            J,
            data["peak"] * 2.0**-J,
            color=BLUE,
            label=r"$K_\Phi\,2^{-J}$, the worst at order 0",
        )
        measured(ax, J, np.array(data["worst"]) * 2.0**-J, color=BLUE, label="the worst tone")
        moved = np.array(data["share"]) * edge[:, None]
        for k, series in enumerate(moved.T):
            label = "five signals, orders 0 to 2" if k == 0 else None
            measured(ax, J, np.maximum(series, 1e-6), color=VERMILLION, alpha=0.8, label=label)
        ax.set(
            xlabel=r"scale $J$",
            ylabel=r"$\|S L_1 x - S x\| / \|x\|$",
            yscale="log",
            ylim=(1e-3, 1),
            xticks=J,
        )
        ax.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "On a logarithmic axis the points of the worst tone lie on a line that halves at each "
        "scale; the points of five other signals lie under it and fall alike or faster.",
    )


def accuracies(evidence: Evidence) -> Picture:
    """How often a patch is told from its phase-randomised copy, by representation."""
    found = {**evidence.data["accuracy"], "Gaussian field": evidence.data["null"]}
    representations = list(evidence.data["null"])
    with figure(height=2.8) as (fig, ax):
        x = np.arange(len(representations))
        predicted(ax, [-0.4, x[-1] + 0.4], [0.5, 0.5], color=GRAY, label="chance")
        for k, ((name, accuracy), marker) in enumerate(zip(found.items(), "os^D", strict=False)):
            values = [accuracy[r] for r in representations]
            measured(
                ax, x + 0.12 * (k - 1), values, color=ORDER_COLOURS[k], label=name, marker=marker
            )
        ax.set(ylabel="accuracy", ylim=(0.35, 1.03), xticks=x, xticklabels=representations)
        ax.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
    return Picture(
        fig,
        "For two textures accuracy climbs from a little above chance with the Fourier modulus to "
        "almost perfect with orders 1 and 2; for a Gaussian field it stays at chance throughout.",
    )


def few_labels(curves: Mapping[str, Mapping[int, float]]) -> Picture:
    """Test error on digits against the number of labels."""
    with figure() as (fig, ax):
        for (name, curve), marker in zip(curves.items(), "osD^v", strict=False):
            error = [1 - v for v in curve.values()]
            ax.plot(list(curve), error, label=name, marker=marker, linestyle="--", linewidth=1)
        ticks = sorted({n for curve in curves.values() for n in curve})
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="labelled digits",
            ylabel="test error",
            xticks=ticks,
            xticklabels=[str(n) for n in ticks],
        )
        ax.minorticks_off()
        ax.set_yticks([0.01, 0.03, 0.1, 0.3], ["1 %", "3 %", "10 %", "30 %"])
        ax.legend(fontsize=9)
    return Picture(
        fig,
        "Error falls with the number of labels on every curve; scattering lies below raw pixels "
        "at every number, and order 1 at the smaller scale does no worse than two orders.",
    )


def moving(J: int, shift: int) -> Picture:
    """A signal and its shifted copy, and their first-order coefficients: what moves, what stays."""
    n = 512
    x = two_bursts(n)
    y = translate(x, shift)
    bank = tight_bank_1d(n, J, Q=1)
    first, moved = (average(layers(s, bank, 1)[1], bank) for s in (x, y))
    change = np.linalg.norm(first - moved) / np.linalg.norm(first)
    with figure(3, 1, height=4.6, sharex=True, height_ratios=(1, 1.1, 1.1)) as (fig, axes):
        axes[0].plot(x, color=BLUE, linewidth=1, label="signal")
        axes[0].plot(y, color=VERMILLION, linewidth=1, alpha=0.8, label="shifted")
        axes[0].set_title(
            f"J = {J}, shift {shift}: the coefficients moved by {change:.2f} of their norm",
            fontsize=10,
        )
        axes[0].legend(ncols=2, fontsize=8, loc="upper right")
        high = max(first.max(), moved.max())
        for ax, array, name in zip(axes[1:], (first, moved), ("signal", "shifted"), strict=True):
            ax.imshow(
                array[:, ::4],  # averages are slow: a quarter of the samples shows them all
                aspect="auto",
                vmin=0,
                vmax=high,
                extent=(0, n, len(array) - 0.5, -0.5),
            )
            ax.grid(visible=False)
            ax.set(ylabel=f"wavelet\n({name})", yticks=range(0, len(array), 2))
        axes[2].set_xlabel("sample")
    words = (
        "hardly change" if change < 0.1 else "change a little" if change < 0.4 else "change a lot"
    )
    words = "do not change" if shift == 0 else words
    return Picture(
        fig,
        f"Two bursts of different pitch and their copy shifted by {shift} samples, above their "
        f"first-order coefficients at scale {J}: the coefficients {words}.",
    )


def two_bursts(n: int) -> np.ndarray:
    """A low burst and a high one, ``n`` samples."""
    t = np.arange(n)
    low = np.exp(-(((t - 0.3 * n) / 5) ** 2)) * np.cos(2 * np.pi * (t - 0.3 * n) / 8)
    high = np.exp(-(((t - 0.65 * n) / 2) ** 2)) * np.cos(2 * np.pi * (t - 0.65 * n) / 3)
    return low + high
