"""The folder of a job: what its process is to do, and the weights it does it with."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from acumen.errors import TrainingCrashed
from acumen.models import CATALOGUE
from acumen.neural import card, weights
from acumen.neural.learner import Habits, Habitual, Learner
from acumen.neural.recipe import WEIGHTS, Entry
from acumen.proto.storage.v1.training_pb2 import WorkerTask

TASK, START, INCUMBENT, RESULT = "task.binpb", "start", "incumbent", "result"


@dataclass(frozen=True, slots=True)
class Task:
    """What a process works on: `message` and the folder it lies in."""

    folder: Path
    message: WorkerTask

    @classmethod
    def read(cls, folder: Path) -> "Task":
        """Return the task of a folder; raises `TrainingCrashed` where it holds none."""
        try:
            return cls(folder, WorkerTask.FromString((folder / TASK).read_bytes()))
        except (FileNotFoundError, DecodeError) as error:
            raise TrainingCrashed(f"the job's folder holds no task: {error}") from None

    @property
    def family(self) -> Entry:
        """The catalogue's model whose code it runs on."""
        return next(entry for entry in CATALOGUE if entry.name == self.message.family)

    @property
    def learner(self) -> Learner:
        """How that model learns."""
        return learner_of(self.family)

    def weights(self, which: str) -> dict[str, NDArray[Any]]:
        """Return the weights of the start or the incumbent."""
        folder = self.folder / which
        return weights.load(folder / WEIGHTS, card.read(folder).weights_sha256)


def learner_of(entry: Entry) -> Learner:
    """Return how a model learns; raises `LookupError` for one that does not."""
    if entry.learner is None:
        raise LookupError(f"model '{entry.name}' cannot be trained")
    return entry.learner()


def habits_of(learner: Learner) -> Habits:
    """Return how a model is trained where a caller says nothing else."""
    return learner.habits if isinstance(learner, Habitual) else Habits()


def copy_version(source: Path, target: Path) -> None:
    """Copy weights and card, so that a job goes on as it began whatever happens to the version."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (WEIGHTS, "card.json"):
        shutil.copyfile(source / name, target / name)
