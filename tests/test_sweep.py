"""A sweep loses nothing that has finished, and runs nothing twice."""

import errno
import functools
import json
import math
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import distributed
import made_up_slurm
import numpy as np
import pytest
import submitit
import sweep_jobs as jobs

from dlmath._store import Missing, Store, address, code_version, plain
from dlmath.sweep import SweepFailed, sweep


def lines(path):
    return Path(path).read_text().split("\n")[:-1] if Path(path).exists() else []


def pool():
    return ProcessPoolExecutor(2)


def test_results_come_in_order_and_are_kept(tmp_path):
    log = str(tmp_path / "log")
    settings = [dict(x=x, log=log) for x in (3, 1, 2, 1)]
    found = sweep(jobs.square, settings, store=tmp_path / "s", progress=False)
    assert [r["square"] for r in found] == [9, 1, 4, 1]
    assert sorted(lines(log)) == ["1", "2", "3"]
    again = sweep(
        jobs.square, [*settings, dict(x=5, log=log)], store=tmp_path / "s", progress=False
    )
    assert again == [*found, {"x": 5, "square": 25}]
    assert sorted(lines(log)) == ["1", "2", "3", "5"]


def test_a_setting_that_raises_costs_only_itself(tmp_path):
    for executor in (None, pool):
        with pytest.raises(SweepFailed, match="1 of 5 settings") as caught:
            sweep(
                jobs.picky,
                [dict(x=x) for x in range(5)],
                store=tmp_path / f"{executor}",
                executor=executor,
                progress=False,
            )
        assert caught.value.done == 4
        [(setting, words)] = caught.value.failures
        assert setting == {"x": 3}
        assert "three is not wanted" in words
    rest = [dict(x=x) for x in (0, 1, 2, 4)]
    assert sweep(jobs.picky, rest, store=tmp_path / "None", progress=False) == [0, 1, 2, 4]


def test_a_worker_killed_in_a_pool_loses_nothing_that_finished(tmp_path):
    log, once = str(tmp_path / "log"), str(tmp_path / "once")
    settings = [dict(x=x, log=log, once=once) for x in range(32)]
    with ProcessPoolExecutor(2) as broken, pytest.raises(SweepFailed, match="lost with its worker"):
        sweep(jobs.deadly, settings, store=tmp_path / "s", executor=broken, progress=False)
    finished = {x for x in range(32) if has(tmp_path / "s", jobs.deadly, settings[x])}
    assert finished
    assert 9 not in finished
    assert len(finished) < 32
    begun = len(lines(log))
    found = sweep(jobs.deadly, settings, store=tmp_path / "s", executor=pool, progress=False)
    assert found == [x * x for x in range(32)]
    second = {int(line.split()[0]) for line in lines(log)[begun:]}
    assert second == set(range(32)) - finished


def has(store, fn, setting):
    try:
        Store(store).read(address(fn, setting, code_version(fn)))
    except Missing:
        return False
    return True


def test_an_executor_that_can_be_made_again_goes_on_by_itself(tmp_path):
    log, once = str(tmp_path / "log"), str(tmp_path / "once")
    settings = [dict(x=x, log=log, once=once) for x in range(32)]
    found = sweep(jobs.deadly, settings, store=tmp_path / "s", executor=pool, progress=False)
    assert found == [x * x for x in range(32)]
    starts = [int(line.split()[0]) for line in lines(log)]
    assert starts.count(9) == 2
    assert len(starts) <= 32 + 3  # 9, and what the other worker and the queue had begun


def test_dask_repeats_only_the_lost_job(tmp_path, monkeypatch):
    log, once = str(tmp_path / "log"), str(tmp_path / "once")
    settings = [dict(x=x, log=log, once=once) for x in range(32)]
    monkeypatch.setenv("PYTHONPATH", str(Path(jobs.__file__).parent))  # for the workers
    options = dict(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        found = sweep(jobs.deadly, settings, store=tmp_path / "s", executor=client, progress=False)
    assert found == [x * x for x in range(32)]
    starts = [int(line.split()[0]) for line in lines(log)]
    assert starts.count(9) == 2
    assert len(starts) == 33


def test_a_setting_that_always_kills_its_worker_costs_only_itself(tmp_path):
    settings = [dict(x=x) for x in range(40)]
    for executor in (pool, functools.partial(ProcessPoolExecutor, 2)):
        with pytest.raises(SweepFailed, match="1 of 40 settings") as caught:
            sweep(jobs.murderous, settings, store=tmp_path / "s", executor=executor, progress=False)
        assert [setting for setting, _ in caught.value.failures] == [{"x": 0}]
        assert "lost with its worker" in caught.value.failures[0][1]


def test_a_class_is_called_for_an_executor(tmp_path):
    settings = [dict(x=x) for x in range(3)]
    found = sweep(
        jobs.square, settings, store=tmp_path / "s", executor=ProcessPoolExecutor, progress=False
    )
    assert [r["square"] for r in found] == [0, 1, 4]


def test_submitit_sends_one_array_of_what_is_missing(tmp_path, monkeypatch):
    notes = made_up_slurm.install(tmp_path, monkeypatch)
    log, store = str(tmp_path / "log"), tmp_path / "s"
    settings = [dict(x=x, log=log) for x in range(3)]
    sweep(jobs.square, settings[:1], store=store, progress=False)
    executor = submitit.AutoExecutor(folder=str(tmp_path / "slurm"), cluster="slurm")
    executor.update_parameters(slurm_partition="gpu", timeout_min=5)
    found = sweep(jobs.square, settings, store=store, executor=executor, progress=False)
    assert [r["square"] for r in found] == [0, 1, 4]
    assert sorted(lines(log)) == ["0", "1", "2"]
    (asked,) = lines(notes / "asked")
    assert "--array=0-1%" in asked
    assert "--partition=gpu" in asked


def test_two_sweeps_on_one_store_at_once(tmp_path):
    log = str(tmp_path / "log")
    settings = [dict(x=x, log=log, pause=0.01) for x in range(24)]
    found = [None, None]

    def run(k):
        mine = settings if k else settings[::-1]
        found[k] = sweep(jobs.slow, mine, store=tmp_path / "s", executor=pool, progress=False)

    threads = [threading.Thread(target=run, args=(k,)) for k in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[1] == found[0][::-1] == [x * x for x in range(24)]
    assert 24 <= len(lines(log)) < 48  # what one had finished the other did not run
    assert [p for p in (tmp_path / "s").rglob("*") if p.suffix == ".tmp"] == []


class Elsewhere:
    """An executor whose workers have a disk of their own, which nobody else sees."""

    def submit(self, fn, job, folder, place):
        with tempfile.TemporaryDirectory() as own:
            outcome = fn(job, own, place)
        future = Future()
        future.set_result(outcome)
        return future


def test_results_from_another_disk_are_kept_here(tmp_path):
    log = str(tmp_path / "log")
    settings = [dict(x=x, log=log) for x in range(3)]
    for _ in range(2):
        found = sweep(
            jobs.square, settings, store=tmp_path / "s", executor=Elsewhere(), progress=False
        )
        assert [r["square"] for r in found] == [0, 1, 4]
    assert lines(log) == ["0", "1", "2"]


def test_a_full_disk_is_said_and_leaves_nothing_half(tmp_path, monkeypatch):
    settings = [dict(x=x) for x in range(4)]
    sweep(jobs.square, settings[:2], store=tmp_path / "s", progress=False)

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        sweep(jobs.square, settings, store=tmp_path / "s", progress=False)
    monkeypatch.undo()
    files = [p for p in (tmp_path / "s").rglob("*") if p.is_file()]
    assert len(files) == 2
    assert all("result" in json.loads(p.read_text()) for p in files)
    assert len(sweep(jobs.square, settings, store=tmp_path / "s", progress=False)) == 4


def test_an_interrupted_sweep_goes_on(tmp_path):
    """The whole process is killed; a second one runs what is missing."""
    log, store = str(tmp_path / "log"), str(tmp_path / "s")
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import sweep_jobs as j\n"
        f"from dlmath.sweep import sweep\nsettings = [dict(x=x, log={log!r}) for x in range(40)]\n"
        f"sweep(j.slow, settings, store={store!r}, progress=False)"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    while len(lines(log)) < 5 and process.poll() is None:
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    begun = len(lines(log))
    assert 5 <= begun < 40
    settings = [dict(x=x, log=log) for x in range(40)]
    assert sweep(jobs.slow, settings, store=store, progress=False) == [x * x for x in range(40)]
    assert len(lines(log)) <= 40 + 1


def test_a_damaged_result_is_made_again(tmp_path):
    store = Store(tmp_path / "s")
    [good] = sweep(jobs.square, [dict(x=4)], store=tmp_path / "s", progress=False)
    path = store.path(address(jobs.square, dict(x=4), code_version(jobs.square)))
    whole = path.read_text()
    for damaged in (whole[:-20], whole.replace("16", "17"), "", "[]", "null"):
        path.write_text(damaged)
        with pytest.raises(Missing):
            store.read(address(jobs.square, dict(x=4), code_version(jobs.square)))
        assert sweep(jobs.square, [dict(x=4)], store=tmp_path / "s", progress=False) == [good]


FILES = {
    "lab/__init__.py": "",
    "lab/one.py": "from lab.two import k\nfrom . import four\n\ndef run(x):\n    return k * x\n",
    "lab/two.py": "k = 2\n",
    "lab/three.py": "raise RuntimeError('nobody imports me')\n",
    "lab/four.py": "def late():\n    import lab.three\n    import beside\n",
    "beside.py": "import json\n",
    "apart.py": "",
}


def test_other_code_is_another_result(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "lab").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    from lab import one

    first = code_version(one.run)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text + "# changed\n")
        assert (code_version(one.run) == first) == (name == "apart.py"), name
        (tmp_path / name).write_text(text)
    assert code_version(one.run) == first  # nothing was imported: three.py raises


def test_a_source_that_changes_during_a_sweep_is_said(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "moving.py"
    path.write_text("def run(x):\n    return x\n")
    import moving

    assert sweep(moving.run, [dict(x=1)], store=tmp_path / "s", progress=False) == [1]
    path.write_text("def run(x):\n    return -x\n")  # this process still has the old one
    with pytest.raises(SweepFailed, match="the source changed since the sweep began"):
        sweep(moving.run, [dict(x=1)], store=tmp_path / "s", progress=False)


@pytest.mark.parametrize(
    ("fn", "setting", "message"),
    [
        (lambda x: x, dict(x=1), "top level of a module"),
        (jobs.square, dict(x=np.float64(1) + 1j), "plain numbers"),
        (jobs.square, dict(x=(1, 2)), "comes back from JSON as"),
        (jobs.square, dict(x=math.nan), "plain numbers"),
        (jobs.square, {1: 2}, "comes back from JSON as"),
    ],
)
def test_what_cannot_be_named_is_refused(tmp_path, fn, setting, message):
    with pytest.raises(TypeError, match=message):
        sweep(fn, [setting], store=tmp_path / "s", progress=False)


def test_results_must_be_plain(tmp_path):
    with pytest.raises(SweepFailed, match="object is not plain data"):
        sweep(jobs.strange, [dict(x=1)], store=tmp_path / "s", progress=False)
    [found] = sweep(jobs.strange, [dict(x=0)], store=tmp_path / "s", progress=False)
    assert math.isnan(found["nan"])


def test_arrays_come_back_as_lists(tmp_path):
    store = Store(tmp_path / "s")
    place = address(jobs.square, dict(x=1), "code")
    kept = plain({"a": np.arange(3), "b": np.float32(0.5), "c": (1, 2)}, "f")
    store.write(place, kept)
    assert kept == store.read(place) == {"a": [0, 1, 2], "b": 0.5, "c": [1, 2]}
    mode = store.path(place).stat().st_mode & 0o777
    assert mode == 0o644  # a colleague may read it


def test_a_result_under_another_name_is_none(tmp_path):
    store = Store(tmp_path / "s")
    one, other = (address(jobs.square, dict(x=x), "code") for x in (1, 2))
    store.write(one, 1)
    store.path(other).parent.mkdir(parents=True, exist_ok=True)
    store.path(one).rename(store.path(other))
    with pytest.raises(Missing):
        store.read(other)


def test_a_failure_travels_between_processes():
    error = SweepFailed([({"x": 1}, "lost")], 2)
    again = pickle.loads(pickle.dumps(error))
    assert (again.failures, again.done, str(again)) == (error.failures, 2, str(error))
