"""How well the selector's code chooses among real algorithms: ASlib's scenarios, the official ten folds.

It is the code convergent-v1 is made with, `acumen.neural.selector`, fitted anew to nine folds and asked about the
tenth. Nothing fitted is kept.
"""

from pathlib import Path

from acumen.models.cognitive.convergent import selection
from benchmarks.eval.row import Row

NOTE = "PAR10; the interval is over instances; kNN measured in the same run"


def rows(data: Path, seed: int) -> list[Row]:
    """Measure the mean over the scenarios, with and without the time the features take, and each scenario."""
    found = selection.outcomes(data)
    n = sum(one.network.ours.size for one in found)
    mean = selection.gap([one.network for one in found], seed)
    charged = selection.gap([one.charged for one in found], seed)
    name = "share of the gap from the single best to the oracle closed"
    return [
        _row("aslib", f"{name}, mean of {len(found)}", mean, n, goal=selection.GOAL, baselines=selection.rivals(found)),
        _row("aslib", f"{name}, mean of {len(found)}, the features' time charged", charged, n),
        *(
            _row(
                f"aslib {one.scenario.name}",
                name,
                selection.gap([one.network], seed),
                one.network.ours.size,
                baselines={label: selected.gap for label, selected in one.rivals.items()},
            )
            for one in found
        ),
    ]


def _row(
    data: str,
    measure: str,
    found: selection.Interval,
    n: int,
    goal: float | None = None,
    baselines: dict[str, float] | None = None,
) -> Row:
    value, low, high = found
    return Row(
        step="select", data=data, measure=measure, value=value, low=low, high=high, n=n, goal=goal,
        baselines=baselines, note=NOTE,
    )  # fmt: skip
