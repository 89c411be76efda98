"""What the tests of training share: examples of reference-v1 that its base answers badly, and jobs on them."""

import numpy as np

from acumen.models.reference.series.world import SHAPES, generate
from acumen_client.gen.v1.training_job_pb2 import TrainingOptions, TrainingSpec
from acumen_client.messages import Tensor, TensorTruth, TrainingExample
from acumen_client.training.specs import spec

BASE = "reference-v1"


def examples(n: int, seed: int = 5, shuffled: bool = False) -> list[TrainingExample]:
    """Return `n` noisy series with their shapes, or with shapes that have nothing to do with them."""
    series, shape = generate(seed, n, shifted=True)
    if shuffled:
        shape = np.random.default_rng(seed).permutation(shape)
    return [
        TrainingExample(tensor=Tensor(f32=row.astype("<f4").tobytes()), tensor_truth=TensorTruth(name=SHAPES[k]))
        for row, k in zip(series, shape, strict=True)
    ]


def job(n: int = 1000, name: str = "mine", shuffled: bool = False, seed: int = 5, **options: object) -> TrainingSpec:
    """Return the specification of a job."""
    made = TrainingOptions(**{"epochs": 4, **options})  # type: ignore[arg-type]
    return spec(BASE, name=name, examples=examples(n, seed, shuffled), options=made)
