"""Every invariant is one that can be broken, and is then named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acumen.bank.invariants import violations
from acumen.bank.namespace import Namespace
from acumen.proto.storage.v1.bank_pb2 import KeptTrajectory
from acumen.proto.v1.pattern_pb2 import Pattern
from tests.banks import fold, written

BREAKS: dict[str, Callable[[Namespace], object]] = {
    "rows are live": lambda n: n.records.columns["live"].__setitem__(0, False),
    "is written as": lambda n: n.records.bodies.__setitem__(0, n.records.bodies[1]),
    "state or polarity": lambda n: n.records.columns["state"].__setitem__(0, 4),
    "impossible statistics": lambda n: n.records.columns["failures"].__setitem__(0, -1),
    "are counted": lambda n: setattr(n, "passive", 7),
    "vector index": lambda n: n.vectors.remove([0]),  # type: ignore[union-attr]
    "lexical index": lambda n: n.lexical.remove([1]),
    "attempts by task": lambda n: n.trajectories.__setitem__("t", KeptTrajectory(id="t")),
}


@pytest.mark.parametrize("told", BREAKS)
def test_what_is_broken_is_named(tmp_path: Path, told: str) -> None:
    """With the namespace it is in; before it was broken nothing is said."""
    bank = fold(tmp_path, written(Pattern(id="a", content="use an index"), Pattern(id="b", content="roll back")))
    assert violations(bank) == []
    BREAKS[told](bank.namespace(""))
    found = violations(bank)
    assert any(told in text for text in found) and all(text.startswith("namespace 'default': ") for text in found)


def test_superseded_by_nothing_is_no_state(tmp_path: Path) -> None:
    """What lost must say to whom."""
    bank = fold(tmp_path, written(Pattern(id="a", content="x", state=3)))
    assert violations(bank) == ["namespace 'default': pattern 'a' is superseded by nothing"]
