"""Curves and a reliability diagram of a job as a PNG, with Matplotlib, which is an extra."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from acumen_client.messages import TrainingEvent, TrainingResult


def check(path: Path | None) -> None:
    """Refuse a plot that could not be drawn, before anything is trained."""
    if path is None:
        return
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise typer.BadParameter("needs Matplotlib: pip install 'acumen-client[plot]'", param_hint="--plot") from None
    if not path.parent.is_dir():
        raise typer.BadParameter(f"{path.parent} is no folder", param_hint="--plot")


def draw(path: Path, events: Sequence[TrainingEvent], result: TrainingResult) -> None:
    """Write losses, qualities and confidence against frequency; every point is one of the job's events."""
    from matplotlib.figure import Figure

    epochs = [event.progress for event in events if event.progress.epoch_end]
    figure = Figure(figsize=(12, 4), layout="constrained")
    losses, qualities, reliability = figure.subplots(1, 3)
    at = [one.epoch for one in epochs]
    _lines(losses, at, "loss", [one.loss for one in epochs], [one.validation_loss for one in epochs])
    held = [one.validation_quality for one in epochs]
    _lines(qualities, at, result.measure, [one.quality for one in epochs], held)
    _reliability(reliability, result)
    figure.suptitle(f"{result.model} {result.version}, epoch {result.epoch} taken")
    figure.savefig(path, format="png", dpi=120)


def _lines(axes: Any, at: Sequence[int], label: str, trained: list[float], held: list[float]) -> None:
    for name, values in (("trained on", trained), ("held out", held)):
        axes.plot(at, values, label=name, marker="." if len(at) < 30 else "")
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.legend()


def _reliability(axes: Any, result: TrainingResult) -> None:
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    p, happened = [one.confidence for one in result.reliability], [one.happened for one in result.reliability]
    axes.plot(p, happened, marker="o")
    axes.set(xlabel="confidence", ylabel="share that happened", xlim=(0, 1), ylim=(0, 1))
    axes.set_title(f"ECE {result.calibration_error:.3f}, n = {result.n}", fontsize="medium")
