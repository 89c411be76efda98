"""The options of `acumen neural train`, `fine-tune` and `train-incremental`, and what they ask for."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from acumen_client.cli.sizes import size_bytes
from acumen_client.messages import PROMOTE_MODE_NEVER, TrainingOptions
from acumen_client.training.data import FormatName

Base = Annotated[str, typer.Option("--model", help="Model to start from, for example text-v1.")]
Data = Annotated[Path, typer.Option(help="Examples: .jsonl, .json or .csv; see prepare-data.")]
DataFormat = Annotated[FormatName | None, typer.Option("--data-format", help="Default: by the file's ending.")]
Epochs = Annotated[
    int | None, typer.Option(min=0, max=10_000, help="Passes over the data. Default: the model's, or 50.")
]
BatchSize = Annotated[int, typer.Option(min=0, max=65_536, help="Examples a gradient. Default: the model's, or 32.")]
LearningRate = Annotated[float | None, typer.Option(help="Largest step, at most 1. Default: the model's, or .001.")]
ValidationSplit = Annotated[float, typer.Option(help="Share held back, .05 to .5.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of split, order and new outputs.")]
Accumulation = Annotated[int, typer.Option(min=1, max=1024, help="Batches whose gradients are summed for a step.")]
Checkpoint = Annotated[
    bool, typer.Option("--gradient-checkpoint", help="Compute layers again instead of keeping them: less memory.")
]
CheckpointLayers = Annotated[int, typer.Option(min=0, max=64, help="Layers between those kept. Default: 1.")]
MemoryLimit = Annotated[str | None, typer.Option(help="The job stops, saved, beyond it: 512MiB, 2GiB.")]
MemoryMonitor = Annotated[bool, typer.Option("--memory-monitor", help="Show the process's memory by part.")]
EarlyStopping = Annotated[str | None, typer.Option(help="patience=N: stop after N epochs that are no better.")]
Freeze = Annotated[str, typer.Option("--freeze-layers", help="Layer groups that stay: 0-5, 0,2-3 (see describe).")]
Anchor = Annotated[
    float | None, typer.Option(min=0, max=1000, help="Pull toward the start. Default: the model's, or .01.")
]
Domain = Annotated[str, typer.Option(help="What the data are about; kept with the version.")]
NoPromote = Annotated[bool, typer.Option("--no-promote", help="Keep the result without serving it.")]
Watch = Annotated[bool, typer.Option("--watch/--detach", help="Follow the job, or return at once.")]
Plot = Annotated[Path | None, typer.Option(help="Write curves and a reliability diagram to this PNG.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Options as a command took them."""

    epochs: int | None
    batch_size: int
    learning_rate: float | None
    validation_split: float
    seed: int
    gradient_accumulation: int = 1
    gradient_checkpoint: bool = False
    checkpoint_layers: int = 0
    memory_limit: str | None = None
    early_stopping: str | None = None
    freeze_layers: str = ""
    anchor: float | None = None
    no_promote: bool = False

    def options(self) -> TrainingOptions:
        """Return what is sent."""
        made = TrainingOptions(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            validation_split=self.validation_split,
            seed=self.seed,
            gradient_accumulation=self.gradient_accumulation,
            checkpoint_layers=self.checkpoint_layers or int(self.gradient_checkpoint),
            memory_limit_bytes=size_bytes(self.memory_limit, "--memory-limit") if self.memory_limit else 0,
            early_stopping_patience=_patience(self.early_stopping),
            freeze_layers=self.freeze_layers,
            anchor=self.anchor,
        )
        if self.no_promote:
            made.promote = PROMOTE_MODE_NEVER
        return made


def _patience(given: str | None) -> int:
    if given is None:
        return 0
    found = re.fullmatch(r"(?:patience=)?([1-9]\d{0,3})", given)
    if found is None:
        raise typer.BadParameter(f"'{given}' is not patience=N with N from 1 to 9999", param_hint="--early-stopping")
    return int(found[1])
