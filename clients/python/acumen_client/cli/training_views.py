"""How jobs, results, reports and versions are laid out for people."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from acumen_client.cli import tables
from acumen_client.messages import (
    ModelVersion,
    PrepareDataReport,
    TrainingJob,
    TrainingJobState,
    TrainingResult,
    VerifyModelResponse,
)

_Facts = list[tuple[str, RenderableType]]


def state(job: TrainingJob) -> str:
    """Return a job's state in words."""
    return TrainingJobState.Name(job.state).removeprefix("TRAINING_JOB_STATE_").lower()


def jobs(found: Sequence[TrainingJob]) -> RenderableType:
    """Return a line for each job."""
    rows = [
        (
            one.id,
            state(one),
            one.spec.model,
            one.spec.name,
            f"{one.progress.epoch}/{one.progress.epochs}",
            _came_to(one),
        )
        for one in found
    ]
    return tables.fitted(["job", "state", "from", "to", "epochs", "result"], rows, 5, [4])


def job(found: TrainingJob) -> RenderableType:
    """Return all that is known of a job."""
    facts: _Facts = [
        ("job", Text.assemble((found.id, "bold"), f" {state(found)}")),
        ("learns", f"{found.spec.name} from {found.spec.model} {found.spec.version}"),
        ("examples", f"{found.examples}, of them {found.held_out} held back"),
        ("epochs", f"{found.progress.epoch} of {found.progress.epochs}"),
        ("processes started", str(found.runs)),
    ]
    if found.error.message:
        facts.append(("error", Text(found.error.message, "red")))
    parts: list[RenderableType] = [tables.lines(facts)]
    if found.HasField("result"):
        parts += [tables.heading_of("Result"), result(found.result)]
    return tables.page(*parts)


def result(found: TrainingResult) -> RenderableType:
    """Return what came of a job."""
    serves = Text("it serves", "green") if found.promoted else Text("it does not serve", "yellow")
    gain = f"{found.gain:+.4f}, 95 % interval {found.gain_low:+.4f} to {found.gain_high:+.4f}, n = {found.n}"
    return tables.lines(
        [
            ("model", Text.assemble((f"{found.model} {found.version}", "bold"), ", ", serves)),
            ("why", found.reason),
            ("measure", found.measure),
            ("quality", f"{found.quality:.4f}, of what it was to beat {found.base_quality:.4f}"),
            ("gain", gain),
            ("calibration error", f"{found.calibration_error:.4f}"),
            ("epoch taken", str(found.epoch)),
            ("weights", found.weights_sha256),
        ]
    )


def report(found: PrepareDataReport) -> RenderableType:
    """Return what came of a file."""
    facts: _Facts = [
        ("data set", found.dataset_id or "none: nothing was kept"),
        ("records", f"{found.read} read, {found.kept} kept, {found.read - found.kept} dropped"),
    ]
    parts: list[RenderableType] = [tables.lines(facts)]
    if found.dropped:
        rows = [(str(one.count), one.reason, _lines(list(one.lines), one.count)) for one in found.dropped]
        parts += [tables.heading_of("Dropped"), tables.fitted(["records", "why", "lines"], rows, 1, [0])]
    if found.labels:
        counted = [(one.label, str(one.count)) for one in found.labels[:20]]
        more = f", the first 20 of {len(found.labels)}" if len(found.labels) > 20 else ""
        parts += [tables.heading_of(f"Labels{more}"), tables.fitted(["label", "examples"], counted, 0, [1])]
    return tables.page(*parts)


def versions(found: Sequence[ModelVersion]) -> RenderableType:
    """Return a line for each version."""
    rows = [
        (one.model, one.version, "serves" if one.serves else "", _origin(one), one.domain, one.weights_sha256[:12])
        for one in found
    ]
    return tables.fitted(["model", "version", "", "from", "domain", "weights"], rows, 3, [])


def verification(found: VerifyModelResponse) -> RenderableType:
    """Return each check with what was found."""
    rows = [("passed" if one.ok else "FAILED", one.name, one.detail) for one in found.checks]
    return tables.fitted(["", "check", "found"], rows, 2, [])


def _epochs(found: TrainingJob) -> str:
    return f"{found.progress.epoch}/{found.progress.epochs}"


def _came_to(found: TrainingJob) -> str:
    if found.error.message:
        return found.error.message
    if not found.HasField("result"):
        return ""
    serves = "serves" if found.result.promoted else "does not serve"
    return f"{found.result.version} {serves}, gain {found.result.gain:+.3f}"


def _lines(lines: list[int], count: int) -> str:
    return ", ".join(str(line) for line in lines) + (", ..." if count > len(lines) else "")


def _origin(version: ModelVersion) -> str:
    if version.base:
        return f"{version.base} {version.base_version}"
    return "installed" if version.HasField("create_time") else "built in"
