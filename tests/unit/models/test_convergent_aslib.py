"""Reading ASlib scenarios and scoring selections, on one small enough to score by hand."""

import io
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acumen.models.cognitive.convergent import aslib, selection

DESCRIPTION = "algorithm_cutoff_time: 100\ndefault_steps:\n- quick\nfeature_steps:\n  quick:\n"
HEAD = "@RELATION r\n@ATTRIBUTE instance_id STRING\n@ATTRIBUTE repetition NUMERIC\n"


def _scenario() -> dict[str, str]:
    """Return ten instances, one a fold: `odd` solves odd ones in 1 s and times out on even ones, `slow` takes 50 s."""
    names = [f"'i, {k}'" for k in range(10)]
    runs = [f"{n},1,odd,{1 if k % 2 else 100},{'ok' if k % 2 else 'timeout'}" for k, n in enumerate(names)]
    runs += [f"{n},1,slow,50,ok" for n in names]
    return {
        "description.txt": DESCRIPTION,
        "cv.arff": HEAD + "@ATTRIBUTE fold NUMERIC\n@DATA\n" + "\n".join(f"{n},1,{k + 1}" for k, n in enumerate(names)),
        "algorithm_runs.arff": HEAD
        + "@ATTRIBUTE algorithm STRING\n@ATTRIBUTE runtime NUMERIC\n@ATTRIBUTE runstatus {ok,timeout}\n@DATA\n"
        + "\n".join(runs),
        "feature_values.arff": HEAD
        + "@ATTRIBUTE parity NUMERIC\n@ATTRIBUTE hole NUMERIC\n@DATA\n"
        + "\n".join(f"{n},1,{k % 2},?" for k, n in enumerate(names)),
        "feature_costs.arff": HEAD + "@ATTRIBUTE quick NUMERIC\n@DATA\n" + "\n".join(f"{n},1,2" for n in names),
        "feature_runstatus.arff": HEAD
        + "@ATTRIBUTE quick {ok,presolved}\n@DATA\n"
        + "\n".join(f"{n},1,{'presolved' if k == 0 else 'ok'}" for k, n in enumerate(names)),
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "aslib"
    folder.mkdir()
    with tarfile.open(folder / "small.tar.xz", "w:xz") as archive:
        for name, text in _scenario().items():
            entry = tarfile.TarInfo(f"SMALL/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return tmp_path


def _perfect(_features: Any, _cost: Any, asked: Any, _seed: int) -> Any:
    return np.where(asked[:, 0] == 1, 0, 1)


def test_a_scenario_is_read_with_commas_holes_and_timeouts(data: Path) -> None:
    """Unfinished runs count ten times the limit; missing features are NaN; quoted ids may hold commas."""
    (one,) = aslib.scenarios(data)
    assert (one.name, one.limit) == ("SMALL", 100.0)
    assert one.cost.tolist() == [[1.0 if k % 2 else 1000.0, 50.0] for k in range(10)]
    assert one.fold.tolist() == list(range(1, 11))
    assert np.isnan(one.features[:, 1]).all() and one.features[:, 0].tolist() == [k % 2 for k in range(10)]
    assert one.presolved.tolist() == [True] + [False] * 9 and one.features_cost.tolist() == [2.0] * 10


def test_the_gap_is_that_of_the_definition(data: Path) -> None:
    """Perfect choices close all of it, the single best none; time for features is charged, save where they solve."""
    (one,) = aslib.scenarios(data)
    perfect = aslib.select(one, _perfect)
    assert perfect.gap == 1.0
    assert aslib.select(one, lambda _f, _c, asked, _s: np.ones(len(asked), int)).gap == 0.0
    paid = aslib.select(one, _perfect, with_features_cost=True).ours
    assert paid.tolist() == [2.0] + [3.0 if k % 2 else 52.0 for k in range(1, 10)]
    assert aslib.charged(one, np.array([99.0] * 10)).tolist() == [2.0] + [1000.0] * 9


def test_no_fold_learns_from_itself(data: Path) -> None:
    """What a selector is fitted to never holds the instances it is asked about."""
    (one,) = aslib.scenarios(data)
    marked = aslib.Scenario(
        **{name: getattr(one, name) for name in one.__dataclass_fields__} | {"features": np.arange(10.0)[:, None]}
    )
    seen = []

    def choose(features: Any, cost: Any, asked: Any, _fold: int) -> Any:
        assert not set(features[:, 0]) & set(asked[:, 0]) and len(features) == len(cost) == 9
        seen.extend(asked[:, 0].tolist())
        return np.zeros(len(asked), int)

    aslib.select(marked, choose)
    assert sorted(seen) == list(range(10))


def test_without_scenarios_there_is_no_suite(tmp_path: Path) -> None:
    """An absent set is left out, not made up."""
    assert selection.suites(tmp_path) == []
