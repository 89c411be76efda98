"""How an answer is laid out for people."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from acumen_client.cli import figures, tables
from acumen_client.messages import (
    Alternative,
    Decision,
    PredictResponse,
    PredictResult,
    Reason,
    ReasonKind,
    Source,
    ValidateInputResponse,
)
from acumen_client.status import error_of

_HASH_DIGITS = 12


def answer(response: PredictResponse) -> Group:
    """Return who answered, how sure, what, what else and why."""
    decision = response.decision
    parts: list[RenderableType] = [_who(decision), tables.lines(_how_sure(decision))]
    if kind := response.WhichOneof("output"):
        parts.append(tables.heading_of(figures.title(kind).capitalize()))
        parts.append(tables.indented(tables.layout(getattr(response, kind))))
    if decision.alternatives:
        parts += [tables.heading_of("Alternatives"), tables.indented(_alternatives(decision.alternatives))]
    if decision.reasons:
        parts += [tables.heading_of("Why"), *(_reason(one) for one in decision.reasons)]
    return Group(*parts)


def results(answered: Sequence[PredictResult]) -> RenderableType:
    """Return a line for each item of a batch."""
    rows = [(str(number), *_row(result)) for number, result in enumerate(answered, 1)]
    return tables.table("", ["line", "model", "answer", "confidence", "time"], rows, [0, 3, 4])


def validation(response: ValidateInputResponse) -> Group:
    """Return what is wrong with an input and what is unusual."""
    verdict = Text("valid", style="green") if response.valid else Text("not valid", style="red")
    parts: list[RenderableType] = [verdict]
    if response.valid:
        parts.append(Text(f"out of distribution {figures.scalar(response.ood_score)}"))
    parts += [Text(f"  {one.field}: {one.description}") for one in response.violations]
    if response.warnings:
        rows = [(w.feature, *map(figures.scalar, (w.value, w.low, w.high))) for w in response.warnings]
        heading = "Outside the training range"
        parts.append(tables.table(heading, ["feature", "value", "lowest", "highest"], rows, [1, 2, 3]))
    return Group(*parts)


def _who(decision: Decision) -> Text:
    source = Source.Name(decision.source).removeprefix("SOURCE_").lower()
    spent = figures.duration(decision.inference_time)
    if decision.HasField("explain_time"):
        spent += f" + {figures.duration(decision.explain_time)} to explain"
    weights = decision.weights_sha256[:_HASH_DIGITS] or "none"
    return Text.assemble((decision.model, "bold"), f" {decision.version} · weights {weights} · {source} · {spent}")


def _how_sure(decision: Decision) -> list[tuple[str, RenderableType]]:
    confidence = decision.confidence
    calibrated = "calibrated" if confidence.calibrated else "not calibrated"
    sure = Text.assemble((figures.share(confidence.p), "bold green"), f" that {confidence.event} ({calibrated})")
    found: list[tuple[str, RenderableType]] = [
        ("confidence", sure),
        ("out of distribution", figures.scalar(decision.ood_score)),
    ]
    if decision.abstained:
        found.append(("abstained", Text("yes: what follows is a best guess", style="yellow")))
    if decision.prediction_id:
        found.append(("prediction id", decision.prediction_id))
    return found


def _alternatives(alternatives: Sequence[Alternative]) -> RenderableType:
    rows = [(str(n), one.option, figures.scalar(one.value)) for n, one in enumerate(alternatives, 1)]
    return tables.table("", ["", "option", "value"], rows, [0, 2])


def _reason(reason: Reason) -> RenderableType:
    kind = ReasonKind.Name(reason.kind).removeprefix("REASON_KIND_").lower()
    where = f" [{reason.field_path}]" if reason.field_path else ""
    return tables.indented(Text.assemble((f"{kind}: ", "cyan"), reason.text, (where, "dim")))


def _row(result: PredictResult) -> tuple[str, str, str, str]:
    if error := error_of(result):
        violations = "; ".join(f"{one.field}: {one.description}" for one in error.violations)
        return "", f"{error.code.name} {error.reason}: {violations or error.message}", "", ""
    decision = result.response.decision
    kind = result.response.WhichOneof("output") or "none"
    words = figures.title(kind) + (" (abstained)" if decision.abstained else "")
    return decision.model, words, figures.share(decision.confidence.p), figures.duration(decision.inference_time)
