"""The training loop: members are alone, runs resume in the same bits, faults are named."""

import functools
import os
import signal
import subprocess
import sys
import textwrap

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlmath.training import Batches, ensemble, log_steps, mlp, train

make = functools.partial(mlp, [3, 8, 1])
draw = torch.Generator().manual_seed(0)
X = torch.randn(20, 3, generator=draw, dtype=torch.float64)
Y = X[:, 0].sign()
adam = functools.partial(torch.optim.Adam, lr=0.01)


def loss(model, batch=None):
    x, y = (X, Y) if batch is None else (X[batch], Y[batch])
    outputs = model(x) if batch is None else model.each(x)
    return F.softplus(-y * outputs.squeeze(-1)).mean(-1)


def run(seeds, steps=50, **options):
    model = ensemble(make, seeds, dtype=torch.float64)
    if "optimizer" not in options:
        options.setdefault("lr", 0.1)
    return model, train(model, loss, steps, **options)


def plain(seed, steps, optimizer, batches=None):
    """The obvious loop over one network."""
    torch.manual_seed(seed)
    net = make().double()
    inner = optimizer(net.parameters())
    for step in range(steps):
        x, y = (X, Y) if batches is None else (X[batches(step)[0]], Y[batches(step)[0]])
        inner.zero_grad()
        F.softplus(-y * net(x).squeeze(-1)).mean().backward()
        inner.step()
    return net


def assert_same(a, b):
    assert a.keys() == b.keys()
    for name in a:
        assert torch.equal(a[name], b[name]), name


def assert_close(member, net):
    for name, p in net.named_parameters():
        torch.testing.assert_close(member.get_parameter(name), p, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("optimizer", [functools.partial(torch.optim.SGD, lr=0.1), adam])
def test_a_member_is_what_the_plain_loop_gives(optimizer):
    model, _ = run([7, 8], optimizer=optimizer)
    assert_close(model.member(0), plain(7, 50, optimizer))
    assert_close(model.member(1), plain(8, 50, optimizer))


def test_plain_descent_is_stochastic_gradient_descent_without_the_optimizer():
    model, _ = run([7, 8])
    assert_close(model.member(1), plain(8, 50, functools.partial(torch.optim.SGD, lr=0.1)))


def test_a_member_does_not_depend_on_its_companions():
    alone, _ = run([3], batches=Batches(20, 6, [3]))
    among, _ = run([1, 2, 3, 4], batches=Batches(20, 6, [1, 2, 3, 4]))
    for name, p in alone.params.items():
        torch.testing.assert_close(p[0], among.params[name][2], rtol=1e-10, atol=1e-12)


def test_minibatches_are_those_of_the_plain_loop():
    batches = Batches(20, 6, [7])
    model, _ = run([7], batches=batches)
    sgd = functools.partial(torch.optim.SGD, lr=0.1)
    assert_close(model.member(0), plain(7, 50, sgd, Batches(20, 6, [7])))


def test_a_pass_takes_every_example_at_most_once():
    batches = Batches(20, 6, [0, 1])
    first, second = (torch.cat([batches(3 * turn + k) for k in range(3)], 1) for turn in (0, 1))
    for row in (*first, *second):
        assert len(set(row.tolist())) == 18
        assert set(row.tolist()) <= set(range(20))
    assert not torch.equal(first, second)
    assert not torch.equal(first[0], first[1])
    assert torch.equal(batches(1), first[:, 6:12])  # asked again, out of order


def test_batches_with_replacement_repeat():
    batches = Batches(5, 5, [0], replace=True)
    drawn = torch.cat([batches(step) for step in range(400)], 1)[0]
    assert any(len(set(batches(step)[0].tolist())) < 5 for step in range(20))
    counts = torch.bincount(drawn, minlength=5)
    assert (counts - 400).abs().max() < 5 * (2000 * 0.2 * 0.8) ** 0.5  # five standard deviations


@pytest.mark.parametrize(("n", "size", "seeds"), [(5, 6, [0]), (5, 0, [0]), (5, 2, [])])
def test_impossible_batches_are_refused(n, size, seeds):
    with pytest.raises(ValueError, match="wanted"):
        Batches(n, size, seeds)


def test_a_rate_for_each_member():
    model, _ = run([5, 5], lr=torch.tensor([0.1, 0.2]))
    one, _ = run([5], lr=0.2)
    torch.testing.assert_close(model.member(1).state_dict(), one.member(0).state_dict())
    assert not torch.equal(model.params["0.weight"][0], model.params["0.weight"][1])


def test_a_rate_that_depends_on_the_state():
    def rate(model, losses):
        return 0.01 / (losses * model.squared_norm())

    model, history = run([0, 1], 3, lr=rate, record=lambda m: {"norm": m.squared_norm()})
    by_hand = ensemble(make, [0], dtype=torch.float64).member(0)
    for step in range(3):
        value = F.softplus(-Y * by_hand(X).squeeze(-1)).mean()
        norm = sum(p.square().sum() for p in by_hand.parameters())
        assert norm.item() == pytest.approx(history["norm"][step, 0].item(), rel=1e-12)
        gradients = torch.autograd.grad(value, list(by_hand.parameters()))
        with torch.no_grad():
            for p, g in zip(by_hand.parameters(), gradients, strict=True):
                p.sub_(g * 0.01 / (value * norm))
    assert_close(model.member(0), by_hand)


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("optimizer", [None, adam])
def test_an_interrupted_run_ends_in_the_same_bits(tmp_path, optimizer):
    noise = torch.Generator()

    def noisy(model, batch):
        return loss(model, batch) * (1 + 0.1 * torch.rand(2, generator=noise, dtype=torch.float64))

    def go(steps=60, **more):
        noise.manual_seed(5)
        model = ensemble(make, [0, 1], dtype=torch.float64)
        how = {"lr": 0.1} if optimizer is None else {"optimizer": optimizer}
        options = {"batches": Batches(20, 6, [0, 1]), "generator": noise} | how | more
        return model, train(model, noisy, steps, record_at=range(0, 61, 10), **options)

    def cut(model):
        cut.calls += 1
        if cut.calls == 5:
            raise Interrupted
        return {}

    cut.calls = 0
    whole, told = go()
    file = tmp_path / "run.pt"
    with pytest.raises(Interrupted):
        go(record=cut, checkpoint=file)
    again, retold = go(checkpoint=file)
    assert_same(again.params, whole.params)
    assert retold.steps == told.steps == list(range(0, 61, 10))
    assert torch.equal(retold["loss"], told["loss"])
    assert list(tmp_path.iterdir()) == [file]  # no partial file beside it


def test_a_killed_process_leaves_a_checkpoint_to_go_on_from(tmp_path):
    file = tmp_path / "run.pt"
    code = f"""
        import os, signal, torch
        from tests.test_training import run
        def record(model):
            record.calls += 1
            if record.calls == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return {{}}
        record.calls = 0
        run([0, 1], 40, record_at=range(0, 41, 10), record=record, checkpoint={str(file)!r})
    """
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", textwrap.dedent(code)]
    killed = subprocess.run(command, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    whole, told = run([0, 1], 40, record_at=range(0, 41, 10))
    again, retold = run([0, 1], 40, record_at=range(0, 41, 10), checkpoint=file)
    assert_same(again.params, whole.params)
    assert torch.equal(retold["loss"], told["loss"])


def test_a_finished_run_is_not_run_again(tmp_path):
    file = tmp_path / "run.pt"
    first, told = run([0], 30, checkpoint=file)
    second, retold = run([0], 30, checkpoint=file)
    assert_same(first.params, second.params)
    assert told.steps == retold.steps


def test_a_stopped_run_stays_stopped(tmp_path):
    file = tmp_path / "run.pt"
    stop = dict(stop=lambda row: bool(row["loss"].max() < 0.6), record_at=range(0, 201, 5))
    first, told = run([0], 200, checkpoint=file, **stop)
    assert 0 < told.steps[-1] < 200
    assert float(told["loss"][-1, 0]) < 0.6 <= float(told["loss"][-2, 0])
    second, retold = run([0], 200, checkpoint=file, **stop)
    assert retold.steps == told.steps
    assert_same(first.params, second.params)


def test_a_foreign_checkpoint_is_refused(tmp_path):
    file = tmp_path / "run.pt"
    run([0, 1], 10, checkpoint=file)
    before = file.read_bytes()
    with pytest.raises(ValueError, match="another run"):
        run([0], 10, checkpoint=file)
    with pytest.raises(ValueError, match="another run"):
        run([0, 1], 10, checkpoint=file, optimizer=adam)
    with pytest.raises(ValueError, match="beyond the 5 steps"):
        run([0, 1], 5, checkpoint=file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 cut short"])
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    file = tmp_path / "run.pt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="move it away"):
        run([0], 10, checkpoint=file)


def test_what_is_recorded_does_not_move():
    model, history = run([0], 20, record=lambda m: {"weights": m.params["0.weight"]})
    assert not torch.equal(history["weights"][0], history["weights"][-1])
    assert torch.equal(history["weights"][-1], model.params["0.weight"])
    assert history["loss"].shape == (len(history.steps), 1)
    with pytest.raises(KeyError, match=r"recorded are \['loss', 'weights'\]"):
        history["margin"]


def test_divergence_names_the_step_the_member_and_the_rate():
    def square(model):
        return (model(X).squeeze(-1) ** 2).mean(-1)

    model = ensemble(make, [0, 1], dtype=torch.float64)
    with pytest.raises(FloatingPointError, match=r"step \d+: the loss of member 0 is .* lr = 1000"):
        train(model, square, 200, lr=1000.0)
    model = ensemble(make, [0], dtype=torch.float64)
    with pytest.raises(FloatingPointError, match=r"lr = 1000"):
        train(model, square, 200, optimizer=functools.partial(torch.optim.SGD, lr=1000.0))


def test_bad_requests_are_refused():
    model = ensemble(make, [0, 1], dtype=torch.float64)
    with pytest.raises(ValueError, match=r"wanted one number a member, of shape \(2,\), got \(\)"):
        train(model, lambda m: loss(m).mean(), 3, lr=0.1)
    for both in ({}, {"lr": 0.1, "optimizer": adam}):
        with pytest.raises(ValueError, match="both or neither"):
            train(model, loss, 3, **both)
    for mixing in (torch.optim.LBFGS, torch.optim.Adafactor):
        with pytest.raises(ValueError, match=f"{mixing.__name__} would mix"):
            train(model, loss, 3, optimizer=mixing)
    with pytest.raises(ValueError, match=r"lr: wanted a number, or one a member of shape \(2,\)"):
        train(model, loss, 3, lr=torch.ones(3))
    with pytest.raises(ValueError, match="steps"):
        train(model, loss, 0, lr=0.1)
    assert not any(p.requires_grad for p in model.params.values())


def test_bad_networks_are_refused():
    with pytest.raises(ValueError, match="seeds"):
        ensemble(make, [])
    with pytest.raises(ValueError, match="buffers"):
        ensemble(lambda: nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)), [0])
    with pytest.raises(ValueError, match="dropout"):
        ensemble(lambda: nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.1)), [0])
    with pytest.raises(ValueError, match="parameters"):
        ensemble(nn.ReLU, [0])
    for sizes in ([3], [3, 0, 1]):
        with pytest.raises(ValueError, match="sizes"):
            mlp(sizes)


def test_the_default_generator_is_left_as_it_was():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    ensemble(make, [1, 2])
    assert torch.equal(torch.rand(1), expected)


def test_each_member_may_have_inputs_of_its_own():
    model = ensemble(make, [0, 1], dtype=torch.float64)
    both = torch.stack([X, 2 * X])
    expected = torch.stack([model.member(i)(x) for i, x in enumerate(both)])
    torch.testing.assert_close(model.each(both), expected)
    assert len(model) == 2


def test_log_steps():
    for steps in (1, 2, 9, 10, 1000, 12345):
        found = log_steps(steps)
        assert {0, 1, steps} <= set(found)
        assert found == sorted(set(found))
    assert len(log_steps(10**6)) <= 62
    assert max(log_steps(1000)) == 1000
    for bad in ((0, 10), (10, 0)):
        with pytest.raises(ValueError, match="wanted"):
            log_steps(*bad)


def test_plain_descent_does_not_wait_for_the_optimizers_first_import():
    code = """
        import sys
        from tests.test_training import run
        run([0], 5)
        assert "torch._dynamo" not in sys.modules
    """
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=environment, check=True)


def test_a_bar_is_shown_when_asked(capsys):
    run([0], 5)
    assert capsys.readouterr().err == ""
    run([0], 5, progress=True)
    assert "6/6" in capsys.readouterr().err


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_starts_where_a_cpu_starts_and_goes_the_same_way():
    here = ensemble(make, [0, 1], dtype=torch.float64)
    there = ensemble(make, [0, 1], dtype=torch.float64, device="cuda")
    assert_same(here.params, {name: p.cpu() for name, p in there.params.items()})
    x, y = X.cuda(), Y.cuda()
    train(here, loss, 50, lr=0.1)
    train(there, lambda m: F.softplus(-y * m(x).squeeze(-1)).mean(-1), 50, lr=0.1)
    for name, p in here.params.items():
        torch.testing.assert_close(there.params[name].cpu(), p, rtol=1e-10, atol=1e-10)
