"""`ValidateInput`: what Predict would refuse, and what it would find unusual."""

from acumen.errors import InvalidInput
from acumen.neural.model import Model
from acumen.neural.reference import outside, unusualness
from acumen.neural.rounding import significant
from acumen.neural.serving import Serving
from acumen.proto.v1 import neural_pb2 as pb


async def validate_input(serving: Serving, request: pb.PredictRequest) -> pb.ValidateInputResponse:
    """Return every broken rule of an input, or how far it is from what the model was trained on."""
    registry = serving.registry
    try:
        entry = registry.serving(request.model, request.version, request.WhichOneof("input"))
        model = await registry.acquire(entry)
        return await serving.executor.run(_usual, model, request)
    except InvalidInput as error:
        violations = [pb.FieldViolation(field=v.field, description=v.description) for v in error.violations]
        return pb.ValidateInputResponse(violations=violations)


def _usual(model: Model, request: pb.PredictRequest) -> pb.ValidateInputResponse:
    identity = model.spec.identity
    message = getattr(request, identity.input_field)
    model.spec.check(message)
    summary = model.spec.featurise([message]).summary
    response = pb.ValidateInputResponse(valid=True, ood_score=significant(unusualness(model.weights, summary)[0]))
    for column, value, low, high in outside(model.weights, summary[0]):
        response.warnings.add(feature=identity.summary_names[column], value=value, low=low, high=high)
    return response
