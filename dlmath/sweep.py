"""One function, many settings: :func:`sweep` runs what a store does not have yet.

What has finished is in the store, whole, and never runs again: after an interruption, a killed
worker or a full disk the same call goes on where the last one stopped. Durability is the store's;
any executor will do that has ``submit(function, *arguments)`` and futures with ``result()``: none
(here, one after the other), ``concurrent.futures.ProcessPoolExecutor``, a
``dask.distributed.Client``, a ``submitit.AutoExecutor``.
"""

import contextlib
import functools
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from tqdm.auto import tqdm

from dlmath._store import Missing, Store, address, code_version, key, plain


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

    def __reduce__(self) -> tuple[Any, ...]:
        """How it travels between processes."""
        return type(self), (self.failures, self.done)


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
    that this imports from the folder that it stands in and from ``dlmath``. Change a line, and it
    runs again. What was installed, and data that are read, are not part of it: take another store
    for other data or versions, or put them into the settings.

    Args:
        fn: At the top level of a module, so that other processes find it; returns plain data
            (numbers, strings, lists, dicts; arrays come back as lists).
        settings: Keyword arguments, plain data; equal ones run once.
        store: A folder. Two sweeps may use it at once. Workers write to it too; one that cannot
            sends its result, which is kept here when its turn comes.
        executor: What to submit to; None runs here. If it is a function without arguments (or a
            class) it is called for an executor, and again if that one breaks, as a pool does
            whose worker was killed.
        attempts: So many times in a row the lost settings may be sent again without a single new
            result; then each is tried once more, alone.
        progress: Whether to show a bar.

    Returns:
        The results, in the order of the settings.

    Raises:
        TypeError: If the function or a setting cannot be named.
        SweepFailed: If a setting raised, or was lost with its worker; the others have run.
        OSError: If a result cannot be written here; what finished before is in the store.
    """
    code = code_version(fn)
    run = _Run(fn, Store(store), [address(fn, setting, code) for setting in settings])
    with tqdm(total=len(run.places), disable=not progress, unit="job") as run.bar:
        run.look()
        if executor is None:
            run.here()
        else:
            run.insist(executor, attempts)
    wrong = run.failures | {name: run.lost.get(name, "not begun") for name in run.missing}
    if wrong:
        failures = [(run.places[name]["setting"], words) for name, words in wrong.items()]
        raise SweepFailed(failures, len(run.results))
    return [run.results[name] for name in run.order]


def job(fn: Callable[..., Any], folder: str, place: dict[str, Any]) -> tuple[str, Any]:
    """Run one setting in a worker, and say how it went.

    What goes wrong is brought back in words, since not every exception can travel.

    Returns:
        ``("done", result)`` or ``("raised", traceback)``. A result that the worker could not write
        comes back all the same.
    """
    kept = Store(folder)
    with contextlib.suppress(Missing):
        return "done", kept.read(place)
    if _loaded(fn) != place["code"]:
        return "raised", "the source changed since the sweep began; start it again"
    try:
        result = plain(fn(**place["setting"]), place["function"])
    except Exception:
        return "raised", traceback.format_exc()
    with contextlib.suppress(OSError):  # whoever collects it will try again, and say so
        kept.write(place, result)
    return "done", result


@functools.lru_cache(maxsize=64)
def _loaded(fn: Callable[..., Any]) -> str:
    """The version of the code that this process runs."""
    return code_version(fn)


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

    def insist(self, executor: Executor | Callable[[], Executor], attempts: int) -> None:
        """Send what is missing until nothing new comes of it, then each setting alone.

        A setting that kills its worker takes others down with it. So the order turns with every
        round: what stood behind it comes first in the next.
        """
        barren = turn = 0
        while self.missing and barren < attempts:
            before = len(self.missing)
            self.elsewhere(executor, self.missing[:: -1 if turn % 2 else 1])
            turn += 1
            barren = 0 if len(self.missing) < before else barren + 1
        for name in self.missing:
            self.elsewhere(executor, [name])

    def elsewhere(self, executor: Executor | Callable[[], Executor], names: list[str]) -> None:
        """Submit settings; note what was lost with a worker."""
        owned = isinstance(executor, type) or not hasattr(executor, "submit")
        engine: Any = executor() if owned else executor  # type: ignore[operator]
        try:
            for name, future in self.submitted(engine, names).items():
                self.collect(name, future)
        finally:
            if owned and hasattr(engine, "shutdown"):
                engine.shutdown(wait=False, cancel_futures=True)
        self.look()  # a worker may have finished a job and died before it could say so

    def submitted(self, engine: Any, names: list[str]) -> dict[str, Any]:
        """Send settings; the futures, as many as it took."""
        futures: dict[str, Any] = {}
        try:
            with getattr(engine, "batch", contextlib.nullcontext)():  # submitit: one array
                for name in names:
                    place = self.places[name]
                    futures[name] = engine.submit(job, self.fn, str(self.kept.folder), place)
        except Exception as error:  # it broke while we were submitting
            for name in names:  # what an earlier attempt said is kept
                self.lost.setdefault(name, f"not begun ({_words(error)})")
        return futures

    def collect(self, name: str, future: Any) -> None:
        """Wait for one job."""
        try:
            kind, value = future.result()
        except Exception as error:
            self.lost[name] = f"lost with its worker ({_words(error)})"
        else:
            self.take(name, kind, value)

    def take(self, name: str, kind: str, value: Any) -> None:
        """Note how a job went; keep a result that the worker could not."""
        if kind == "done":
            try:
                self.kept.read(self.places[name])
            except Missing:
                self.kept.write(self.places[name], value)
        (self.results if kind == "done" else self.failures)[name] = value
        self.bar.update()


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
