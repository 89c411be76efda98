"""How models, their cards and their server are laid out for people."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from acumen_client.cli import figures, tables
from acumen_client.messages import (
    Card,
    GetModelResponse,
    GetRuntimeResponse,
    Measure,
    Model,
    ModelCategory,
    ModelMemory,
    ModelState,
    OutcomeStatistics,
    RuntimeConfig,
    Suite,
)


def listing(models: Iterable[Model]) -> RenderableType:
    """Return models with what they do."""
    rows = [(m.name, m.version, _category(m), _state(m), m.input_field, m.summary) for m in models]
    return tables.table("", ["model", "version", "category", "state", "input", "decides"], rows)


def status(models: Sequence[Model], runtime: GetRuntimeResponse) -> Group:
    """Return what the server runs on and what each model has served and holds."""
    kernels = runtime.kernels
    how = "compiled" if kernels.compiled else "not compiled"
    facts = [
        ("server", f"{runtime.version}, worker {runtime.worker} of {runtime.workers}, revision {runtime.revision}"),
        ("kernels", f"{kernels.level} ({how}); built {_words(kernels.built)}; runs {_words(kernels.supported)}"),
        ("memory", figures.size(runtime.resident_bytes)),
    ]
    parts = [figures.title(field.name) for field in figures.fields_of(ModelMemory)]
    columns = ["model", "version", "state", *parts, "calls", "failed", "p50", "p95", "p99", "cache hits"]
    rows = [_status_row(model) for model in models]
    return Group(tables.lines(facts), Text(), tables.table("", columns, rows, range(3, len(columns))))


def description(response: GetModelResponse) -> Group:
    """Return a model with its card and how its recorded answers turned out."""
    model, card = response.model, response.card
    facts: list[tuple[str, RenderableType]] = [
        ("model", Text(f"{model.name} {model.version}", style="bold")),
        ("decides", model.summary),
        ("category", _category(model)),
        ("state", _state(model)),
        ("input, output", f"{model.input_field} → {model.output_field}"),
        ("weights", model.weights_sha256 or "none"),
        ("parameters", f"{card.parameters:,}"),
        ("layer groups", ", ".join(f"{n} {name}" for n, name in enumerate(card.layer_groups)) or "none"),
        ("confidence is of", card.confidence_event),
        ("alternatives in", card.alternative_measure),
        ("trained on", card.training_data),
    ]
    limits = [Text(f"  limit: {one}") for one in card.limits]
    return Group(tables.lines(facts), quality(card), Text(), *limits, outcomes(response.outcomes))


def quality(card: Card) -> Group:
    """Return the card's results, each beside what it must beat."""
    return Group(*(_suite(suite) for suite in card.suites))


def outcomes(statistics: OutcomeStatistics) -> RenderableType:
    """Return how recorded answers turned out."""
    if not statistics.outcomes:
        return Text("No outcome recorded yet.", style="dim")
    alarm = " · DRIFT ALARM: the answers got worse" if statistics.drift_alarm else ""
    return Text(
        f"{statistics.outcomes:,} outcomes recorded: accuracy {figures.share(statistics.accuracy)}, "
        f"of the latest 100 {figures.share(statistics.recent_accuracy)}, "
        f"mean confidence {figures.share(statistics.mean_confidence)}, Brier {figures.scalar(statistics.brier)}{alarm}"
    )


def config(in_force: RuntimeConfig) -> RenderableType:
    """Return the configuration in force."""
    kernels = next(field for field in figures.fields_of(in_force) if field.name == "kernels")
    facts = [
        ("memory max", figures.size(in_force.memory_max_bytes)),
        ("threads", str(in_force.threads)),
        ("batch window", figures.duration(in_force.batch_window)),
        ("kernels", figures.enum_word(kernels, in_force.kernels)),
    ]
    return tables.lines(facts)


def _suite(suite: Suite) -> RenderableType:
    columns = ["measure", "model", "95 % interval", "baselines", "target"]
    heading = f"{suite.name} (n {suite.n:,}{', ' + suite.data if suite.data else ''})"
    return tables.table(heading, columns, [_measure(one) for one in suite.measures], [1])


def _measure(measure: Measure) -> tuple[str, ...]:
    baselines = "; ".join(f"{one.name} {figures.scalar(one.value)} ({one.role})" for one in measure.baselines)
    target = f"{figures.scalar(measure.target)} {'met' if measure.met else 'missed'}"
    interval = f"{figures.scalar(measure.ci_low)} to {figures.scalar(measure.ci_high)}"
    stated = target if measure.HasField("target") else ""
    return measure.name, figures.scalar(measure.value), interval, baselines, stated


def _status_row(model: Model) -> tuple[str, ...]:
    usage = model.usage
    parts = [getattr(model.memory, field.name) for field in figures.fields_of(ModelMemory)]
    spans = (usage.p50, usage.p95, usage.p99)
    loads = usage.cache_hits + usage.cache_misses
    return (
        *(model.name, model.version, _state(model)),
        *(figures.size(part) for part in parts),
        *(f"{usage.inferences:,}", f"{usage.failures:,}"),
        *(figures.duration(span) if usage.inferences else "-" for span in spans),
        f"{usage.cache_hits:,} of {loads:,}",
    )


def _state(model: Model) -> str:
    return ModelState.Name(model.state).removeprefix("MODEL_STATE_").lower()


def _category(model: Model) -> str:
    return ModelCategory.Name(model.category).removeprefix("MODEL_CATEGORY_").lower()


def _words(values: Iterable[str]) -> str:
    return ", ".join(values) or "none"
