"""`DetectDrift`: a window of inputs, or of recorded answers, beside what a model was made for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as parse

from acumen.errors import InvalidInput, Violation
from acumen.neural.drift import baseline as baselines
from acumen.neural.drift.baseline import Baseline
from acumen.neural.drift.baselines import Baselines, Source
from acumen.neural.drift.observing import check, observe
from acumen.neural.drift.window import FEWEST, MOST, Column, Level, Report, examine, examine_output
from acumen.neural.model import Model
from acumen.neural.predictor import DEFAULT_NAMESPACE
from acumen.neural.rounding import significant
from acumen.neural.serving import Serving
from acumen.neural.weights import pack
from acumen.proto.v1 import drift_pb2
from acumen.proto.v1 import neural_pb2 as pb
from acumen.rpc.edge import Call
from acumen.storage.journal import SqliteJournal
from acumen.storage.predictions import PredictionLog

CONFIDENCE = "confidence"


@dataclass(slots=True)
class DriftServicer:
    """The part of Neural that looks for drift."""

    serving: Serving
    journal: SqliteJournal
    predictions: PredictionLog
    baselines: Baselines

    async def detect_drift(self, request: pb.DetectDriftRequest, call: Call) -> drift_pb2.DetectDriftResponse:
        """Compare a window with a baseline."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        check_form(request)
        registry = self.serving.registry
        field = request.window[0].WhichOneof("input") if request.window else None
        entry = registry.find(request.model, request.version) if request.recorded else None
        entry = entry or registry.serving(request.model, request.version, field)
        check_inputs(request, entry.name, entry.spec.identity.input_field)
        model = await registry.acquire(entry)
        known, source = await self._baseline(model, request)
        report = await self._report(model, known, request)
        return _response(model, known, source, report, request.return_baseline)

    async def _baseline(self, model: Model, request: pb.DetectDriftRequest) -> tuple[Baseline, Source]:
        if request.HasField("baseline"):
            return given(model, request.baseline), Source.GIVEN
        if request.baseline_inputs:
            inputs = [getattr(one, model.spec.identity.input_field) for one in request.baseline_inputs]
            return await self.serving.executor.run(_of_inputs, model, inputs), Source.INPUTS
        return await self.baselines.of(model)

    async def _report(self, model: Model, known: Baseline, request: pb.DetectDriftRequest) -> Report:
        if not request.recorded:
            inputs = [getattr(one, model.spec.identity.input_field) for one in request.window]
            return await self.serving.executor.run(_of_window, model, known, inputs)
        await self.predictions.flush()
        namespace = request.namespace or DEFAULT_NAMESPACE
        identity = model.spec.identity
        p = await self.predictions.newest(identity.name, identity.version, namespace, request.recorded)
        if len(p) < FEWEST:
            text = f"{len(p)} answers of {model.name} are recorded in namespace '{namespace}', {FEWEST} are needed"
            raise InvalidInput.of("recorded", text)
        return await self.serving.executor.run(examine_output, known, np.array(p))


def check_form(request: pb.DetectDriftRequest) -> None:
    """Raise `InvalidInput` unless there is one window and at most one baseline, of allowed sizes."""
    broken = []
    if bool(request.window) == bool(request.recorded):
        broken.append(Violation(field="window", description="exactly one of window and recorded must be set"))
    for field, size in (("window", len(request.window)), ("recorded", request.recorded)):
        if size and not FEWEST <= size <= MOST:
            broken.append(Violation(field=field, description=f"{size} inputs, {FEWEST} to {MOST} are allowed"))
    if request.recorded and not request.model:
        broken.append(Violation(field="model", description="must be set for a window of recorded answers"))
    if request.HasField("baseline") and request.baseline_inputs:
        broken.append(Violation(field="baseline", description="at most one of baseline and baseline_inputs may be set"))
    if request.baseline_inputs and len(request.baseline_inputs) < baselines.FEWEST:
        text = f"{len(request.baseline_inputs)} inputs, at least {baselines.FEWEST} are needed"
        broken.append(Violation(field="baseline_inputs", description=text))
    if broken:
        raise InvalidInput(broken)


def check_inputs(request: pb.DetectDriftRequest, name: str, input_field: str) -> None:
    """Raise `InvalidInput` naming every input that is for another model or of another type."""
    broken = []
    for path, inputs in (("window", request.window), ("baseline_inputs", request.baseline_inputs)):
        for i, one in enumerate(inputs):
            kind = one.WhichOneof("input")
            if kind != input_field or one.model not in ("", name):
                text = f"is {kind} for '{one.model or name}', the window is {input_field} for '{name}'"
                broken.append(Violation(field=f"{path}[{i}]", description=text))
    if broken:
        raise InvalidInput(broken)


def given(model: Model, message: drift_pb2.DriftBaseline) -> Baseline:
    """Return the baseline a request carries; raises `InvalidInput` when it is damaged or of other weights."""
    if message.model != model.name or message.weights_sha256 != model.sha256:
        made = f"'{message.model}' with weights {message.weights_sha256[:12] or 'unknown'}"
        text = f"was made for {made}, here is '{model.name}' with {model.sha256[:12]}; make a new one"
        raise InvalidInput.of("baseline", text)
    try:
        found = baselines.of_arrays(parse(message.arrays))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput.of("baseline.arrays", f"not a baseline: {error}") from None
    if found.features != len(model.spec.identity.summary_names):
        text = f"has {found.features} features, the model has {len(model.spec.identity.summary_names)}"
        raise InvalidInput.of("baseline.arrays", text)
    return found


def _of_inputs(model: Model, inputs: Sequence[Any]) -> Baseline:
    check(model, inputs, "baseline_inputs")
    return baselines.fit(*observe(model, inputs))


def _of_window(model: Model, known: Baseline, inputs: Sequence[Any]) -> Report:
    check(model, inputs, "window")
    return examine(known, *observe(model, inputs))


def _response(
    model: Model, known: Baseline, source: Source, report: Report, with_baseline: bool
) -> drift_pb2.DetectDriftResponse:
    identity = model.spec.identity
    response = drift_pb2.DetectDriftResponse(
        model=identity.name,
        version=identity.version,
        weights_sha256=model.sha256,
        window_inputs=report.size,
        baseline_inputs=known.size,
        baseline_source=drift_pb2.BaselineSource.Name(source),
        features=[
            _column(name, one)
            for name, one in zip(identity.summary_names, report.features, strict=bool(report.features))
        ],
        output=_column(CONFIDENCE, report.output),
        level=drift_pb2.DriftLevel.Name(report.level),
        alarms=[drift_pb2.DriftTest.Name(test) for test in report.alarms],
    )
    if report.discrepancy is not None:
        value, threshold = report.discrepancy
        level = Level.ALARM if value >= threshold else Level.NONE
        response.discrepancy.value, response.discrepancy.threshold = significant(value), significant(threshold)
        response.discrepancy.level = level  # type: ignore[assignment]
    if with_baseline:
        response.baseline.model, response.baseline.weights_sha256 = identity.name, model.sha256
        response.baseline.inputs = known.size
        response.baseline.arrays = pack(baselines.arrays_of(known))
    return response


def _column(name: str, column: Column) -> drift_pb2.ColumnDrift:
    return drift_pb2.ColumnDrift(
        name=name,
        psi=significant(column.psi),
        ks=significant(column.ks),
        p=significant(column.p),
        q=significant(column.q),
        above=significant(column.above),
        level=drift_pb2.DriftLevel.Name(column.level),
    )
