"""From a model, examples and options, as callers state them, to the specification of a training job."""

from collections.abc import Iterable
from typing import Literal

from acumen_client.gen.v1.training_example_pb2 import TrainingExample
from acumen_client.gen.v1.training_job_pb2 import TrainingOptions, TrainingSpec

Promote = Literal["if_better", "never"]


def spec(
    model: str,
    *,
    name: str = "",
    version: str = "",
    domain: str = "",
    dataset_id: str = "",
    examples: Iterable[TrainingExample] = (),
    options: TrainingOptions | None = None,
    promote: Promote = "if_better",
) -> TrainingSpec:
    """Return a specification; the examples are those of a stored data set or given here, up to 10,000."""
    made = TrainingSpec(model=model, version=version, name=name, domain=domain, options=options)
    made.options.promote = f"PROMOTE_MODE_{promote.upper()}"  # type: ignore[assignment]
    if dataset_id:
        made.data.dataset_id = dataset_id
    elif given := list(examples):
        made.data.examples.examples.extend(given)
    return made
