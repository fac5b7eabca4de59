r"""Wavelet filter banks in closed form, as real arrays over the discrete Fourier grid.

Two families, in two dimensions and in one.

* *Morlet* banks are kymatio's, constant for constant (Andreux et al., *Kymatio: Scattering
  transforms in Python*, JMLR 2020).  They localise well and are **not** tight.
* *Tight* banks are of Meyer type.  Their Littlewood--Paley sum is 1 at every grid point, so that
  the scattering transform that they define is a contraction and keeps the energy of its input.

Filters are sampled at $\omega = 2\pi k/N$ in the order of ``numpy.fft.fftfreq``.
"""

from dlmath.invariance._bank import FilterBank
from dlmath.invariance._filters_1d import morlet_bank_1d, tight_bank_1d
from dlmath.invariance._filters_2d import morlet_bank, tight_bank

__all__ = ["FilterBank", "morlet_bank", "morlet_bank_1d", "tight_bank", "tight_bank_1d"]
