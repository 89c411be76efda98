"""What a model sees and says of inputs: the features and the confidence that drift is looked for in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput, Violation
from acumen.neural.model import Model
from acumen.neural.spec import Want

CHUNK = 64
QUIET = Want(certificates=False)


def observe(model: Model, messages: Sequence[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return features (n, f) and confidences (n,) of checked inputs."""
    parts = [_observed(model, messages[start : start + CHUNK]) for start in range(0, len(messages), CHUNK)]
    summaries, confidences = zip(*parts, strict=True)
    return np.concatenate(summaries), np.concatenate(confidences)


def check(model: Model, messages: Sequence[Any], field: str) -> None:
    """Raise `InvalidInput` with every broken rule of every input; paths begin with `field` and the input's number."""
    broken: list[Violation] = []
    for i, message in enumerate(messages):
        try:
            model.spec.check(message)
        except InvalidInput as error:
            broken += [Violation(field=f"{field}[{i}].{v.field}", description=v.description) for v in error.violations]
    if broken:
        raise InvalidInput(broken)


def _observed(model: Model, messages: Sequence[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    batch = model.spec.featurise(messages)
    answers = model.decode(messages, batch, model.score(batch), QUIET)
    return batch.summary, np.array([answer.p for answer in answers], np.float32)
