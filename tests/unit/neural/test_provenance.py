"""The hash in a card names the code that made the weights: all of it, and no more."""

from pathlib import Path

import pytest

from acumen.models import CATALOGUE
from acumen.neural import card, provenance
from acumen.neural.recipe import Entry

RECIPE = "from acumen.models.toy import world\n\n\ndef train():\n    return world.draw()\n"
WORLD = 'from acumen.neural.fit import step\n\n\ndef draw(n: int = 3):\n    """Draw."""\n    return step(n)\n'
FIT = "def step(n: int):\n    return n + 1\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a package with a recipe, a module beside it, a module of the framework, and one that nothing imports."""
    root = tmp_path / "acumen"
    for name, text in {
        "models/toy/recipe.py": RECIPE,
        "models/toy/world.py": WORLD,
        "models/toy/checks.py": "LIMIT = 1\n",
        "neural/fit.py": FIT,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(provenance, "PACKAGE", root)
    return root


# What the recipe comes to import changes the hash; prose, layout and what it does not import do not.
EDITS = (
    ("models/toy/recipe.py", "world.draw()", "world.draw(4)", True),
    ("models/toy/world.py", "n: int = 3", "n: int = 4", True),
    ("neural/fit.py", "n + 1", "n + 2", True),
    ("neural/fit.py", "n + 1", "n - 1", True),
    ("models/toy/world.py", '"""Draw."""', '"""Draw a world."""', False),
    ("models/toy/world.py", '    """Draw."""\n', "", False),
    ("models/toy/recipe.py", "    return", "    # Why.\n    return", False),
    ("neural/fit.py", "n + 1", "(n\n        + 1)", False),
    ("models/toy/checks.py", "1", "2", False),
)


@pytest.mark.parametrize(("file", "old", "new", "changes"), EDITS)
def test_the_hash_changes_with_the_code_behind_the_weights(
    package: Path, file: str, old: str, new: str, changes: bool
) -> None:
    """An edit of a number, an operator or a default changes it; one of a comment or of another module does not."""
    before = provenance.recipe_sha256(package / "models/toy")
    text = (package / file).read_text()
    assert old in text
    (package / file).write_text(text.replace(old, new))
    assert (provenance.recipe_sha256(package / "models/toy") != before) is changes


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_todays_code_is_what_made_the_weights(entry: Entry) -> None:
    """Every card names the hash of the code as it is."""
    assert card.read(entry.folder).recipe_sha256 == provenance.recipe_sha256(entry.folder), (
        f"the code behind {entry.name} changed after it was trained: make retrain MODEL={entry.name}"
    )
