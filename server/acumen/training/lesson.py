"""One data set, or one chunk of a stream, learned from: epochs, checkpoints, progress."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from acumen.errors import MemoryLimit
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, Learner, answers
from acumen.neural.spec import ModelSpec, Weights
from acumen.proto.v1.training_job_pb2 import TrainingProgress
from acumen.storage.failpoints import failpoint
from acumen.training import checkpoint, memory
from acumen.training.fitting import Arrays, Fitting
from acumen.training.plan import Plan
from acumen.training.telling import Telling

JUDGED = 1000
SAVING_SHARE, LEAST_PAUSE_S, MOST_PAUSE_S = 0.05, 0.2, 2.0


class Told(Exception):  # noqa: N818 (it is a request, not an error)
    """The process was asked to stop; its state is on disk."""


@dataclass(slots=True, kw_only=True)
class Lesson:
    """Learns from `train`, choosing the epoch by `select`; `number` is the chunk's, from 0.

    `epochs_before` and `steps_before` are those of earlier chunks, so that what is told counts through.
    """

    folder: Path
    spec: ModelSpec
    learner: Learner
    plan: Plan
    start: Weights
    train: Labelled
    select: Labelled
    ops: Inference
    telling: Telling
    told_to_stop: Callable[[], bool]
    number: int = 0
    epochs_before: int = 0
    steps_before: int = 0
    fitting: Fitting = field(init=False)
    _began_s: float = field(default_factory=time.monotonic)
    _saved_s: float = field(default_factory=time.monotonic)
    _saving_s: float = 0.0

    def __post_init__(self) -> None:
        before = memory.resident_bytes()
        train = self.learner.prepare(self.start, self.train)
        select = self.learner.prepare(self.start, self.select)
        self.fitting = Fitting(self.spec, self.learner, self.plan, self.start, train, select, self.ops)
        size = memory.size_of(self.fitting.base)
        told = self.telling.memory
        told.data_bytes = max(memory.resident_bytes() - before, 0)
        told.weights_bytes, told.gradient_bytes, told.optimiser_bytes = 2 * size, size, 2 * size

    def resume(self, arrays: Mapping[str, Any], numbers: Mapping[str, Any]) -> None:
        """Go on from a checkpoint of this chunk."""
        self.fitting.restore(arrays, numbers)

    def run(self) -> Arrays:
        """Return all weights with those of the best epoch; raises `Told` and `MemoryLimit`, the state on disk."""
        self.fitting.start()
        while not self.fitting.done:
            self._epoch()
        return self.fitting.weights(self.fitting.best)

    def _epoch(self) -> None:
        steps = self.fitting.epoch()
        for _ in self._measured_first(steps):
            failpoint("training.step")
            self._after_step()
        loss = self.fitting.loss_mean
        validation_loss = self.fitting.end_epoch()
        if self.telling.epoch_is_told(self.epochs_before + self.fitting.at.epoch):
            self._tell_epoch(loss, validation_loss)
        self._save_if_cheap()

    def _measured_first(self, steps: Any) -> Any:
        """Yield from `steps`, having measured what the first one of this process allocates."""
        if not self.telling.memory.activation_bytes:
            first, peak = memory.peak_of(lambda: next(steps, None))
            self.telling.memory.activation_bytes = max(peak, 1)
            if first is None:
                return
            yield first
        yield from steps

    def _after_step(self) -> None:
        at = self.fitting.at
        if self.told_to_stop():
            self.save()
            raise Told
        if self.plan.memory_limit_bytes:
            self._check_memory()
        if at.loss_steps % self.plan.checkpoint_every_steps == 0:
            self.save()
        if self.telling.due():
            self.telling.progress(self._progress(self.fitting.loss_mean))

    def _check_memory(self) -> None:
        try:
            memory.check(self.plan.memory_limit_bytes)
        except MemoryLimit:
            self.save()
            raise

    def _progress(self, loss: float) -> TrainingProgress:
        at = self.fitting.at
        self.telling.memory.resident_bytes = memory.resident_bytes()
        rate = self.fitting.adam.schedule.rate(min(at.step, max(self.fitting.steps - 1, 0)))
        epoch, step = self.epochs_before + at.epoch, self.steps_before + at.step
        return TrainingProgress(epoch=epoch, step=step, loss=loss, learning_rate=rate)

    def _tell_epoch(self, loss: float, validation_loss: float) -> None:
        progress = self._progress(loss)
        weights = self.fitting.weights(self.fitting.adam.averaged)
        progress.epoch_end, progress.validation_loss = True, validation_loss
        progress.quality = self._quality(weights, _first(self.train, JUDGED))
        progress.validation_quality = self._quality(weights, self.select)
        self.telling.progress(progress)

    def _quality(self, weights: Weights, examples: Labelled) -> float:
        told = answers(self.spec, weights, examples.messages, self.ops)
        return float(np.mean(self.learner.judge(told, examples).quality))

    def _save_if_cheap(self) -> None:
        if time.monotonic() - self._saved_s >= pause_s(self._saved_s - self._began_s, self._saving_s):
            self.save()

    def save(self) -> None:
        """Write the checkpoint, and say so."""
        began = time.monotonic()
        arrays, numbers = self.fitting.state()
        if self.number:  # what an earlier chunk left cannot be read anywhere else
            arrays |= {f"start/{name}": value for name, value in self.start.items()}
        checkpoint.write(self.folder, arrays, {"chunk": self.number, "fitting": numbers})
        self._saved_s = time.monotonic()
        self._saving_s = self._saved_s - began
        at = self.fitting.at
        self.telling.checkpoint(self.epochs_before + at.epoch, self.steps_before + at.step)


def pause_s(ran_s: float, saving_s: float) -> float:
    """Return the seconds until the next checkpoint that nobody asked for, a process having run so long until its last.

    At most a twentieth of the time goes into them. A crash loses at most a third of what a process has done, and two
    seconds; more often, the server, which journals each, would answer calls late.
    """
    return max(saving_s / SAVING_SHARE, min(max(ran_s / 2, LEAST_PAUSE_S), MOST_PAUSE_S))


def _first(examples: Labelled, most: int) -> Labelled:
    return Labelled(messages=examples.messages[:most], targets=examples.targets[:most])
