"""What coordination-v2 is called, what it promises and what its features stand for."""

from typing import Any

from acumen.models.coordination.swarm import configurations, features
from acumen.neural.spec import Category, FeatureGroup, Identity, Lever

WITHIN = 1.05
LAYERS = ("agent", "member", "swarm", "hidden1", "hidden2", "leader", "time", "messages", "survival", "doubt")


def _lever(field: str, grid: tuple[float, ...]) -> Lever:
    return Lever(
        field_path=field,
        read=lambda message: float(getattr(message, field)),
        grid=lambda _message: grid,
        write=lambda message, value: setattr(message, field, value),
    )


def _costs(message: Any) -> list[float]:
    return [message.message_cost_ms * factor for factor in (0.1, 0.2, 0.5, 2, 5, 10, 50)]


def _group(name: str, array: str, start: int, stop: int, field: str) -> FeatureGroup:
    return FeatureGroup(name=name, array=array, columns=slice(start, stop), field_path=field)


IDENTITY = Identity(
    name="coordination-v2",
    version="2.0.0",
    category=Category.COORDINATION,
    input_field="swarm_state",
    output_field="coordination_plan",
    summary="Chooses topology, leader and parameters by which a swarm of agents shares out a job.",
    event="simulated with this leader, the chosen configuration's mean cost is within 5 % of the lowest of the 24",
    alternative_measure="expected cost over the chosen configuration's, less 1",
    layer_groups=LAYERS,
    training_data="generated swarms of 1 to 64 agents, each of the 24 configurations simulated event by event; no "
    "measured data",
    limits=(
        "there is no real set: no public record tells what other topologies would have cost the same agents, so every "
        "number is of the simulator, and the sensitivity suites tell how far it depends on the simulator's assumptions",
        "the oracle is the best of the 24 configurations by other runs than those it is scored on, under the leader "
        "that the rule names; the model is scored with the leader it chose and may go below 1",
        "tasks are alike but for a skill; their sizes vary as the simulator draws them, not as yours do",
        "agents that die stay dead; partitions of the network and lying agents are not modelled",
        "more than four distinct skills, or more than 128 agents, were never simulated",
    ),
    summary_names=features.SWARM_NAMES,
    feature_groups=(
        _group("the agents' speeds", "agents", 0, 1, "swarm_state.agents[].throughput_per_s"),
        _group("the agents' latencies", "agents", 1, 3, "swarm_state.agents[].latency_ms"),
        _group("the agents' reliabilities", "agents", 4, 5, "swarm_state.agents[].reliability"),
        _group("the number of agents", "swarm", 0, 2, "swarm_state.agents"),
        _group("the tasks", "swarm", 2, 4, "swarm_state.tasks"),
        _group("the coupling", "swarm", 4, 5, "swarm_state.coupling"),
        _group("the message cost", "swarm", 6, 8, "swarm_state.message_cost_ms"),
        _group("the loss", "swarm", 8, 9, "swarm_state.loss_rate"),
        _group("the deadline", "swarm", 11, 13, "swarm_state.deadline_ms"),
        _group("the skills", "swarm", 14, 17, "swarm_state.agents[].skills"),
    ),
    exemplar_labels=tuple(configurations.name(i) for i in range(configurations.COUNT)),
    exemplar_noun="generated swarms",
    levers=(
        _lever("coupling", (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)),
        _lever("loss_rate", (0.0, 0.02, 0.05, 0.1, 0.2)),
        Lever(
            field_path="message_cost_ms",
            read=lambda message: float(message.message_cost_ms),
            grid=_costs,
            write=lambda message, value: setattr(message, "message_cost_ms", value),
        ),
    ),
)
