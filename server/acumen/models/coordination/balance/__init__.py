"""balance-v1: load metrics to a distribution plan."""

from pathlib import Path

from acumen.models.coordination.balance.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.coordination.balance.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.coordination.balance.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
