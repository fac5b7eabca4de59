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
        decay: Weight decay.
        fall: What the step size is multiplied with after each epoch.
        until: Stop after an epoch whose mean loss is no more than this.
        seed: Of the order of the examples.
        fabric: A launched ``lightning.fabric.Fabric``: then each process takes its share of every
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
    optimizer = torch.optim.SGD(model.parameters(), lr, momentum, weight_decay=decay)
    net: Any = model
    if fabric is not None:
        net, optimizer = fabric.setup(model, optimizer)
    batches = Batches(len(X), batch, [seed], device=device)
    steps, done = len(X) // batch, Fit(model)
    for epoch in tqdm(range(epochs), disable=not progress):
        net.train()
        total = torch.zeros((), device=device)
        for step in range(epoch * steps, (epoch + 1) * steps):
            mine = batches(step)[0, rank::world]
            with half(device):
                loss = cross_entropy(net(X[mine]), images.y[mine])
            optimizer.zero_grad()
            loss.backward() if fabric is None else fabric.backward(loss)
            optimizer.step()
            total += loss.detach()
        mean = total / steps if fabric is None else fabric.all_reduce(total / steps)
        if not torch.isfinite(mean):
            raise FloatingPointError(f"the loss of epoch {epoch} is {float(mean)}; try lr < {lr}")
        done.losses.append(float(mean))
        for group in optimizer.param_groups:
            group["lr"] *= fall
        if float(mean) <= until:
            break
    done.train_loss, done.train_error = evaluate(model, X, images.y)
    done.test_error = evaluate(model, images.X_test, images.y_test)[1]
    return done


@torch.no_grad()
def outputs(model: nn.Module, X: Tensor, size: int = 2000) -> Tensor:
    """The outputs of a network in evaluation mode, of shape (n, 10), float32."""
    model.eval()
    with half(X.device):
        return torch.cat([model(part).float() for part in X.split(size)])


def evaluate(model: nn.Module, X: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean loss and share of errors."""
    out = outputs(model, X)
    return float(cross_entropy(out, y)), float((out.argmax(1) != y).float().mean())


def half(device: torch.device) -> Any:
    """Sixteen bits where they suffice, on a GPU; the processor computes in 32.

    Args:
        device: Where the network is.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
