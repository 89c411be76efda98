"""`Ensemble`: several models answer together."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from acumen.errors import AcumenError, InvalidInput
from acumen.neural import ensemble
from acumen.neural.ballots import CONSENSUS, PLAIN, Ballot, Past, cast, judged, trust_of
from acumen.neural.calibrate import Doubles
from acumen.neural.ensemble import Pooled
from acumen.neural.model import Model
from acumen.neural.recipe import Entry
from acumen.neural.rounding import significant
from acumen.neural.serving import Serving
from acumen.proto.v1 import ensemble_pb2
from acumen.proto.v1 import neural_pb2 as pb
from acumen.rpc import ensemble_request as reading
from acumen.rpc.edge import Call
from acumen.storage.journal import SqliteJournal

MAJORITY, WEIGHTED = ensemble_pb2.VOTING_MAJORITY, ensemble_pb2.VOTING_WEIGHTED
EQUAL = ensemble_pb2.WEIGHT_SOURCE_EQUAL
EXAMPLES, OUTCOMES = ensemble_pb2.WEIGHT_SOURCE_EXAMPLES, ensemble_pb2.WEIGHT_SOURCE_OUTCOMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The members: models with their inputs, and the field of the request that names them."""

    models: list[Model]
    inputs: list[Any]
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What is known of the members: cases with outcomes, or counts of right answers, or nothing."""

    past: Past | None
    checked: list[tuple[int, int]]
    source: ensemble_pb2.WeightSource
    note: str


@dataclass(slots=True)
class EnsembleServicer:
    """The part of Neural that lets models vote."""

    serving: Serving
    journal: SqliteJournal

    async def ensemble(self, request: pb.EnsembleRequest, call: Call) -> ensemble_pb2.EnsembleResponse:
        """Answer with the pool of at least three members' distributions."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        members = await self._members(request)
        started = time.perf_counter()
        ballots = await self.serving.executor.run(_cast, members)
        for model in members.models:
            each = (time.perf_counter() - started) / len(members.models)
            self.serving.registry.usage[model.name].served(1, each)
        options = await self._options(members, ballots)
        votes = np.stack([ensemble.aligned(options, ballot.options, ballot.p) for ballot in ballots])
        learned = await self._learned(request, members, options)
        pool, weights = await self._pool(request.voting or MAJORITY, options, votes, learned)
        return ensemble_pb2.EnsembleResponse(
            options=[_share(options[i], pool.p[i]) for i in pool.order],
            choice=options[pool.choice],
            confidence=significant(pool.confidence),
            abstained=pool.confidence < request.threshold,
            disagreement=significant(ensemble.disagreement(votes)),
            members=[_vote(*one) for one in zip(members.models, ballots, weights.tolist(), strict=True)],
            voting=request.voting or MAJORITY,
            weight_source=learned.source,
            weight_note=learned.note,
        )

    async def _members(self, request: pb.EnsembleRequest) -> Members:
        field, asked = reading.asked(request)
        message, kind = reading.first_input(request)
        try:
            entries = reading.entries(self.serving.registry, asked, field)
        except InvalidInput as error:
            first, *others = error.violations
            hint = await self._hint(message, kind, [])
            raise InvalidInput([replace(first, description=first.description + hint), *others]) from None
        inputs = [getattr(one, entry.spec.identity.input_field) for one, entry in zip(asked, entries, strict=True)]
        models = [await self.serving.registry.acquire(entry) for entry in entries]
        if len(models) < ensemble.FEWEST:
            text = f"{len(models)} members, {ensemble.FEWEST} to {ensemble.MOST} are needed"
            raise InvalidInput.of(field, text + await self._hint(message, kind, models))
        return Members(models=models, inputs=inputs, field=field)

    async def _options(self, members: Members, ballots: list[Ballot]) -> tuple[str, ...]:
        """Return the options all members score, in the first one's order; raises `InvalidInput` if they differ."""
        wanted = next((ballot.options for ballot in ballots if ballot.options), ())
        odd = [i for i, ballot in enumerate(ballots) if not wanted or set(ballot.options) != set(wanted)]
        if not odd:
            return wanted
        own = ballots[odd[0]].options
        said = f"scores {', '.join(own)}" if own else "scores no named options"
        text = (
            f"'{members.models[odd[0]].name}' {said}; the first member that does scores {', '.join(wanted) or 'none'}"
        )
        kind = members.models[0].spec.identity.input_field
        hint = await self._hint(members.inputs[0], kind, members.models[:1])
        raise InvalidInput.of(f"{members.field}[{odd[0]}]", text + hint)

    async def _hint(self, message: Any, kind: str, models: Sequence[Model]) -> str:
        """Return in words which models answer an input with the options of the first of `models`."""
        if message is None:
            return ""
        served = self.serving.registry.versions.served()
        entries = [entry for entry in served if entry.spec.identity.input_field == kind]
        ballots = {entry.name: await self._ballot(entry, message) for entry in entries}
        wanted = set(ballots[models[0].name].options) if models and models[0].name in ballots else set()
        fitting = [name for name, b in ballots.items() if b.options and (not wanted or set(b.options) == wanted)]
        return f"; compatible for {kind}: {', '.join(fitting) or 'no model'}"

    async def _ballot(self, entry: Entry, message: Any) -> Ballot:
        """Return a model's ballot; an empty one if it cannot answer."""
        try:
            self.serving.registry.serving(entry.name, "", entry.spec.identity.input_field)
            model = await self.serving.registry.acquire(entry)
            return (await self.serving.executor.run(_checked_cast, model, [message]))[0]
        except AcumenError:
            return Ballot(options=(), p=np.empty(0))

    async def _learned(self, request: pb.EnsembleRequest, members: Members, options: tuple[str, ...]) -> Learned:
        count, names = len(members.models), [model.name for model in members.models]
        if request.voting in (0, MAJORITY):
            return Learned(past=None, checked=[], source=EQUAL, note="every vote counts the same")
        if request.examples:
            past = await self.serving.executor.run(reading.past, request.examples, members.models, options)
            checked = [(correct, len(past.right)) for correct in past.correct]
            note = f"learned from {len(past.right)} examples in the request"
            return Learned(past=past, checked=checked, source=EXAMPLES, note=note)
        known = [self.serving.outcomes_of(name, request.namespace) for name in names]
        fewest = min(range(count), key=lambda i: known[i].count)
        if known[fewest].count < ensemble.FEWEST_EXAMPLES:
            least = f"{known[fewest].count} outcomes recorded for {names[fewest]}, {ensemble.FEWEST_EXAMPLES} needed"
            return Learned(
                past=None, checked=[], source=EQUAL, note=f"nothing to weigh members by: no examples, and {least}"
            )
        note = "derived from recorded outcomes: " + ", ".join(
            f"{name} right in {one.happened} of {one.count}" for name, one in zip(names, known, strict=True)
        )
        checked = [(one.happened, one.count) for one in known]
        return Learned(past=None, checked=checked, source=OUTCOMES, note=note)

    async def _pool(
        self, voting: int, options: tuple[str, ...], votes: Doubles, learned: Learned
    ) -> tuple[Pooled, Doubles]:
        if voting == MAJORITY:
            return ensemble.pooled(ensemble.majority(votes), votes), np.ones(len(votes))
        if voting == WEIGHTED:
            weights = await self.serving.executor.run(_weights, votes.shape, learned)
            return ensemble.pooled(ensemble.log_linear(votes, weights), votes), weights
        registry = self.serving.registry
        judge = await registry.acquire(registry.serving(CONSENSUS, "", "vote_table"))
        p, reliability = await self.serving.executor.run(_judged, judge, options, votes, learned)
        return ensemble.pooled(p, votes), reliability


def _weights(shape: tuple[int, ...], learned: Learned) -> Doubles:
    if learned.past is not None:
        return ensemble.fit_weights(learned.past.votes, learned.past.right)
    if learned.checked:
        right, total = zip(*learned.checked, strict=True)
        return ensemble.weights_of_records(right, total, shape[1])
    return ensemble.equal_weights(shape[0])


def _cast(members: Members) -> list[Ballot]:
    return [
        reading.checked_at(f"{members.field}[{i}]", _checked_cast, model, [message])[0]
        for i, (model, message) in enumerate(zip(members.models, members.inputs, strict=True))
    ]


def _checked_cast(model: Model, messages: list[Any]) -> list[Ballot]:
    for message in messages:
        model.spec.check(message)
    return cast(model, messages)


def _judged(judge: Model, options: tuple[str, ...], votes: Doubles, learned: Learned) -> tuple[Doubles, Doubles]:
    trust = PLAIN
    if learned.past is not None and len(learned.past.right) >= ensemble.FEWEST_EXAMPLES:
        trust = trust_of(judge, options, learned.past, learned.checked)
    return judged(judge, options, votes, learned.checked, trust)


def _share(option: str, p: float) -> ensemble_pb2.OptionShare:
    return ensemble_pb2.OptionShare(option=option, p=significant(p))


def _vote(model: Model, ballot: Ballot, weight: float) -> ensemble_pb2.MemberVote:
    return ensemble_pb2.MemberVote(
        model=model.name,
        version=model.spec.identity.version,
        weights_sha256=model.sha256,
        choice=ballot.options[int(ballot.p.argmax())],
        options=[_share(option, p) for option, p in zip(ballot.options, ballot.p.tolist(), strict=True)],
        weight=significant(weight),
        abstained=ballot.abstained,
    )
