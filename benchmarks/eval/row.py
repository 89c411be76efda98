"""A measured row of the quality table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement: what, on how many cases, with a 95 % interval, beside a floor and the goal.

    `baselines` maps a method's name to its figure, computed in the same run where `measured` methods, else quoted with
    its source in `note`. `met` is derived, never typed.
    """

    step: str  # retrieve, judge, distill, consolidate, text, select
    data: str
    measure: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None
    goal: float | None = None
    higher_is_better: bool = True
    baselines: dict[str, float] | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.higher_is_better else self.value <= self.goal
