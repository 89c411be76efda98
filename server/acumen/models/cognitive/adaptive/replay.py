"""Playing bandits to the end by some way to choose, and what a learner knows of them at any step."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.adaptive.baselines import Way, sampled
from acumen.models.cognitive.adaptive.deciding import decide_all
from acumen.models.cognitive.adaptive.features import described
from acumen.models.cognitive.adaptive.reading import Doubles, History, Indices, standard
from acumen.models.cognitive.adaptive.world import Worlds
from acumen.neural.spec import Batch
from acumen_accel import feedback
from acumen_accel.feedback import Histories

Score = Callable[[Batch], Mapping[str, Any]]


class Past:
    """What happened so far in bandits: `action`, `reward`, `propensity`, `regret` (R, T), filled up to the present."""

    def __init__(self, worlds: Worlds) -> None:
        shape = worlds.mean.shape[:2]
        self.worlds = worlds
        self.action = np.zeros(shape, np.int64)
        self.reward, self.propensity, self.regret = np.zeros(shape), np.zeros(shape), np.zeros(shape)

    def add(self, t: int, action: Indices, propensity: Doubles) -> Doubles:
        """Take actions (R,) at step t and return their rewards (R,)."""
        truth = self.worlds.truth(t)
        reward = self.worlds.reward(t, action)
        self.action[:, t], self.propensity[:, t], self.reward[:, t] = action, propensity, reward
        self.regret[:, t] = truth.max(axis=1) - truth[np.arange(action.size), action]
        return reward

    def history(self, r: int, t: int, blind: bool = False, **said: Any) -> History:
        """Return what is known of bandit r ahead of step t, `said` horizon and risk; blind: without context."""
        width = 0 if blind or not self.worlds.slope[r].any() else int(self.worlds.dimensions[r])
        actions = int(self.worlds.actions[r])
        features = self.worlds.features[r, :actions]
        return History(
            actions=actions,
            action=self.action[r, :t],
            reward=self.reward[r, :t],
            propensity=self.propensity[r, :t],
            t_ms=np.arange(t) * 1000,
            context=self.worlds.context[r, :t, :width] if width and t else None,
            now=self.worlds.context[r, t, :width],
            features=features[:, : int(self.worlds.dimensions[r]) if features.any() else 0],
            **{"horizon": 0, "risk_aversion": 0.0, **said},
        )


def play(
    worlds: Worlds, way: Way, watchers: Sequence[Way] = (), watch: Callable[[int, Past], None] | None = None
) -> Past:
    """Play bandits to the end; watchers learn what the way learns, `watch(t, past)` is called ahead of each step."""
    past = Past(worlds)
    for t in range(worlds.mean.shape[1]):
        if watch:
            watch(t, past)
        action, propensity = way.act(t)
        reward = past.add(t, action, propensity)
        for one in (way, *watchers):
            one.learn(t, action, reward)
    return past


class Policy:
    """The model's policy, or with other scores another one, asked anew at every step.

    `hurried`: it is told how many choices are left. `claims` are its probabilities of the event at each step, and
    whether it happened.
    """

    def __init__(self, worlds: Worlds, score: Score, hurried: bool = False) -> None:
        self.worlds, self.score, self.past = worlds, score, Past(worlds)
        self.hurried = hurried
        self.standard = [standard(f[m]) for f, m in zip(worlds.features, worlds.mask, strict=True)]
        self.claims: list[tuple[Doubles, NDArray[np.bool_]]] = []

    def act(self, t: int) -> tuple[Indices, Doubles]:
        """Choose by the policy at step t."""
        laid = self.laid(t)
        steps = self.worlds.mean.shape[1]
        horizon = np.full(self.worlds.size, float(steps - t if self.hurried else 0))
        batch = described(laid, feedback.believe(laid), horizon)
        scores = self.score(batch)
        odds, headline, _, best = decide_all(scores, laid.row_ends, np.zeros(self.worlds.size))
        truth = self.worlds.truth(t)
        right = truth[np.arange(best.size), best] >= truth.max(axis=1)
        self.claims.append((odds[laid.row_ends[:-1] + best], right))
        p = np.zeros(self.worlds.mask.shape)
        p[self.worlds.mask] = headline
        return sampled(p, self.worlds.pick[:, t])

    def learn(self, t: int, action: Indices, reward: Doubles) -> None:
        """Remember."""
        self.past.action[:, t], self.past.reward[:, t] = action, reward

    def laid(self, t: int) -> Histories:
        """Return all histories ahead of step t, as the kernels read them."""
        worlds, size = self.worlds, self.worlds.size
        contextual = np.asarray(worlds.slope.any(axis=(1, 2)) & (t > 0), np.int64)
        featured = np.asarray(worlds.features.any(axis=(1, 2)) & (worlds.actions > 1), np.int64)
        return Histories(
            self.past.action[:, :t].ravel(),
            self.past.reward[:, :t].ravel(),
            np.zeros(size * t),
            worlds.context[:, :t].reshape(-1, worlds.context.shape[2]),
            np.repeat(contextual, t),
            worlds.context[:, t].copy(),
            contextual,
            np.concatenate(self.standard),
            featured,
            np.arange(size + 1) * t,
            np.append(0, np.cumsum(worlds.actions)),
        )
