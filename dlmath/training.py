"""Gradient training of one network, or of hundreds at once.

The members of an :class:`Ensemble` have one architecture, and their parameters are stacked. One
network is the ensemble of one, so there is one loop, :func:`train`, for both. Members never mix:
the sum of their losses is differentiated, so each moves as if it were alone.
"""

import ctypes
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm

from dlmath._checkpoint import Checkpoint
from dlmath.ensembles import Ensemble, ensemble, mlp
from dlmath.minibatches import Batches

__all__ = ["Batches", "Ensemble", "History", "ensemble", "log_steps", "mlp", "train"]

Row = Mapping[str, Tensor]
Rate = float | Tensor | Callable[[Ensemble, Tensor], "float | Tensor"]
MIXING = ("Adafactor", "LBFGS", "Muon")
"""Optimizers of torch that let one entry's step depend on others, and so members mix."""


def log_steps(steps: int, per_decade: int = 10) -> list[int]:
    """The steps 0, 1, ``steps``, and some ``per_decade`` in each factor of ten between.

    Raises:
        ValueError: If ``steps`` or ``per_decade`` is less than 1.
    """
    if steps < 1 or per_decade < 1:
        raise ValueError(f"wanted steps and per_decade >= 1, got {steps} and {per_decade}")
    grid = np.geomspace(1, steps, 1 + math.ceil(per_decade * math.log10(steps)))
    return sorted({0, 1, steps, *(round(step) for step in grid)})


@dataclass
class History:
    """What was recorded: ``history.steps`` and, for each quantity, ``history[name]``."""

    steps: list[int] = field(default_factory=list)
    rows: list[dict[str, Tensor]] = field(default_factory=list)

    def __getitem__(self, name: str) -> Tensor:
        """The quantity at all recorded steps, on the CPU, of shape (records, ...)."""
        if not self.rows or name not in self.rows[0]:
            raise KeyError(f"{name!r}: recorded are {sorted(self.rows[0]) if self.rows else []}")
        return torch.stack([row[name] for row in self.rows])


def train(
    model: Ensemble,
    loss: Callable[..., Tensor],
    steps: int,
    *,
    lr: Rate | None = None,
    optimizer: Callable[[list[Tensor]], Any] | None = None,
    batches: Callable[[int], Any] | None = None,
    generator: torch.Generator | None = None,
    record: Callable[[Ensemble], Mapping[str, Tensor]] | None = None,
    record_at: Iterable[int] | None = None,
    stop: Callable[[Row], bool] | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> History:
    """Take gradient steps, in place, and return what was recorded on the way.

    Args:
        model: The ensemble; its parameters change.
        loss: ``loss(model)``, or ``loss(model, batch)`` if there are batches: one number a member,
            of shape (E,).
        steps: How many steps to take.
        lr: The step size of plain gradient descent: a number, one a member as a tensor (E,), or a
            function of the model and its losses that returns either.
        optimizer: In its place, ``optimizer(parameters)`` gives one of torch's, for instance
            ``functools.partial(torch.optim.Adam, lr=1e-3)``. It must treat every entry alone.
        batches: ``batches(step)`` is handed to the loss; see :class:`Batches`.
        generator: Whatever else the loss draws from; its state is kept in the checkpoint.
        record: Further quantities, by name, computed without gradient beside ``"loss"``.
        record_at: The steps before which to record, by default ``log_steps(steps)``.
        stop: Asked at each record, with the recorded row; True ends the run.
        checkpoint: A file, written whole at each record. If it is there, the run goes on from it
            and ends in the same bits as a run that was never interrupted.
        progress: Show a bar.

    Raises:
        ValueError: If not exactly one of ``lr`` and ``optimizer`` is given, the optimizer mixes
            entries, the loss has another shape, or the checkpoint is of another run.
        FloatingPointError: If a recorded loss is not finite.
    """
    _keep_freed_memory()
    at = set(log_steps(steps) if record_at is None else record_at)
    with _with_gradients(model) as params:
        update, inner = _updater(model, params, lr, optimizer)
        file = Checkpoint(checkpoint, model.params, inner, generator)
        first, history = _resume(file, steps)
        visit = _Recorder(model, history, file, record, stop, _rate(lr, inner))
        for step in tqdm(range(first, steps + 1), disable=not progress):
            file.begin()
            losses = loss(model) if batches is None else loss(model, batches(step))
            _check_shape(losses, len(model))
            if step in at and visit(step, losses):
                break
            if step < steps:
                update(losses)
    return history


@dataclass
class _Recorder:
    """Enters a step into the history and the file, once, and says whether the run is over."""

    model: Ensemble
    history: History
    file: Checkpoint
    record: Callable[[Ensemble], Mapping[str, Tensor]] | None
    stop: Callable[[Row], bool] | None
    rate: Any

    def __call__(self, step: int, losses: Tensor) -> bool:
        """Whether to stop here."""
        steps, rows = self.history.steps, self.history.rows
        if step not in steps:  # else the run goes on from a checkpoint at this very step
            rows.append(self._row(step, losses.detach()))
            steps.append(step)
            self.file.save(step, steps, rows)
        return self.stop is not None and self.stop(rows[steps.index(step)])

    def _row(self, step: int, losses: Tensor) -> dict[str, Tensor]:
        wild = (~losses.isfinite()).nonzero().flatten().tolist()
        if wild:
            raise FloatingPointError(
                f"step {step}: the loss of member {wild[0]} is {float(losses[wild[0]])} with "
                f"lr = {self.rate}; take smaller steps"
            )
        with torch.no_grad():
            found = {"loss": losses, **(self.record(self.model) if self.record else {})}
        # A copy: a recorded parameter would otherwise go on moving.
        return {name: value.detach().cpu().clone() for name, value in found.items()}


def _rate(lr: Rate | None, optimizer: Any) -> Any:
    """The step size, as an error names it."""
    return lr if optimizer is None else optimizer.param_groups[0]["lr"]


def _resume(file: Checkpoint, steps: int) -> tuple[int, History]:
    """The step to go on from, and what was recorded up to it."""
    state = file.load()
    if state is None:
        return 0, History()
    if state["step"] > steps:
        raise ValueError(
            f"checkpoint {file.path}: it is of step {state['step']}, beyond the {steps} steps asked"
        )
    return state["step"], History(state["steps"], state["rows"])


@contextmanager
def _with_gradients(model: Ensemble) -> Iterator[list[Tensor]]:
    """The parameters, asking for gradients while the run lasts."""
    params = list(model.params.values())
    try:
        for p in params:
            p.requires_grad_()
        yield params
    finally:
        for p in params:
            p.requires_grad_(False)
            p.grad = None


def _updater(
    model: Ensemble, params: list[Tensor], lr: Rate | None, optimizer: Any
) -> tuple[Callable[[Tensor], None], Any]:
    """What takes a step, given the losses; and torch's optimizer, if there is one."""
    if (lr is None) == (optimizer is None):
        raise ValueError("wanted a step size lr, or an optimizer; got both or neither")
    if optimizer is None:
        return lambda losses: _descend(model, params, lr, losses), None
    inner = optimizer(params)
    if type(inner).__name__ in MIXING:
        raise ValueError(
            f"optimizer: wanted one that treats every entry alone, such as Adam; "
            f"{type(inner).__name__} would mix the members"
        )

    def update(losses: Tensor) -> None:
        inner.zero_grad()
        losses.sum().backward()
        inner.step()

    return update, inner


def _descend(model: Ensemble, params: list[Tensor], lr: Any, losses: Tensor) -> None:
    """A step of plain gradient descent, without torch.optim and the import that it begins with."""
    gradients = torch.autograd.grad(losses.sum(), params)
    with torch.no_grad():
        rate: Any = lr(model, losses.detach()) if callable(lr) else lr
        if isinstance(rate, Tensor) and rate.shape not in ((), losses.shape):
            raise ValueError(
                f"lr: wanted a number, or one a member of shape {tuple(losses.shape)}, "
                f"got shape {tuple(rate.shape)}"
            )
        for p, gradient in zip(params, gradients, strict=True):
            if isinstance(rate, Tensor):
                p.sub_(gradient * rate.to(p).reshape(-1, *[1] * (p.ndim - 1)))
            else:
                p.sub_(gradient, alpha=rate)


def _check_shape(losses: Tensor, members: int) -> None:
    if losses.shape != (members,):
        raise ValueError(
            f"loss: wanted one number a member, of shape ({members},), "
            f"got {tuple(losses.shape)}; take the mean over examples, not over members"
        )


@functools.cache
def _keep_freed_memory() -> None:
    """Let glibc keep up to 256 MB that it frees.

    A step of a large ensemble allocates and frees the same megabytes again and again. By default
    they go back to the system each time, and fetching them anew takes half of the step.
    """
    trim_threshold, mmap_threshold = -1, -3
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library
        return
    mallopt(mmap_threshold, 1 << 28)
    mallopt(trim_threshold, 1 << 28)
