"""What a job's options mean: defaults filled in, layer groups found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from acumen.errors import InvalidInput
from acumen.neural.learner import Habits
from acumen.proto.v1.training_job_pb2 import TrainingOptions

VALIDATION_SPLIT = 0.2
USUAL = Habits()
CHECKPOINT_EVERY_STEPS = 1000
MIN_MEMORY_BYTES = 64 << 20
FREEZE = "options.freeze_layers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to learn; see `acumen.v1.TrainingOptions`. `frozen` are names of layer groups, `patience` 0 is endless."""

    epochs: int = USUAL.epochs
    least_steps: int = USUAL.least_steps
    batch_size: int = USUAL.batch_size
    learning_rate: float = USUAL.learning_rate
    validation_split: float = VALIDATION_SPLIT
    seed: int = 0
    accumulation: int = 1
    checkpoint_layers: int = 0
    memory_limit_bytes: int = 0
    patience: int = 0
    frozen: frozenset[str] = frozenset()
    anchor: float = USUAL.anchor
    checkpoint_every_steps: int = CHECKPOINT_EVERY_STEPS

    @property
    def examples_a_step(self) -> int:
        """Examples whose gradients make one step."""
        return self.batch_size * self.accumulation

    def over(self, examples: int) -> "Plan":
        """Return the plan for so many examples, its epochs settled."""
        if not self.least_steps or not examples:
            return self
        return replace(self, epochs=max(self.epochs, -(-self.least_steps // self.steps(examples))), least_steps=0)

    def steps(self, examples: int) -> int:
        """Return the steps of an epoch over so many examples."""
        return -(-examples // self.examples_a_step)


def plan_of(options: TrainingOptions, groups: Sequence[str], habits: Habits = USUAL) -> Plan:
    """Return the plan of a model with these layer groups and habits; raises `InvalidInput`."""
    limit = options.memory_limit_bytes
    if limit and limit < MIN_MEMORY_BYTES:
        raise InvalidInput.of("options.memory_limit_bytes", f"{limit} bytes, the least is {MIN_MEMORY_BYTES}")
    return Plan(
        epochs=options.epochs if options.HasField("epochs") else habits.epochs,
        least_steps=0 if options.HasField("epochs") else habits.least_steps,
        batch_size=options.batch_size or habits.batch_size,
        learning_rate=options.learning_rate if options.HasField("learning_rate") else habits.learning_rate,
        validation_split=options.validation_split if options.HasField("validation_split") else VALIDATION_SPLIT,
        seed=options.seed,
        accumulation=options.gradient_accumulation or 1,
        checkpoint_layers=options.checkpoint_layers,
        memory_limit_bytes=limit,
        patience=options.early_stopping_patience,
        frozen=frozen_groups(options.freeze_layers, groups),
        anchor=options.anchor if options.HasField("anchor") else habits.anchor,
        checkpoint_every_steps=options.checkpoint_every_steps or CHECKPOINT_EVERY_STEPS,
    )


def frozen_groups(text: str, groups: Sequence[str]) -> frozenset[str]:
    """Return the groups that `text` names by number, from 0: "0-2", "0,2-3". Raises `InvalidInput`."""
    numbers: set[int] = set()
    for part in text.split(",") if text.strip() else []:
        numbers.update(_range(part.strip(), groups))
    if groups and len(numbers) == len(groups):
        raise InvalidInput.of(FREEZE, f"'{text}' leaves no layer to train; groups are {_listed(groups)}")
    return frozenset(groups[number] for number in numbers)


def _range(part: str, groups: Sequence[str]) -> range:
    first, dash, last = part.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise InvalidInput.of(FREEZE, f"'{part}' is no number and no range such as 0-{len(groups) - 1}")
    low, high = int(first), int(last or first)
    if low > high or high >= len(groups):
        raise InvalidInput.of(FREEZE, f"'{part}' is not within 0-{len(groups) - 1}; groups are {_listed(groups)}")
    return range(low, high + 1)


def _listed(groups: Sequence[str]) -> str:
    return ", ".join(f"{number} {name}" for number, name in enumerate(groups))
