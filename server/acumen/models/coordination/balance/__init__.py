"""balance-v1: load metrics to a distribution plan."""

from pathlib import Path

from acumen.models.coordination.balance.spec import SPEC
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.coordination.balance.recipe import RECIPE

    return RECIPE


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe)
