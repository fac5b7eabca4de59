"""One function, many settings: :func:`sweep` runs what a store does not have yet.

What has finished is in the store, whole, and never runs again: after an interruption, a killed
worker or a full disk the same call goes on where the last one stopped. Durability is the store's;
any executor will do that has ``submit(function, *arguments)`` and futures with ``result()``: none
(here, one after the other), ``concurrent.futures.ProcessPoolExecutor``, a
``dask.distributed.Client``, a ``submitit.AutoExecutor``.
"""

import contextlib
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from tqdm.auto import tqdm

from dlmath._store import Missing, Store, address, key


class Executor(Protocol):
    """What runs a call elsewhere."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Begin a call; what comes back has ``result()``."""
        ...


class SweepFailed(RuntimeError):
    """Some settings gave no result. All that finished is in the store.

    Attributes:
        failures: The settings and, for each, the last line or the traceback of what went wrong.
        done: How many settings have their result.
    """

    def __init__(self, failures: list[tuple[dict[str, Any], str]], done: int) -> None:
        """Say how many, and the first."""
        self.failures, self.done = failures, done
        setting, words = failures[0]
        super().__init__(
            f"{len(failures)} of {len(failures) + done} settings gave no result; the others are in "
            f"the store, and the same call runs only what is missing. First: {setting}\n{words}"
        )


def sweep(
    fn: Callable[..., Any],
    settings: Iterable[Mapping[str, Any]],
    *,
    store: str | Path,
    executor: Executor | Callable[[], Executor] | None = None,
    attempts: int = 3,
    progress: bool = True,
) -> list[Any]:
    """Run ``fn(**setting)`` for every setting that has no result yet.

    A result belongs to the function, its setting and its code: the source of its module and of all
    that this imports from its own package and from ``dlmath``. Change a line, and it runs again.

    Args:
        fn: At the top level of a module, so that other processes find it; returns plain data
            (numbers, strings, lists, dicts; arrays come back as lists).
        settings: Keyword arguments, plain data; equal ones run once.
        store: A folder. Two sweeps may use it at once. Workers write to it too; one that cannot
            see it writes to a folder of this name on its own disk, and its result is kept here when
            it arrives.
        executor: What to submit to; None runs here. If it is a function without arguments it is
            called for an executor, and again if that one breaks (a pool whose worker was killed).
        attempts: How often a setting may be tried that is lost with its worker.
        progress: Whether to show a bar.

    Returns:
        The results, in the order of the settings.

    Raises:
        TypeError: If the function or a setting cannot be named.
        SweepFailed: If a setting raised, or was lost with its worker; the others have run.
        OSError: If a result cannot be written here; what finished before is in the store.
    """
    run = _Run(fn, Store(store), [address(fn, setting) for setting in settings])
    with tqdm(total=len(run.places), disable=not progress, unit="job") as run.bar:
        run.look()
        for _ in range(attempts):
            if not run.missing:
                break
            run.here() if executor is None else run.elsewhere(executor)
    wrong = run.failures | {name: run.lost.get(name, "not begun") for name in run.missing}
    if wrong:
        failures = [(run.places[name]["setting"], words) for name, words in wrong.items()]
        raise SweepFailed(failures, len(run.results))
    return [run.results[name] for name in run.order]


def job(fn: Callable[..., Any], folder: str, place: dict[str, Any]) -> tuple[str, Any]:
    """Run one setting in a worker, and say how it went.

    What goes wrong is brought back in words, since not every exception can travel.

    Returns:
        ``("done", result)``; ``("raised", traceback)``; or ``("unwritable", arguments)`` of the
        OSError if the store could not take the result, which is no fault of the setting.
    """
    kept = Store(folder)
    try:
        return "done", kept.read(place)
    except Missing:
        pass
    try:
        result = fn(**place["setting"])
    except Exception:
        return "raised", traceback.format_exc()
    try:
        return "done", kept.write(place, result)
    except OSError as error:
        return "unwritable", error.args
    except TypeError as error:
        return "raised", str(error)


class _Run:
    """A sweep under way: what is wanted, what there is, what went wrong."""

    def __init__(self, fn: Callable[..., Any], kept: Store, places: list[dict[str, Any]]) -> None:
        self.fn, self.kept = fn, kept
        self.order = [key(place) for place in places]
        self.places = dict(zip(self.order, places, strict=True))
        self.results: dict[str, Any] = {}
        self.failures: dict[str, str] = {}
        self.lost: dict[str, str] = {}
        self.bar: Any = None

    @property
    def missing(self) -> list[str]:
        """What has neither a result nor a failure of its own."""
        return [n for n in self.places if n not in self.results and n not in self.failures]

    def look(self) -> None:
        """Take what the store has."""
        for name in self.missing:
            with contextlib.suppress(Missing):
                self.take(name, "done", self.kept.read(self.places[name]))

    def here(self) -> None:
        """Run what is missing in this process, one after the other."""
        for name in self.missing:
            self.take(name, *job(self.fn, str(self.kept.folder), self.places[name]))

    def elsewhere(self, executor: Executor | Callable[[], Executor]) -> None:
        """Submit what is missing; note what was lost with a worker."""
        owned = not hasattr(executor, "submit")
        engine: Any = executor() if owned else executor  # type: ignore[operator]
        try:
            for name, future in self.submitted(engine).items():
                self.collect(name, future)
        finally:
            if owned and hasattr(engine, "shutdown"):
                engine.shutdown(wait=False, cancel_futures=True)
        self.look()  # a worker may have finished a job and died before it could say so

    def submitted(self, engine: Any) -> dict[str, Any]:
        """Send what is missing; the futures, as many as it took."""
        futures: dict[str, Any] = {}
        try:
            with getattr(engine, "batch", contextlib.nullcontext)():  # submitit: one array
                for name in self.missing:
                    place = self.places[name]
                    futures[name] = engine.submit(job, self.fn, str(self.kept.folder), place)
        except Exception as error:  # it broke while we were submitting
            for name in self.missing:  # what an earlier attempt said is kept
                self.lost.setdefault(name, f"not begun ({_words(error)})")
        return futures

    def collect(self, name: str, future: Any) -> None:
        """Wait for one job."""
        try:
            kind, value = future.result()
        except Exception as error:
            self.lost[name] = f"lost with its worker ({_words(error)})"
        else:
            if kind == "done" and not self.kept.path(self.places[name]).exists():
                self.kept.write(self.places[name], value)  # the worker's disk is another one
            self.take(name, kind, value)

    def take(self, name: str, kind: str, value: Any) -> None:
        """Note how a job went."""
        if kind == "unwritable":
            raise OSError(*value)
        (self.results if kind == "done" else self.failures)[name] = value
        self.bar.update()


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
