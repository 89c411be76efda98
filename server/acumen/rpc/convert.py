"""From the product's values to the contract's messages; pure."""

from google.protobuf.duration_pb2 import Duration

from acumen.neural.outcomes import Outcomes
from acumen.neural.recipe import Entry
from acumen.neural.registry import Registry, card_of, memory_of
from acumen.neural.rounding import significant
from acumen.neural.usage import Usage
from acumen.proto.v1 import model_pb2


def duration(seconds: float) -> Duration:
    """Return seconds as a Duration."""
    message = Duration()
    message.FromNanoseconds(int(seconds * 1e9))
    return message


def model_message(registry: Registry, entry: Entry) -> model_pb2.Model:
    """Return one version of a model as this worker has it."""
    identity, loaded = entry.spec.identity, registry.loaded(entry)
    message = model_pb2.Model(
        name=entry.name,
        version=identity.version,
        category=model_pb2.ModelCategory.Name(identity.category),
        state=model_pb2.ModelState.Name(registry.state(entry)),
        input_field=identity.input_field,
        output_field=identity.output_field,
        summary=identity.summary,
        weights_sha256=card_of(entry).weights_sha256,
        usage=usage_message(registry.usage[entry.name]),
    )
    if loaded is not None:
        memory = memory_of(loaded)
        message.memory.weights_bytes = memory.weights_bytes
        message.memory.reference_bytes = memory.reference_bytes
    return message


def usage_message(usage: Usage) -> model_pb2.ModelUsage:
    """Return a model's counters."""
    p50, p95, p99 = (duration(value) for value in usage.percentiles())
    return model_pb2.ModelUsage(
        inferences=usage.inferences,
        failures=usage.failures,
        p50=p50,
        p95=p95,
        p99=p99,
        cache_hits=usage.cache_hits,
        cache_misses=usage.cache_misses,
    )


def outcomes_message(outcomes: Outcomes) -> model_pb2.OutcomeStatistics:
    """Return how recorded answers turned out; zeros where there are none."""
    count = max(outcomes.count, 1)
    return model_pb2.OutcomeStatistics(
        outcomes=outcomes.count,
        accuracy=significant(outcomes.happened / count),
        mean_confidence=significant(outcomes.confidence / count),
        brier=significant(outcomes.squared_error / count),
        recent_accuracy=significant(sum(outcomes.recent) / max(len(outcomes.recent), 1)),
        drift_alarm=outcomes.drift.alarm,
    )
