"""One loop of stochastic gradient descent, data resident on the device, one process or several."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm.auto import tqdm

from dlmath.minibatches import Batches
from experiments.images import Sample


@dataclass
class Fit:
    """What a run did.

    Attributes:
        model: The trained network.
        losses: The mean training loss of each epoch, while it ran.
        train_loss: At the end, over all examples.
        train_error: The share of examples that are wrong at the end.
        test_error: That of the test images.
    """

    model: nn.Module
    losses: list[float] = field(default_factory=list)
    train_loss: float = float("nan")
    train_error: float = float("nan")
    test_error: float = float("nan")


def fit(
    model: nn.Module,
    images: Sample,
    *,
    epochs: int,
    batch: int = 128,
    lr: float = 0.1,
    momentum: float = 0.9,
    decay: float = 0.0,
    fall: float = 0.95,
    until: float = 0.0,
    adam: bool = False,
    seed: int = 0,
    fabric: Any = None,
    progress: bool = False,
) -> Fit:
    """Train with momentum, the step size falling by a factor an epoch.

    Args:
        model: Changed in place; it goes to the device of the images.
        images: What to train on.
        epochs: Passes over the data; what does not fill a batch waits for the next pass.
        batch: Examples a step, over all processes; all of them if there are no more.
        lr: The first step size.
        momentum: Of the heavy ball.
        decay: Weight decay, decoupled with Adam.
        fall: What the step size is multiplied with after each epoch.
        until: Stop when the loss over all examples is no more than this; eight times an epoch one
            looks.
        adam: Whether to use Adam in place of the heavy ball; then ``momentum`` means nothing.
        seed: Of the order of the examples.
        fabric: A launched ``lightning_fabric.Fabric``: then each process takes its share of every
            batch, and the gradients are averaged.
        progress: Whether to show a bar.

    Raises:
        ValueError: If the processes cannot share a batch evenly, or the network normalises batches
            and there are several: each would see other means than one process does.
        FloatingPointError: If the loss is not finite.
    """
    device = images.X.device
    batch = min(batch, len(images.X))
    rank, world = (0, 1) if fabric is None else (fabric.global_rank, fabric.world_size)
    if batch % world:
        raise ValueError(f"batch: wanted a multiple of {world} processes, got {batch}")
    if world > 1 and any(isinstance(part, nn.BatchNorm2d) for part in model.modules()):
        raise ValueError("model: it normalises batches; wanted one without, or a single process")
    # Pixels that never change leave numbers so small that a processor slows down a hundredfold.
    torch.set_flush_denormal(True)
    model.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    X = images.X.contiguous(memory_format=torch.channels_last)
    optimizer = _optimizer(model, lr, momentum, decay, adam=adam)
    net: Any = model
    if fabric is not None:
        net, optimizer = fabric.setup(model, optimizer)
    batches = Batches(len(X), batch, [seed], device=device)
    steps, done = len(X) // batch, Fit(model)
    look = max(1, steps // 8) if until else 0
    for epoch in tqdm(range(epochs), disable=not progress):
        net.train()
        losses, low = [], False
        for step in range(epoch * steps, (epoch + 1) * steps):
            mine = batches(step)[0, rank::world]
            losses.append(_step(net, optimizer, X[mine], images.y[mine], fabric))
            low = look > 0 and (step + 1) % look == 0 and evaluate(model, X, images.y)[0] <= until
            if low:
                break
        mean = torch.stack(losses).mean()
        mean = mean if fabric is None else fabric.all_reduce(mean)
        if not torch.isfinite(mean):
            raise FloatingPointError(f"the loss of epoch {epoch} is {float(mean)}; try lr < {lr}")
        done.losses.append(float(mean))
        for group in optimizer.param_groups:
            group["lr"] *= fall
        if low:
            break
    done.train_loss, done.train_error = evaluate(model, X, images.y)
    done.test_error = evaluate(model, images.X_test, images.y_test)[1]
    return done


def _step(net: Any, optimizer: Any, X: Tensor, y: Tensor, fabric: Any) -> Tensor:
    """One step of the optimiser; the loss before it."""
    with half(X.device):
        loss = cross_entropy(net(X), y)
    optimizer.zero_grad()
    loss.backward() if fabric is None else fabric.backward(loss)
    optimizer.step()
    return loss.detach()


def _optimizer(
    model: nn.Module, lr: float, momentum: float, decay: float, *, adam: bool
) -> torch.optim.Optimizer:
    if adam:
        return torch.optim.AdamW(model.parameters(), lr, weight_decay=decay)
    return torch.optim.SGD(model.parameters(), lr, momentum, weight_decay=decay)


@torch.no_grad()
def outputs(model: nn.Module, X: Tensor, size: int = 2000) -> Tensor:
    """The outputs of a network in evaluation mode, of shape (n, 10), float32."""
    training = model.training
    model.eval()
    found = torch.cat([model(part) for part in X.split(size)])
    model.train(training)
    return found


def evaluate(model: nn.Module, X: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean loss and share of errors."""
    out = outputs(model, X)
    return float(cross_entropy(out, y)), float((out.argmax(1) != y).float().mean())


def half(device: torch.device) -> Any:
    """Sixteen bits where they suffice, on a GPU that has them; all else computes in 32.

    Args:
        device: Where the network is.
    """
    # Older cards only imitate bfloat16, slower than single precision.
    able = device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= 8
    return torch.autocast(device.type, torch.bfloat16, enabled=able)
