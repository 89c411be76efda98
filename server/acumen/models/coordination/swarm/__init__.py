"""coordination-v2: which topology, leader and parameters coordinate a swarm of agents best."""

from pathlib import Path

from acumen.models.coordination.swarm.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.coordination.swarm.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.coordination.swarm.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
