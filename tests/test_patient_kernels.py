"""A kernel that does not answer is started again, and not for ever."""

import pytest

from tools.patient_kernels import TRIES, patient


@pytest.mark.parametrize("silent", range(TRIES))
def test_a_silent_kernel_is_started_again(silent):
    calls = []

    @patient
    def start(timeout, *, name):
        calls.append((timeout, name))
        if len(calls) <= silent:
            raise RuntimeError("no answer")
        return "kernel"

    assert start(60, name="python") == "kernel"
    assert calls == [(60, "python")] * (silent + 1)


def test_one_that_never_answers_is_given_up():
    calls = []

    @patient
    def start():
        calls.append(1)
        raise RuntimeError("no answer")

    with pytest.raises(RuntimeError, match="no answer"):
        start()
    assert len(calls) == TRIES


def test_other_faults_are_not_hidden():
    @patient
    def start():
        raise KeyError("python")

    with pytest.raises(KeyError):
        start()
