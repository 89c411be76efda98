"""What adaptive-v1 is called, what it promises and what its features stand for."""

from acumen.models.cognitive.adaptive import network
from acumen.models.cognitive.adaptive.checking import ROOT
from acumen.models.cognitive.adaptive.features import ACTION_NAMES, HISTORY_NAMES, SUMMARY
from acumen.neural.spec import Category, FeatureGroup, Identity, Lever

OUTCOMES = ("the recommended action had the highest mean", "another action had the highest mean")


def _group(name: str, array: str, start: int, stop: int, field: str) -> FeatureGroup:
    return FeatureGroup(name=name, array=array, columns=slice(start, stop), field_path=f"{ROOT}.{field}")


def _groups() -> tuple[FeatureGroup, ...]:
    mean, recency, inverse = (
        ACTION_NAMES.index(name)
        for name in ("mean", "log events since the last", "mean by inverse propensity less the mean")
    )
    changed, actions = ACTION_NAMES.index("changed"), HISTORY_NAMES.index("log actions")
    return (
        _group("the filters' odds", "actions", 0, mean, "events[].reward"),
        _group("the filters' means", "actions", mean, recency, "events[].reward"),
        _group("recency, counts and recent means", "actions", recency, inverse, "events[].action_id"),
        _group("inverse propensities", "actions", inverse, changed, "events[].propensity"),
        _group("detected changes", "actions", changed, len(ACTION_NAMES), "events[].t_ms"),
        _group("which filter explains the rewards", "histories", 0, actions, "events[].reward"),
        _group("the size of the history", "histories", actions, actions + 2, "events"),
        _group("the level of rewards", "histories", actions + 2, len(HISTORY_NAMES), "events[].reward"),
    )


IDENTITY = Identity(
    name="adaptive-v1",
    version="1.0.0",
    category=Category.COGNITIVE,
    input_field=ROOT,
    output_field="learned_policy",
    summary="Learns from feedback which action to take now, how sure that is, and how much still to try out.",
    event="the recommended action has the highest true mean reward among the actions, at this choice",
    alternative_measure="probability that the action has the highest true mean reward",
    layer_groups=network.GROUPS,
    training_data="simulated switching, drifting, contextual and logged bandits (world.py); no external data",
    limits=(
        "Events count by their order: how much time passed between two of them is not looked at.",
        "A choice is taken not to change what later choices earn.",
        "Contexts and features of actions act through linear regressions; other dependences are not seen.",
        "change_detected_at_ms is a test's finding; small or very recent changes are not found.",
        "The confidence does not account for risk_aversion: its event is about means.",
        "The filter bank alone is printed beside the model: where it is as good, the network adds no reward.",
    ),
    summary_names=tuple(HISTORY_NAMES[i] for i in SUMMARY),
    feature_groups=_groups(),
    exemplar_labels=OUTCOMES,
    featurise_checks=True,
    exemplar_noun="simulated histories",
    levers=(
        Lever(
            field_path=f"{ROOT}.risk_aversion",
            read=lambda message: float(message.risk_aversion),
            grid=lambda message: [v for v in (0.0, 0.25, 0.5, 0.75, 1.0) if v != message.risk_aversion],
            write=lambda message, value: setattr(message, "risk_aversion", value),
        ),
    ),
)
