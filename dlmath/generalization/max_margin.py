"""Where gradient descent goes on separable data: the direction, the residual, and how fast.

``Z`` is the matrix of the examples with labels absorbed, of shape (n, d). The iterates are
``w = w_hat log t + rho``: ``w_hat`` is the hard-margin vector and ``rho`` the residual. In the time
``s = log t`` the residual obeys an equation of its own, which :func:`log_time_flow` solves as far
as ``t = e^500`` and beyond; :func:`limit` says where it ends.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from dlmath.generalization.separable_data import max_margin

ON_THE_MARGIN = 1e-8
"""An example is a support vector if its margin is within this of one."""


@dataclass(frozen=True)
class Limit:
    """What the residual converges to, and the numbers that say how fast.

    Attributes:
        w_hat: The hard-margin vector, of shape (d,).
        support: Which examples have margin one, of shape (n,).
        alpha: The dual variables that gradient descent selects, of shape (n,); positive exactly on
            the support.
        w_tilde: The limit of the residual on the span of the support vectors, of shape (d,).
        projector: Onto that span, of shape (d, d).
        least: The least eigenvalue on the span of ``H``, the sum of ``alpha z z^T``; at most one.
        theta: The least margin of the other examples; infinite if there is none.
    """

    w_hat: np.ndarray
    support: np.ndarray
    alpha: np.ndarray
    w_tilde: np.ndarray
    projector: np.ndarray
    least: float
    theta: float

    @property
    def rate(self) -> float:
        """The exponent of the flow: the residual is within about ``t ** -rate`` of its limit."""
        return min(self.least, self.theta - 1)

    @property
    def shares(self) -> np.ndarray:
        """The dual variables of the support vectors, divided by their sum."""
        on = self.alpha[self.support]
        return on / on.sum()


def limit(Z: np.ndarray, step: float = 1.0) -> Limit:
    """The limit of the residual of gradient descent with this step.

    On the span of the support vectors it minimises the convex function
    ``step * sum(exp(-z v)) + w_hat v`` of the support vectors z.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
        step: Of gradient descent on the sum of the losses.

    Raises:
        ValueError: If the step is not positive, the data are not separable, or every choice of dual
            variables vanishes on some support vector, so that the residual has no limit.
    """
    if step <= 0:
        raise ValueError(f"step: wanted a positive number, got {step}")
    w_hat = max_margin(Z, np.ones(len(Z))).w
    theta = Z @ w_hat
    support = theta < 1 + ON_THE_MARGIN
    on = Z[support]
    _, sizes, axes = np.linalg.svd(on, full_matrices=False)
    axes = axes[sizes > 1e-10 * sizes[0]]
    v = _balance(on @ axes.T, axes @ w_hat) @ axes
    alpha = np.zeros(len(Z))
    alpha[support] = np.exp(-on @ v)
    inner = (axes @ on.T * alpha[support]) @ (on @ axes.T)
    return Limit(
        w_hat=w_hat,
        support=support,
        alpha=alpha,
        w_tilde=v + np.log(step) * w_hat,
        projector=axes.T @ axes,
        least=float(np.linalg.eigvalsh(inner)[0]),
        theta=float(theta[~support].min(initial=np.inf)),
    )


def _balance(on: np.ndarray, w_hat: np.ndarray) -> np.ndarray:
    """The minimiser of ``sum(exp(-z v)) + w_hat v`` by damped Newton steps."""
    v = np.zeros(on.shape[1])

    def height(at: np.ndarray) -> float:
        return float(np.exp(-on @ at).sum() + w_hat @ at)

    for _ in range(200):
        weights = np.exp(-on @ v)
        if weights.min() < 1e-12 * weights.sum():
            raise ValueError(
                "no limit of the residual: a support vector has the dual variable zero in every "
                "choice; move one of them by a little"
            )
        slope = w_hat - weights @ on
        step = np.linalg.solve((on.T * weights) @ on, slope)
        decrement, size = float(slope @ step), 1.0
        if decrement < 1e-20 * (1 + abs(height(v))):
            return v - step
        while not height(v - size * step) <= height(v) - size * decrement / 4 and size > 1e-3:
            size /= 2
        v = v - size * step
    raise ValueError("the search for the limit of the residual did not converge; rescale the data")


def log_time_flow(
    Z: np.ndarray, step: float, start: np.ndarray, log_times: np.ndarray
) -> np.ndarray:
    """The residual of gradient flow on the exponential risk, in logarithmic time.

    With ``s = log t`` and margins ``theta = Z @ w_hat`` it solves
    ``rho' = step * sum(z * exp(-z rho - (theta - 1) s)) - w_hat``. Nothing in it overflows, however
    large ``t`` is: the vector itself is ``w_hat * s + rho``.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
        step: The factor of the gradient; time counts steps of this size.
        start: The residual at the first time, of shape (d,).
        log_times: Ascending times s at which to report, the first that of the start.

    Returns:
        The residuals, of shape (len(log_times), d).

    Raises:
        ValueError: If the times do not ascend, the step is not positive, or the data are not
            separable.
    """
    log_times = np.asarray(log_times, float)
    if log_times.ndim != 1 or len(log_times) < 2 or not (np.diff(log_times) > 0).all():
        raise ValueError("log_times: wanted two or more ascending numbers")
    if step <= 0:
        raise ValueError(f"step: wanted a positive number, got {step}")
    w_hat = max_margin(Z, np.ones(len(Z))).w
    lead = Z @ w_hat - 1
    lead[lead < ON_THE_MARGIN] = 0.0  # a support vector loses nothing, even at t = e^(10^8)

    def forces(s: float, rho: np.ndarray) -> np.ndarray:
        return step * np.exp(-Z @ rho - lead * s)

    found = solve_ivp(
        lambda s, rho: forces(s, rho) @ Z - w_hat,
        (log_times[0], log_times[-1]),
        start,
        method="Radau",
        t_eval=log_times,
        rtol=1e-8,
        atol=1e-11,
        jac=lambda s, rho: -(Z.T * forces(s, rho)) @ Z,
    )
    if not found.success:
        raise ValueError(f"log_time_flow: {found.message}")
    return found.y.T


def remainder_coefficient(Z: np.ndarray, step: float, rho: np.ndarray, loss: str) -> float:
    """The coefficient C of ``log t / t`` in the residual along the hard-margin vector.

    Args:
        Z: Examples with labels absorbed, of shape (n, d).
        step: Of gradient descent.
        rho: The limit of the residual, of shape (d,).
        loss: ``"exponential"`` or ``"logistic"``.

    Raises:
        ValueError: If an example has a margin between one and two, the least eigenvalue is at most
            one half, or the loss is another.
    """
    found = limit(Z, step)
    theta = Z @ found.w_hat
    if found.theta < 2 - ON_THE_MARGIN or found.least <= 0.5:
        raise ValueError(
            "wanted margins of two or more off the support and a least eigenvalue above one half, "
            f"got {found.theta:.4g} and {found.least:.4g}"
        )
    if loss not in ("exponential", "logistic"):
        raise ValueError(f"loss: wanted 'exponential' or 'logistic', got {loss!r}")
    square = found.w_hat @ found.w_hat
    second = np.abs(theta - 2) < ON_THE_MARGIN
    near = 2 * step * np.exp(-Z[second] @ rho).sum()
    bend = (found.alpha**2).sum() / step if loss == "logistic" else 0.0
    return float(0.5 + (near - bend) / square)


def entropies(p: np.ndarray) -> tuple[float, float]:
    """Shannon's entropy of a mixture with positive weights, and its min-entropy ``-log max p``."""
    return float(-(p * np.log(p)).sum()), float(-np.log(p.max()))


def margin_of(w: np.ndarray, Z: np.ndarray) -> np.ndarray:
    """The least margin over the norm, of one vector (d,) or of many (..., d)."""
    return (w @ Z.T).min(-1) / np.linalg.norm(w, axis=-1)
