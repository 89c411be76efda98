"""throttle-v1: what was measured of an API to rate limits."""

from pathlib import Path

from acumen.models.performance.throttle.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.performance.throttle.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.performance.throttle.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
