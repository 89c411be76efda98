"""convergent-v1: which strategy, and which path, solves a problem that was cut into subproblems."""

from pathlib import Path

from acumen.models.cognitive.convergent.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.cognitive.convergent.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.cognitive.convergent.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
