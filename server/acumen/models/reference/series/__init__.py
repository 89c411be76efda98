"""reference-v1: the shape of 64 consecutive readings of a metric."""

from pathlib import Path

from acumen.models.reference.series.spec import SPEC
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.reference.series.recipe import RECIPE

    return RECIPE


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe)
