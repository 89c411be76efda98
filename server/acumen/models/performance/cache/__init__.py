"""cache-v1: which caching policy, and how large a cache, for a pattern of accesses."""

from pathlib import Path

from acumen.models.performance.cache.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.performance.cache.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.performance.cache.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
