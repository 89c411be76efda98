"""Simulated agents: skilled ones with shared habits of error, and spammers of several kinds."""

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.ranges import Ranges, span
from acumen.models.coordination.consensus.table import Doubles


def draw_agents(
    rng: np.random.Generator, ranges: Ranges, agents: int, options: int
) -> tuple[Doubles, NDArray[np.bool_]]:
    """Return confusion structures around a table's own mean skill, class ease and shared habits of error."""
    skill = rng.normal(rng.uniform(*ranges.skill), rng.uniform(*ranges.skill_spread), agents)
    chance = -np.log(max(options - 1, 1))
    ease = rng.normal(0, rng.choice([0.0, 0.3, 0.6, 1.0]), options)
    own = rng.normal(0, rng.choice([0.0, 0.4, 0.8]), (agents, options))
    right = 1 / (1 + np.exp(-(chance + 0.8 + skill[:, None] + ease + own)))
    answers = _errors(rng, agents, options) * (1 - np.eye(options))
    answers /= np.maximum(answers.sum(axis=2, keepdims=True), 1e-12)
    answers[:, np.arange(options), np.arange(options)] = right
    return _spam(rng, ranges, answers)


def _errors(rng: np.random.Generator, agents: int, options: int) -> Doubles:
    """Return (agents, options, options) positive shares of errors: uniform, habitual or ordinal, with own noise."""
    kind = rng.integers(3)
    shared = np.ones((options, options))
    if kind == 1:
        shared = rng.gamma(span(rng, (0.2, 3.0)), size=(options, options)) + 0.02
    if kind == 2:
        far = np.abs(np.arange(options)[:, None] - np.arange(options))
        shared = np.exp(-rng.uniform(0.3, 2.0) * far)
    own = span(rng, (0.3, 30.0))
    return shared * rng.gamma(own, 1 / own, (agents, options, options)) + 1e-4


def _spam(rng: np.random.Generator, ranges: Ranges, answers: Doubles) -> tuple[Doubles, NDArray[np.bool_]]:
    """Turn some agents into guessers, repeaters of one option, biased guessers or opponents."""
    agents, options = answers.shape[:2]
    share = rng.uniform(0, 0.5) if rng.random() < ranges.spammers else 0.0
    spammer = np.asarray(rng.random(agents) < share)
    mix = rng.dirichlet([1.0, 1.0, 1.0, 0.25])
    for a in np.flatnonzero(spammer):
        answers[a] = _spammer(rng, int(rng.choice(4, p=mix)), options)
    return answers, ~spammer


def _spammer(rng: np.random.Generator, kind: int, options: int) -> Doubles:
    """Return one spammer's structure; its votes hardly depend on the truth, an opponent's avoid it."""
    if kind == 3:
        guess = np.full((options, options), 1.0)
        guess[np.diag_indices(options)] = 0.15
    else:
        weights = [np.ones(options), np.full(options, 0.03), rng.dirichlet(np.ones(options)) + 0.01][kind]
        weights[rng.integers(options)] += kind == 1
        guess = np.tile(weights, (options, 1))
    guess /= guess.sum(axis=1, keepdims=True)
    return _structure(guess)


def _structure(confusion: Doubles) -> Doubles:
    """Return a row-stochastic matrix as chance of right on the diagonal and shares of errors elsewhere."""
    right = np.diag(confusion).copy()
    shares = confusion * (1 - np.eye(right.size))
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    shares[np.diag_indices(right.size)] = right
    return shares
