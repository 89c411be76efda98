"""What a job's process does, from its folder's task to weights and card: every chunk in turn, then the judgement."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import acumen_accel
from acumen.neural import reservoir
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled, Learner
from acumen.neural.spec import ModelSpec, Weights
from acumen.proto.storage.v1.training_pb2 import WorkerData, WorkerMessage
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.storage import datasets
from acumen.training import checkpoint, memory, rehearsal
from acumen.training.fitting import Arrays
from acumen.training.judging import Outcome, conclude
from acumen.training.lesson import Lesson
from acumen.training.plan import Plan, plan_of
from acumen.training.split import Split, labelled, split
from acumen.training.task import START, Task, habits_of
from acumen.training.telling import Telling


@dataclass
class Work:
    """One run over a job's folder; `send` tells the server, `told_to_stop` says that it wants the process to end."""

    folder: Path
    send: Callable[[WorkerMessage], None]
    told_to_stop: Callable[[], bool]
    _epoch: int = 0  # whose weights the last chunk took

    @cached_property
    def task(self) -> Task:
        """What is to be done."""
        return Task.read(self.folder)

    @cached_property
    def learner(self) -> Learner:
        """How the model learns."""
        return self.task.learner

    @property
    def spec(self) -> ModelSpec:
        """The model's domain logic."""
        return self.task.family.spec

    @cached_property
    def plan(self) -> Plan:
        """How to learn."""
        return plan_of(self.task.message.spec.options, self.spec.identity.layer_groups, habits_of(self.learner))

    def run(self) -> None:
        """Learn from what is there; raises `Told`, `MemoryLimit`, `DataUnusable`, `InvalidInput`."""
        memory.bound(self.plan.memory_limit_bytes)
        ops = Inference(acumen_accel.backend())
        chunks = [self._chunk(number) for number in range(len(self.task.message.data))]
        held = sum(len(one.select) + len(one.judge) for one in chunks)
        total = held + sum(len(one.train) for one in chunks)
        self.send(WorkerMessage(data=WorkerData(examples=total, held_out=held)))
        weights = self._learned(chunks, ops)
        if self.task.message.finished or not self.task.message.incremental:
            self._conclude(weights, chunks, ops)

    def _chunk(self, number: int) -> Split:
        examples = datasets.read(self.folder / self.task.message.data[number])
        return split(examples, self.plan.validation_split, self.plan.seed + number)

    def _learned(self, chunks: list[Split], ops: Inference) -> Arrays:
        """Return the weights after every chunk, going on from the checkpoint there is."""
        saved = checkpoint.read(self.folder)
        first, weights = (saved[1]["chunk"], _beginning(saved[0])) if saved else (0, {})
        weights = weights or self.task.weights(START)
        self._epoch = saved[1].get("epoch", 0) if saved else 0
        sizes = [self._rehearsed(chunks, number) for number in range(len(chunks))]
        plans = [self.plan.over(size) for size in sizes]
        steps = [plan.epochs * plan.steps(size) for plan, size in zip(plans, sizes, strict=True)]
        epochs = [plan.epochs for plan in plans]
        telling = Telling(send=self.send, measure=self.learner.measure, epochs=sum(epochs), steps=sum(steps))
        for number in range(first, len(chunks)):
            lesson = self._lesson(chunks, number, weights, ops, telling)
            lesson.epochs_before, lesson.steps_before = sum(epochs[:number]), sum(steps[:number])
            if saved and number == first and "fitting" in saved[1]:
                lesson.resume(*_within(saved))
            weights = lesson.run()
            self._epoch = lesson.epochs_before + lesson.fitting.at.best_epoch
            self._chunk_done(number, weights)
        return dict(weights)

    def _chunk_done(self, number: int, weights: Arrays) -> None:
        """Keep what a chunk taught, so that the next process begins after it."""
        start = {f"start/{name}": value for name, value in weights.items()}
        checkpoint.write(self.folder, start, {"chunk": number + 1, "epoch": self._epoch})
        self.send(WorkerMessage(chunk_learned=number + 1))

    def _rehearsed(self, chunks: list[Split], number: int) -> int:
        return len(chunks[number].train) + len(self._memories(chunks, number))

    def _memories(self, chunks: list[Split], number: int) -> list[TrainingExample]:
        """Return what is rehearsed beside a chunk: of the model's own reservoir and of the chunks before."""
        past = [*self._old.train, *(example for one in chunks[:number] for example in one.train)]
        return rehearsal.beside(past, len(chunks[number].train), self.plan.seed)

    @cached_property
    def _old(self) -> Split:
        """What the model remembers of what it was trained on; most to rehearse, the rest to see what is forgotten."""
        return rehearsal.divided(reservoir.of(self.task.weights(START)), self.plan.seed)

    def _lesson(self, chunks: list[Split], number: int, weights: Weights, ops: Inference, telling: Telling) -> Lesson:
        own, seed = chunks[number], self.plan.seed + number
        train = self._labelled([*own.train, *self._memories(chunks, number)])
        select = self._labelled([example for one in chunks[: number + 1] for example in one.select])
        everything = self._labelled([*own.train, *own.select, *own.judge, *self._old.train])
        return Lesson(
            folder=self.folder,
            spec=self.spec,
            learner=self.learner,
            plan=replace(self.plan.over(len(train.messages)), seed=seed),
            start=self.learner.initial(weights, everything, seed),
            train=train,
            select=select,
            ops=ops,
            telling=telling,
            told_to_stop=self.told_to_stop,
            number=number,
        )

    def _labelled(self, examples: list[TrainingExample]) -> Labelled:
        return labelled(examples, self.spec.identity.input_field, self.learner.target_field)

    def _conclude(self, weights: Arrays, chunks: list[Split], ops: Inference) -> None:
        trained = [example for one in chunks for example in one.train]
        kept = rehearsal.kept(self.task.weights(START), trained, self.plan.seed)
        outcome = Outcome(
            task=self.task,
            learner=self.learner,
            weights=weights,
            trained=self._labelled(trained),
            select=self._labelled([example for one in chunks for example in one.select]),
            judge=self._labelled([example for one in chunks for example in one.judge]),
            old=self._labelled(self._old.judge),
            reservoir=kept,
            epoch=self._epoch,
            ops=ops,
        )
        self.send(WorkerMessage(result=conclude(outcome)))


def _beginning(arrays: dict[str, Any]) -> Arrays:
    return {name.removeprefix("start/"): value for name, value in arrays.items() if name.startswith("start/")}


def _within(saved: tuple[Arrays, dict[str, Any]]) -> tuple[Arrays, dict[str, Any]]:
    arrays, numbers = saved
    return {name: value for name, value in arrays.items() if not name.startswith("start/")}, numbers["fitting"]
