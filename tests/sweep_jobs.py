"""Functions that other processes can find."""

import os
import signal
import time
from pathlib import Path


def square(x, log=None):
    if log:
        with open(log, "a") as stream:
            stream.write(f"{x}\n")
    return {"x": x, "square": x * x}


def slow(x, log, pause=0.05):
    with open(log, "a") as stream:
        stream.write(f"{x} {os.getpid()}\n")
    time.sleep(pause)
    return x * x


def deadly(x, log, once):
    """Kills its own worker at x = 9, the first time."""
    with open(log, "a") as stream:
        stream.write(f"{x} {os.getpid()}\n")
    time.sleep(0.02)
    if x == 9:
        try:
            Path(once).touch(exist_ok=False)
        except FileExistsError:
            return x * x
        os.kill(os.getpid(), signal.SIGKILL)
    return x * x


def picky(x):
    if x == 3:
        raise ValueError("three is not wanted")
    return x


def strange(x):
    return object() if x else {"nan": float("nan")}


def murderous(x):
    """Kills its own worker at x = 0, every time."""
    if x == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return x
