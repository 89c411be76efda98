"""A job as it learns: a line an epoch, and on a terminal a curve of the losses and the time that is left."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from acumen_client.cli import figures
from acumen_client.cli.screen import Screen
from acumen_client.messages import TrainingEvent, TrainingJobState, TrainingProgress

_BARS = "▁▂▃▄▅▆▇█"
_CURVE_WIDTH = 60


def shown(screen: Screen, events: Iterable[TrainingEvent], memory: bool) -> Iterator[TrainingEvent]:
    """Yield events while they are shown on standard error: live on a terminal, else a line an epoch."""
    if screen.is_live:
        yield from _live(screen, events, memory)
        return
    state = None
    for event in events:
        if event.progress.epoch_end:
            screen.note(epoch_line(event.progress, memory))
        elif event.HasField("job") and event.job.state != state:
            state = event.job.state
            screen.note(state_line(event))
        yield event


def _live(screen: Screen, events: Iterable[TrainingEvent], memory: bool) -> Iterator[TrainingEvent]:
    losses: list[float] = []
    held: list[float] = []
    with Live(console=screen.console, transient=True, refresh_per_second=8) as view:
        for event in events:
            if event.progress.epoch_end:
                losses.append(event.progress.loss)
                held.append(event.progress.validation_loss)
            if event.HasField("progress"):
                view.update(_picture(event.progress, losses, held, memory))
            elif event.HasField("job"):
                view.update(Text(state_line(event)))
            yield event


def _picture(progress: TrainingProgress, losses: list[float], held: list[float], memory: bool) -> RenderableType:
    share = progress.step / max(progress.steps, 1)
    bar = Text("━" * int(share * _CURVE_WIDTH), "cyan") + Text("━" * (_CURVE_WIDTH - int(share * _CURVE_WIDTH)), "dim")
    return Group(
        Text(epoch_line(progress, memory)),
        bar,
        Text.assemble(("loss     ", "dim"), curve(losses)),
        Text.assemble(("val_loss ", "dim"), curve(held)),
    )


def curve(values: list[float], width: int = _CURVE_WIDTH) -> str:
    """Return values as a row of bars, the highest full; many are thinned out, the last one stays."""
    if not values:
        return ""
    step = -(-len(values) // width)
    picked = values[::-1][::step][::-1]
    low, high = min(picked), max(picked)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[round((value - low) * scale)] for value in picked)


def epoch_line(progress: TrainingProgress, memory: bool = False) -> str:
    """Return `Epoch 45/50 loss 0.023 accuracy 0.947 val_loss 0.031 ETA 2m15s`."""
    quality = "accuracy" if progress.measure.startswith("share") else "quality"
    parts = [f"Epoch {progress.epoch}/{progress.epochs} loss {progress.loss:.3f}"]
    if progress.epoch_end:
        parts.append(f"{quality} {progress.validation_quality:.3f} val_loss {progress.validation_loss:.3f}")
    parts.append(f"ETA {span(progress.eta.ToTimedelta())}")
    if memory:
        held = progress.memory
        sizes = {
            "resident": held.resident_bytes,
            "weights": held.weights_bytes,
            "gradients": held.gradient_bytes,
            "optimiser": held.optimiser_bytes,
            "activations": held.activation_bytes,
            "data": held.data_bytes,
        }
        parts.append(" ".join(f"{name} {figures.size(value)}" for name, value in sizes.items()))
    return " ".join(parts)


def state_line(event: TrainingEvent) -> str:
    """Return what a change of state says."""
    state = TrainingJobState.Name(event.job.state).removeprefix("TRAINING_JOB_STATE_").lower()
    return f"job {event.job.id} is {state}" + (f": {event.job.error.message}" if event.job.error.message else "")


def span(time: timedelta) -> str:
    """Return `2m15s`, `1h02m` or `8s`."""
    seconds = round(time.total_seconds())
    if seconds >= 3600:
        return f"{seconds // 3600}h{seconds % 3600 // 60:02}m"
    return f"{seconds // 60}m{seconds % 60:02}s" if seconds >= 60 else f"{seconds}s"
