"""consensus-v1: what many agents' votes say together."""

from pathlib import Path

from acumen.models.coordination.consensus.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.coordination.consensus.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.coordination.consensus.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
