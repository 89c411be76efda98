"""reference-v1: the shape of 64 consecutive readings of a metric."""

from pathlib import Path

from acumen.models.reference.series.spec import SPEC
from acumen.neural.learner import Learner
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.reference.series.recipe import RECIPE

    return RECIPE


def _learner() -> Learner:
    from acumen.models.reference.series.learner import LEARNER

    return LEARNER


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe, learner=_learner)
