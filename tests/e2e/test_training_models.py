"""Fine-tuning convergent-v1 on a domain of its own: frozen groups keep every bit, and the domain is answered better."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from acumen.models.cognitive.convergent import ENTRY, path, world
from acumen.neural.archive import unpack
from acumen.neural.recipe import WEIGHTS
from acumen_client.messages import ConvergentTruth, ProblemContext, TrainingExample, TrainingOptions
from acumen_client.training.specs import spec
from tests.conftest import Acumend

pytestmark = pytest.mark.slow
FROZEN = ENTRY.spec.identity.layer_groups[:5]
COSTLY = path.NAMES.index("PORTFOLIO_RACE")


def _examples(n: int) -> list[TrainingExample]:
    """Return problems of a place where racing several ways brings half of what it brings elsewhere."""
    made = []
    for index in range(n):
        case = world.case(world.generator(77, index))
        utility = world.fared(case.problem, case.arranged, np.random.default_rng([77, index]), 16).utility.copy()
        utility[COSTLY] *= 0.5
        target = ConvergentTruth()
        for strategy in np.flatnonzero(path.possible(case.problem)).tolist():
            target.outcomes.add(strategy=strategy + 1, utility=float(utility[strategy]))
        message = ProblemContext.FromString(case.message.SerializeToString())
        made.append(TrainingExample(problem_context=message, convergent_truth=target))
    return made


def test_a_domain_is_learned_and_frozen_groups_stay(server: Acumend, tmp_path: Path) -> None:
    """Groups 0-4 are byte-equal, the heads of what was labelled are not; the gain on held-out problems is sure."""
    options = TrainingOptions(epochs=20, freeze_layers="0-4", anchor=0)
    with server.client() as client:
        made = spec("convergent-v1", name="ours", domain="costly races", examples=_examples(800), options=options)
        result = list(client.training.train(made, timeout=120))[-1].job.result
        assert result.promoted and result.gain_low > 0, result.reason
        data = client.download_model(tmp_path / "ours.tar", "ours").read_bytes()
    ours = load(unpack(data, hashlib.sha256(data).hexdigest()).weights)
    base = load((ENTRY.folder / WEIGHTS).read_bytes())
    equal = {name.split("/")[1] for name in base if name.startswith("net/") and np.array_equal(base[name], ours[name])}
    assert equal >= set(FROZEN) and not equal & {"cost", "regret"}
