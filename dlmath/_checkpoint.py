"""The file from which an interrupted run goes on."""

import os
import pickle
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


class Checkpoint:
    """State of a run in a file: written whole or not at all, read with all that it must fit.

    Args:
        path: The file; None keeps nothing.
        params: The parameters, which loading changes in place.
        optimizer: One of torch's, or None.
        generator: Whose state belongs to the run, or None.
    """

    def __init__(
        self,
        path: str | Path | None,
        params: Mapping[str, Tensor],
        optimizer: Any = None,
        generator: torch.Generator | None = None,
    ) -> None:
        """Remember what belongs to the run."""
        self.path = None if path is None else Path(path)
        self.params, self.optimizer, self.generator = params, optimizer, generator
        self._random: Tensor | None = None

    def begin(self) -> None:
        """Note the generator's state before the loss of a step draws from it."""
        if self.path and self.generator is not None:
            self._random = self.generator.get_state()

    def save(self, step: int, steps: list[int], rows: list[dict[str, Tensor]]) -> None:
        """Write the state before the update of a step, and what was recorded so far."""
        if self.path is None:
            return
        state = {
            "step": step,
            "steps": steps,
            "rows": rows,
            "params": {name: p.detach().cpu() for name, p in self.params.items()},
            "optimizer": self.optimizer.state_dict() if self.optimizer else None,
            "random": self._random,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                torch.save(state, stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def load(self) -> dict[str, Any] | None:
        """Set the run to the saved state; return it, or None if there is no file.

        Raises:
            ValueError: If the file cannot be read, or is of another run.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            state = torch.load(self.path, weights_only=True, map_location="cpu")
            saved = {name: (p.shape, p.dtype) for name, p in state["params"].items()}
        except (RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as error:
            raise ValueError(
                f"checkpoint {self.path}: not the file of a run ({type(error).__name__}); "
                "move it away to begin anew"
            ) from error
        wanted = {name: (p.shape, p.dtype) for name, p in self.params.items()}
        same = (state["optimizer"] is None) == (self.optimizer is None)
        drawn = (state["random"] is None) == (self.generator is None)
        if saved != wanted or not same or not drawn:
            raise ValueError(
                f"checkpoint {self.path}: it is of another run, with the parameters {saved}, "
                f"{'no' if state['optimizer'] is None else 'an'} optimizer and "
                f"{'no' if state['random'] is None else 'a'} generator; name another file, or move "
                "it away to begin anew"
            )
        self._restore(state)
        return state

    def _restore(self, state: dict[str, Any]) -> None:
        with torch.no_grad():
            for name, p in self.params.items():
                p.copy_(state["params"][name])
        if self.optimizer:
            self.optimizer.load_state_dict(state["optimizer"])
        if self.generator is not None:
            self.generator.set_state(state["random"])
