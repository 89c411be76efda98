"""What a request for an ensemble says: its members, their inputs, and cases whose right option is known."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from acumen.errors import InvalidInput, Violation
from acumen.neural import ensemble
from acumen.neural.ballots import Past, cast
from acumen.neural.calibrate import Doubles
from acumen.neural.model import Model
from acumen.neural.recipe import Entry
from acumen.neural.registry import Registry
from acumen.proto.v1 import ensemble_pb2
from acumen.proto.v1 import neural_pb2 as pb

SUM_TOLERANCE = 0.01
R = TypeVar("R")


def asked(request: pb.EnsembleRequest) -> tuple[str, list[pb.PredictRequest]]:
    """Return the field that names the members, and a question for each; raises `InvalidInput` for a mixed form."""
    broken = [*_form(request), *_examples(request)]
    if broken:
        raise InvalidInput(broken)
    if request.members:
        return "members", list(request.members)
    questions = []
    for name in request.models:
        question = pb.PredictRequest()
        question.CopyFrom(request.request)
        question.model = name
        questions.append(question)
    return "models", questions


def first_input(request: pb.EnsembleRequest) -> tuple[Any, str]:
    """Return the first input a request carries and its field; None without one."""
    for one in (request.request, *request.members):
        if kind := one.WhichOneof("input"):
            return getattr(one, kind), kind
    return None, ""


def entries(registry: Registry, questions: Sequence[pb.PredictRequest], field: str) -> list[Entry]:
    """Return the model of each question; raises `InvalidInput` naming each that does not fit, `NotFound`."""
    found, broken = [], []
    for i, one in enumerate(questions):
        try:
            found.append(registry.serving(one.model, one.version, one.WhichOneof("input")))
        except InvalidInput as error:
            path = f"{field}[{i}]"
            broken += [Violation(field=path, description=f"{v.field}: {v.description}") for v in error.violations]
    if broken:
        raise InvalidInput(broken)
    return found


def past(examples: Sequence[pb.EnsembleExample], models: Sequence[Model], options: tuple[str, ...]) -> Past:
    """Return what members said, or say now, of cases, beside what was right; raises `InvalidInput`."""
    unknown = [
        Violation(field=f"examples[{i}].outcome", description=f"'{one.outcome}' is none of {', '.join(options)}")
        for i, one in enumerate(examples)
        if one.outcome not in options
    ]
    if unknown:
        raise InvalidInput(unknown)
    votes = [_votes(f"examples[{i}]", one, models, options) for i, one in enumerate(examples)]
    return Past(votes=np.stack(votes), right=np.array([options.index(one.outcome) for one in examples]))


def checked_at(path: str, function: Callable[..., R], *args: Any) -> R:
    """Return what a function returns; the paths of what it finds wrong begin with `path`."""
    try:
        return function(*args)
    except InvalidInput as error:
        raise InvalidInput(
            [Violation(field=f"{path}.{v.field}", description=v.description) for v in error.violations]
        ) from None


def _form(request: pb.EnsembleRequest) -> list[Violation]:
    broken = []
    if bool(request.members) == bool(request.models):
        broken.append(Violation(field="models", description="exactly one of models and members must be set"))
    if request.models and not request.HasField("request"):
        broken.append(Violation(field="request", description="must be set: the input all models take"))
    if request.members and request.HasField("request"):
        broken.append(Violation(field="request", description="must not be set beside members, which have inputs"))
    if request.request.model:
        broken.append(Violation(field="request.model", description="must stay empty: models says who answers"))
    said = [_identity(one) for one in request.members]
    for i in (i for i, one in enumerate(said) if one in said[:i]):
        text = f"is the same model with the same input as members[{said.index(said[i])}]"
        broken.append(Violation(field=f"members[{i}]", description=text))
    return broken


def _identity(member: pb.PredictRequest) -> tuple[str, bytes]:
    kind = member.WhichOneof("input")
    return member.model, getattr(member, kind).SerializeToString(deterministic=True) if kind else b""


def _examples(request: pb.EnsembleRequest) -> list[Violation]:
    count, learns = len(request.examples), request.voting not in (0, ensemble_pb2.VOTING_MAJORITY)
    if count and not learns:
        return [Violation(field="examples", description="majority voting learns nothing; choose another or leave them")]
    if count and request.voting == ensemble_pb2.VOTING_WEIGHTED and count < ensemble.FEWEST_EXAMPLES:
        return [Violation(field="examples", description=f"{count} examples, {ensemble.FEWEST_EXAMPLES} are needed")]
    members = len(request.members) or len(request.models)
    broken = []
    for i, one in enumerate(request.examples):
        if bool(one.inputs) == bool(one.votes):
            broken.append(Violation(field=f"examples[{i}]", description="exactly one of inputs and votes must be set"))
        elif len(one.votes or one.inputs) not in ({members} if one.votes else {1, members}):
            text = f"{len(one.votes or one.inputs)} for {members} members"
            broken.append(Violation(field=f"examples[{i}]", description=text))
    return broken


def _votes(path: str, example: pb.EnsembleExample, models: Sequence[Model], options: tuple[str, ...]) -> Doubles:
    if example.votes:
        rows = [_given(f"{path}.votes[{m}]", vote, options) for m, vote in enumerate(example.votes)]
        return np.stack(rows)
    alone = len(example.inputs) == 1
    rows = []
    for m, model in enumerate(models):
        i = 0 if alone else m
        rows.append(_answered(f"{path}.inputs[{i}]", example.inputs[i], model, options))
    return np.stack(rows)


def _given(path: str, vote: ensemble_pb2.MemberVote, options: tuple[str, ...]) -> Doubles:
    names, p = [share.option for share in vote.options], np.array([share.p for share in vote.options])
    if sorted(names) != sorted(options):
        raise InvalidInput.of(f"{path}.options", f"are not the members' options {', '.join(options)}")
    if not np.isfinite(p).all() or (p < 0).any() or abs(p.sum() - 1) > SUM_TOLERANCE:
        raise InvalidInput.of(
            f"{path}.options", f"probabilities sum to {p.sum():.6g}, they must be 0 or more and sum to 1"
        )
    return ensemble.aligned(options, names, p / p.sum())


def _answered(path: str, asked: pb.PredictRequest, model: Model, options: tuple[str, ...]) -> Doubles:
    kind = model.spec.identity.input_field
    if asked.WhichOneof("input") != kind or asked.model not in ("", model.name):
        raise InvalidInput.of(path, f"is {asked.WhichOneof('input')} for '{asked.model}', '{model.name}' takes {kind}")
    message = getattr(asked, kind)
    checked_at(path, model.spec.check, message)
    ballot = cast(model, [message])[0]
    if set(ballot.options) != set(options):
        raise InvalidInput.of(path, f"'{model.name}' scores other options here than {', '.join(options)}")
    return ensemble.aligned(options, ballot.options, ballot.p)
