"""What simulated tables are drawn from."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """What tables are drawn from; two numbers are the ends of a range, sizes and rates log-uniform."""

    items: tuple[float, float] = (1, 1200)
    agents: tuple[float, float] = (3, 250)
    votes_per_item: tuple[float, float] = (2, 40)
    options: tuple[int, int] = (2, 10)
    most_votes: int = 6000
    skill: tuple[float, float] = (-0.2, 3.2)
    skill_spread: tuple[float, float] = (0.1, 1.6)
    activity_spread: tuple[float, float] = (0.0, 2.2)
    difficulty: tuple[float, float] = (0.0, 2.0)
    attraction: tuple[float, float] = (0.0, 0.9)
    spammers: float = 0.5
    colluders: float = 0.4
    perceived: float = 0.35


TRAINING = Ranges()
SHIFTED = Ranges(
    items=(2, 2400),
    agents=(6, 500),
    votes_per_item=(2, 60),
    options=(2, 14),
    most_votes=12000,
    skill=(-0.5, 4.0),
    skill_spread=(0.1, 2.2),
    activity_spread=(0.0, 3.0),
    difficulty=(0.0, 3.0),
    attraction=(0.0, 1.0),
    spammers=0.7,
    colluders=0.55,
)


def span(rng: np.random.Generator, ends: tuple[float, float]) -> float:
    """Draw log-uniformly between two ends."""
    return float(np.exp(rng.uniform(np.log(ends[0]), np.log(ends[1]))))
