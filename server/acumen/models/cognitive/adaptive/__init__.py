"""adaptive-v1: feedback history to learned behaviour."""

from pathlib import Path

from acumen.models.cognitive.adaptive.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.cognitive.adaptive.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.cognitive.adaptive.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
