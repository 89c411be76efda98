"""text-v1: what a text asks for, and the model from which any text-to-label task is trained."""

from pathlib import Path

from acumen.models.specialised.text.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.specialised.text.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.specialised.text.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
