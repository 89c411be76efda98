"""coordination-v2: agents and a job to a topology, a leader, and what to expect of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.swarm import answering, configurations, features, formulae, promises, refusals
from acumen.models.coordination.swarm.identity import IDENTITY
from acumen.models.coordination.swarm.reading import Swarm, swarm_of
from acumen.neural.calibrate import Isotonic
from acumen.neural.spec import Answer, Batch, Want

COUNT = configurations.COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the decoder needs of one input: its rows in the batch, its swarm, and how the agents stand."""

    rows: slice
    swarm: Swarm
    stand: NDArray[np.int64]


class CoordinationSpec:
    """The domain logic of coordination-v2."""

    identity = IDENTITY

    def check(self, message: Any) -> None:
        """Refuse numbers out of range, ids that are not distinct, and swarms in which nobody can work."""
        refusals.refuse(message)

    def cost(self, message: Any) -> int:
        """Estimate microseconds: 250, and 4 an agent."""
        return 250 + 4 * len(message.agents)

    def featurise(self, messages: Sequence[Any]) -> Batch:
        """Return `agents` (rows, 13), `swarm` (B, 25), and which rows are whose."""
        swarms = [swarm_of(message) for message in messages]
        stands = [formulae.standing(swarm) for swarm in swarms]
        pairs = [features.rows(swarm, stand) for swarm, stand in zip(swarms, stands, strict=True)]
        edges = np.cumsum([0, *(swarm.size for swarm in swarms)])
        whole = np.array([row for _, row in pairs], np.float32)
        arrays: dict[str, NDArray[Any]] = {
            "agents": np.ascontiguousarray(np.concatenate([rows for rows, _ in pairs]), np.float32),
            "swarm": whole,
            "offsets": edges.astype(np.int64),
            "owner": np.repeat(np.arange(len(swarms)), np.diff(edges)),
        }
        placed = zip(swarms, stands, edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        facts = [Facts(rows=slice(a, b), swarm=swarm, stand=stand) for swarm, stand, a, b in placed]
        return Batch(size=len(swarms), arrays=arrays, summary=whole, facts=facts)

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Score agents, then the swarm: Deep Sets (Zaheer et al., 2017).

        By configuration (B, 24): `time`, log time in ideals, `messages`, log of 1 more than messages a task,
        `survival`, log odds of being done in time; `leader` (rows, 7), what each agent as leader adds to the log time
        of each topology; `doubt` (B, 1), log scale of the error of log times; `embedding` (B, 160).
        """
        a = batch.arrays

        def dense(x: Any, name: str, activation: str = "identity") -> Any:
            return ops.dense(x, weights[f"net/{name}/w"], weights[f"net/{name}/b"], activation)

        x = ops.normalise(a["agents"], weights["norm/agents/center"], weights["norm/agents/scale"])
        x = dense(dense(x, "agent", "relu"), "member", "relu")
        g = dense(ops.normalise(a["swarm"], weights["norm/swarm/center"], weights["norm/swarm/scale"]), "swarm", "gelu")
        pooled = ops.concat([ops.segment_mean(x, a["offsets"]), ops.segment_max(x, a["offsets"]), g])
        h = dense(dense(pooled, "hidden1", "gelu"), "hidden2", "gelu")
        return {
            "time": dense(h, "time"),
            "messages": dense(h, "messages"),
            "survival": dense(h, "survival"),
            "leader": dense(ops.concat([x, ops.gather(h, a["owner"])]), "leader"),
            "doubt": dense(h, "doubt"),
            "embedding": h,
        }

    def decode(
        self, messages: Sequence[Any], batch: Batch, scores: Mapping[str, Any], confidence: Isotonic, want: Want
    ) -> list[Answer]:
        """Choose each topology's leader, then the configuration of least expected cost; everything else is exact."""
        del messages
        return [
            answering.answer(facts.swarm, facts.stand, answering.forecast(facts, scores, i), confidence, want)
            for i, facts in enumerate(batch.facts)
        ]

    def validate(self, message: Any, output: Any) -> list[str]:
        """Re-derive every promise of `CoordinationPlan`."""
        return promises.broken(message, output)

    def examples(self, seed: int, n: int) -> list[Any]:
        """Generate inputs as trained on."""
        from acumen.models.coordination.swarm import world

        return [world.example(world.generator(seed, index)) for index in range(n)]


SPEC = CoordinationSpec()
