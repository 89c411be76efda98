"""What a job's process says of its progress, and how often."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from acumen.neural.rounding import significant
from acumen.proto.storage.v1.training_pb2 import WorkerMessage
from acumen.proto.v1.training_job_pb2 import TrainingCheckpoint, TrainingMemory, TrainingProgress

MOST_EPOCHS_TOLD = 500
WITHIN_EPOCH_S = 2.0


@dataclass(slots=True, kw_only=True)
class Telling:
    """Reports to the server; `epochs` and `steps` are those of the whole job, as far as they are known."""

    send: Callable[[WorkerMessage], None]
    measure: str
    epochs: int
    steps: int
    memory: TrainingMemory = field(default_factory=TrainingMemory)
    _began_s: float = field(default_factory=time.monotonic)
    _first_step: int = -1
    _last_s: float = field(default_factory=time.monotonic)

    def due(self) -> bool:
        """Whether nothing was told for a while."""
        return time.monotonic() - self._last_s >= WITHIN_EPOCH_S

    def epoch_is_told(self, epoch: int) -> bool:
        """Whether the end of an epoch is; of very many only some are."""
        return epoch % -(-self.epochs // MOST_EPOCHS_TOLD) == 0 or epoch >= self.epochs

    def progress(self, progress: TrainingProgress) -> None:
        """Tell how far it is; fills in what follows from the time and the plan."""
        if self._first_step < 0:
            self._first_step = progress.step
        now = time.monotonic()
        done = progress.step - self._first_step
        if done:
            seconds = (now - self._began_s) * (self.steps - progress.step) / done
            progress.eta.FromMilliseconds(int(seconds * 1e3))
        progress.epochs, progress.steps, progress.measure = self.epochs, self.steps, self.measure
        for name in ("loss", "quality", "validation_loss", "validation_quality", "learning_rate"):
            setattr(progress, name, significant(getattr(progress, name)))
        progress.memory.CopyFrom(self.memory)
        self._last_s = now
        self.send(WorkerMessage(progress=progress))

    def checkpoint(self, epoch: int, step: int) -> None:
        """Tell that a state is on disk."""
        self.send(WorkerMessage(checkpoint=TrainingCheckpoint(epoch=epoch, step=step)))
