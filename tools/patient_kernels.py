"""A plugin for pytest: nbval starts a kernel again that does not answer.

A free port is found by one process and bound by another a moment later. With two workers, and a
browser beside them, somebody else takes it now and then, and the kernel is never heard of.
"""

import functools
from typing import Any

import nbval.kernel

TRIES = 3


def patient(start: Any) -> Any:
    """The function, called again up to three times in all while it raises ``RuntimeError``."""

    @functools.wraps(start)
    def again(*arguments: Any, **options: Any) -> Any:
        for _ in range(TRIES - 1):
            try:
                return start(*arguments, **options)
            except RuntimeError:  # no answer within the time allowed
                continue
        return start(*arguments, **options)

    return again


nbval.kernel.start_new_kernel = patient(nbval.kernel.start_new_kernel)
