"""The experiments run end to end on a few made-up images, and their records can be trusted."""

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import made_up_images
import made_up_slurm
import numpy as np
import pytest
import torch

from dlmath._store import address, plain
from dlmath.generalization.cifar_nets import caffe_quick, parameters
from experiments import __main__ as command
from experiments import images, parallel, records, report
from experiments.loop import evaluate, fit
from experiments.nets import COUNTS, NETS, SIDES

MODULES = {
    name: importlib.import_module(f"experiments.{name.replace('-', '_')}") for name in command.NAMES
}
TINY = {
    "cifar-table": dict(n=64, epochs=1, tests=50),
    "double-descent": dict(n=60, steps=20, tests=50, width=3, seeds=[0, 1]),
    "scattering-curve": dict(n=40, steps=2, tests=50),
    "margins": dict(n=64, epochs=1, tests=50),
    "batch-size": dict(n=64, epochs=1, tests=50, batch=16),
}


@pytest.fixture(autouse=True)
def no_files(monkeypatch):
    monkeypatch.setattr(images, "SOURCES", made_up_images.SOURCES)
    images._load.cache_clear()
    yield
    images._load.cache_clear()


@pytest.mark.parametrize("name", COUNTS)
def test_networks_have_the_numbers_of_weights_that_are_stated(name):
    model = NETS[name]()
    assert parameters(model) == COUNTS[name]
    side = SIDES.get(name, 32)
    assert model(torch.zeros(2, 3, side, side)).shape == (2, 10)


def test_the_lectures_counts():
    assert COUNTS["quick"] == 145_578
    assert COUNTS["inception"] == 1_649_402
    assert caffe_quick(channels=1, size=28)(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


def test_a_sample_is_whitened_and_its_first_images_do_not_depend_on_how_many():
    some, more = images.sample("cifar10", 20, tests=30), images.sample("cifar10", 50, tests=30)
    assert torch.equal(some.X, more.X[:20])
    assert torch.allclose(some.X.flatten(1).mean(1), torch.zeros(20), atol=1e-6)
    assert torch.allclose(some.X.flatten(1).std(1, correction=0), torch.ones(20), atol=1e-5)
    assert some.X.shape == (20, 3, 32, 32)
    assert images.sample("cifar10", 4, tests=4, size=28).X.shape == (4, 3, 28, 28)
    assert images.sample("mnist", 4, tests=4).X.shape == (4, 1, 28, 28)
    assert some.fingerprint != more.fingerprint


def test_random_labels_know_nothing_and_leave_the_fingerprint():
    true, noise = (images.sample("cifar10", 300, tests=9, spoiled=s) for s in (0.0, 1.0))
    assert true.fingerprint == noise.fingerprint
    agree = (true.y == noise.y).double().mean()
    assert abs(agree - 0.1) < 4 * (0.09 / 300) ** 0.5  # z = 4
    assert torch.equal(true.y_test, noise.y_test)


def test_a_sample_larger_than_the_data_is_refused():
    with pytest.raises(ValueError, match="n: wanted 1 to 300, got 301"):
        images.sample("mnist", 301)
    with pytest.raises(ValueError, match="tests: wanted 1 to 300, got 0"):
        images.sample("mnist", 3, tests=0)


@pytest.mark.parametrize("name", command.NAMES)
@pytest.mark.parametrize("size", ["small", "cpu", "full"])
def test_settings_are_plain_and_different(name, size):
    found = MODULES[name].settings(size)
    assert found
    texts = [json.dumps(s, sort_keys=True) for s in found]
    assert len(set(texts)) == len(texts)


SMALL = [(name, setting) for name in command.NAMES for setting in MODULES[name].settings("small")]


@pytest.mark.parametrize(("name", "setting"), SMALL, ids=lambda x: x if isinstance(x, str) else "")
def test_a_run_gives_plain_results(name, setting):
    job, setting = MODULES[name].job, setting | TINY[name]
    address(job, setting, "code")  # its setting has a name
    result = plain(job(**setting), name)
    assert re.match("made up train|scikit-learn digits", result["data"]["source"])
    errors = np.array(result["test_error"])
    assert ((errors >= 0) & (errors <= 1)).all()


def test_scattering_and_a_linear_rule_learn(monkeypatch):
    curve = MODULES["scattering-curve"]
    setting = dict(data="mnist", method="scattering", n=100, steps=1, tests=100, seed=0)
    assert curve.job(**setting)["test_error"] < 0.5  # nine in ten for a guess
    monkeypatch.setattr(curve, "_features", lambda X: X.flatten(1)[:, :5])
    curve._KEPT.clear()
    assert curve.job(**setting)["test_error"] > 0.6  # from five pixels


def test_training_learns_and_repeats_itself():
    data = images.sample("cifar10", 200, tests=100)
    runs = []
    for _ in range(2):
        torch.manual_seed(0)
        runs.append(fit(caffe_quick(), data, epochs=20, batch=20, lr=0.01))
    first, second = runs
    assert first.losses == second.losses
    assert first.losses[-1] < 0.3 * first.losses[0]
    assert first.test_error < 0.3
    assert evaluate(first.model, data.X, data.y)[1] == first.train_error


def test_a_loss_that_is_not_finite_is_said():
    with pytest.raises(FloatingPointError, match="try lr < 1000000"):
        fit(caffe_quick(), images.sample("cifar10", 60, tests=9), epochs=3, batch=20, lr=1e6)


def test_sharpness_is_the_largest_eigenvalue():
    data = images.sample("mnist", 30, tests=5)
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
    found = MODULES["batch-size"].sharpness(model, data, most=30, rounds=300)
    weights = dict(model.named_parameters())
    names = list(weights)
    low = torch.linalg.qr(data.X.flatten(1).T)[0]  # the Hessian lives on the span of the examples

    def loss(small):
        W = weights["1.weight"].detach() + small @ low.T
        out = torch.func.functional_call(
            model, {"1.weight": W, "1.bias": weights["1.bias"].detach()}, data.X
        )
        return torch.nn.functional.cross_entropy(out, data.y)

    assert names == ["1.weight", "1.bias"]
    H = torch.autograd.functional.hessian(loss, torch.zeros(10, low.shape[1])).reshape(300, 300)
    top = float(torch.linalg.eigvalsh(H)[-1])
    # the bias adds one coordinate that is nearly constant against 784 pixels of variance one
    assert found == pytest.approx(top, rel=0.02)
    assert found >= top * (1 - 1e-3)


def test_ridge_is_least_squares_with_a_penalty():
    curve = MODULES["scattering-curve"]
    rng = torch.Generator().manual_seed(0)
    for n, k in ((30, 5), (12, 40)):
        F, y = torch.randn(n, k, generator=rng), torch.arange(n) % 10
        W, offset = curve._ridge(F, y)(0.1)
        T = torch.nn.functional.one_hot(y, 10).double()
        R = F.double() @ W + offset - T
        assert torch.allclose(
            F.double().T @ R + 0.1 * n * k * W, torch.zeros(k, 10).double(), atol=1e-9
        )
        assert torch.allclose(R.sum(0), torch.zeros(10).double(), atol=1e-9)


def test_a_command_writes_a_record_and_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        MODULES["margins"],
        "settings",
        lambda size: [dict(labels="true", n=40, epochs=1, tests=20, seed=s) for s in (0, 1)],
    )
    options = ["margins", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "m.json")]
    assert command.main(options) == 0
    first = records.read(tmp_path / "m.json")
    assert len(first["runs"]) == 2
    assert first["machine"]["torch"] == torch.__version__
    monkeypatch.setattr(MODULES["margins"], "fit", None)  # nothing may run again
    assert command.main(options) == 0
    assert records.read(tmp_path / "m.json")["runs"] == first["runs"]
    assert "2 runs in" in capsys.readouterr().out


def test_a_record_that_was_touched_is_refused(tmp_path):
    runs = [{"setting": {}, "result": 0.25}]
    contents = records.record("margins", "small", runs, wall=1.0, machine={}, commit="c0ffee")
    path = tmp_path / "r.json"
    records.write(path, contents)
    assert records.read(path) == json.loads(path.read_text())
    path.write_text(path.read_text().replace("0.25", "0.15"))
    with pytest.raises(records.Damaged, match="not those that were sealed"):
        records.read(path)
    path.write_text("{")
    with pytest.raises(records.Damaged, match="no record"):
        records.read(path)


def test_the_command_for_slurm_sends_an_array_and_records(tmp_path, monkeypatch):
    notes = made_up_slurm.install(tmp_path, monkeypatch)
    digits = MODULES["double-descent"].settings("small")[0]
    few = [digits | dict(steps=20, width=width) for width in (1, 2)]
    monkeypatch.setattr(MODULES["double-descent"], "settings", lambda _: few)
    out = tmp_path / "d.json"
    options = ["--slurm", "cpus", "--store", str(tmp_path / "s"), "--out", str(out)]
    assert command.main(["double-descent", *options]) == 0
    found = records.read(out)
    assert (found["how"], len(found["runs"])) == ("Slurm", 2)
    asked = (notes / "asked").read_text()
    for wanted in ("--partition=cpus", "--gpus-per-node=0", "--array=0-1%", "--time=240"):
        assert wanted in asked


def test_two_engines_are_one_too_many(capsys):
    with pytest.raises(SystemExit):
        command.main(["margins", "--workers", "2", "--fabric", "2"])
    assert "not allowed with argument" in capsys.readouterr().err


def test_fabric_is_refused_where_it_has_no_use():
    with pytest.raises(SystemExit, match="wanted one of cifar-table, margins"):
        command.main(["batch-size", "--fabric", "2"])


def shared(processes, name="cifar-table", net="quick"):
    """A run on so many processes, in a Python of its own."""
    script = Path(__file__).with_name("fabric_jobs.py")
    command = [sys.executable, str(script), str(processes), name, net]
    env = os.environ | {"PYTHONPATH": str(script.parents[1])}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", parallel.JOBS)
def test_two_processes_train_as_one_does(name):
    one, two = (shared(processes, name) for processes in (1, 2))
    assert (one.returncode, two.returncode) == (0, 0), one.stderr + two.stderr
    one, two = json.loads(one.stdout.splitlines()[-1]), json.loads(two.stdout.splitlines()[-1])
    if name == "margins":
        assert one["complexity"] == pytest.approx(two["complexity"], rel=1e-6)
    else:
        assert np.abs(np.subtract(one["losses"], two["losses"])).max() < 1e-6
        assert np.ptp(one["losses"]) > 1e-3  # it moved: equal losses say something
    assert one["test_error"] == two["test_error"]


def test_a_network_that_normalises_batches_is_not_shared():
    done = shared(2, net="inception")
    assert done.returncode != 0
    assert "it normalises batches; wanted one without, or a single process" in done.stderr


def put(folder, name, runs):
    contents = records.record(
        name, "cpu", runs, wall=60.0, machine=records.machine("cpu"), commit="c0ffee"
    )
    records.write(folder / f"{name}-cpu.json", contents)


def test_the_table_shows_what_was_run_and_says_what_was_not(tmp_path):
    assert report.the_table(tmp_path).count("not yet run") == 12
    setting = next(s for s in MODULES["cifar-table"].settings("cpu") if s["labels"] == "random")
    result = dict(train_loss=0.5, train_error=0.25, test_error=0.875, data={"source": "images"})
    put(tmp_path, "cifar-table", [{"setting": setting, "result": result}])
    rows = report.the_table(tmp_path).splitlines()
    (row,) = [row for row in rows if "0.5 |" in row]
    assert row == (
        "| CudaConvNet | random labels | 145,578 | – | – | 5,000 | 0.5 | 25.0 % | 87.5 % |"
    )
    assert report.the_table(tmp_path).count("not yet run") == 11
    assert "CudaConvNet | true labels, weight decay | 145,578 | 0.34 | 18 %" in "".join(rows)
    assert "| images | 1 in 1 min |" in report.provenance(tmp_path)
    assert report.missing(tmp_path).count("--size full --device cuda") == len(command.NAMES)


def test_a_record_of_the_book_that_was_touched_stops_its_page(tmp_path):
    put(tmp_path, "margins", [{"setting": {}, "result": {"test_error": 0.25, "data": {}}}])
    path = tmp_path / "margins-cpu.json"
    path.write_text(path.read_text().replace("0.25", "0.15"))
    with pytest.raises(records.Damaged):
        report.provenance(tmp_path)


@pytest.mark.parametrize("path", sorted(report.FOLDER.glob("*.json")), ids=lambda p: p.stem)
def test_the_records_of_the_book_are_whole_and_answer_today_s_settings(path):
    found = records.read(path)
    name, _, size = path.stem.rpartition("-")
    assert (found["experiment"], found["size"]) == (name, size)
    settings = [run["setting"] for run in found["runs"]]
    assert [{k: v for k, v in s.items() if k != "device"} for s in settings] == MODULES[
        name
    ].settings(size)
    assert not found["commit"].endswith("+")
    told = [run["result"]["data"] for run in found["runs"]]
    assert all(re.fullmatch(r"[0-9a-f]{64}", data["fingerprint"]) for data in told)
    assert all(len(set(data["fingerprint"])) > 4 for data in told)
    assert {data["source"].split(" ")[0] for data in told} <= {"CIFAR-10", "MNIST", "scikit-learn"}
    ancestor = [
        "git",
        "-C",
        str(report.ROOT),
        "merge-base",
        "--is-ancestor",
        found["commit"],
        "HEAD",
    ]
    done = subprocess.run(ancestor, capture_output=True, check=False)
    assert done.returncode in (0, 128), "the record's commit is no part of the history"


def test_every_experiment_has_a_record_of_two_processors():
    assert {p.stem for p in report.FOLDER.glob("*-cpu.json")} == {f"{n}-cpu" for n in command.NAMES}


@pytest.mark.skipif("DLMATH_DATA" not in os.environ, reason="set DLMATH_DATA to a folder of data")
def test_a_recorded_run_on_real_images_comes_out_again(monkeypatch):
    monkeypatch.undo()  # the real ones
    runs = records.read(report.FOLDER / "double-descent-cpu.json")["runs"]
    mnist = {r["setting"]["width"]: r for r in runs if r["setting"]["data"] == "mnist"}
    again = MODULES["double-descent"].job(**mnist[64]["setting"])
    assert again["data"] == mnist[64]["result"]["data"]
    kept = {w: np.array(r["result"]["test_squared"]) for w, r in mnist.items()}
    # The seeds spread by 2 %, so even means over three new ones would differ by less than 8 %.
    assert np.mean(again["test_squared"]) == pytest.approx(kept[64].mean(), rel=0.08)
    assert kept[128].mean() != pytest.approx(kept[64].mean(), rel=0.16)  # it tells widths apart
