"""cache-v1: which caching policy, and how large a cache, for a pattern of accesses."""

from pathlib import Path

from acumen.models.performance.cache.spec import SPEC
from acumen.neural.recipe import Entry, Recipe


def _recipe() -> Recipe:
    from acumen.models.performance.cache.recipe import RECIPE

    return RECIPE


ENTRY = Entry(spec=SPEC, folder=Path(__file__).parent, recipe=_recipe)
