"""consensus-v1: what many agents' votes say together."""

from pathlib import Path

from acumen.models.coordination.consensus.spec import SPEC
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.coordination.consensus.recipe import RECIPE

    return RECIPE


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe)
