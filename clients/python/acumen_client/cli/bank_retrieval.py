"""`acumen bank`: finding patterns, saying how they did, and the whole pipeline in one call."""

import json
from typing import Annotated, Literal

import typer

from acumen_client.cli import bank_options as options
from acumen_client.cli import given, learning_views, pattern_views
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.messages import RetrievedPattern, ShownPattern, Trajectory, Vector


def retrieve(
    session: Session,
    text: Annotated[str | None, typer.Argument(help="The situation: text, @file or -.")] = None,
    vector: Annotated[str | None, typer.Option(help="The situation as a vector: a JSON array, @file or -.")] = None,
    k: options.K = 0,
    tag: options.Tags = None,
    polarity: options.OfPolarity = None,
    state: options.States = None,
    max_age: options.MaxAge = None,
    min_success_rate: options.MinSuccessRate = 0.0,
    subject: options.OfSubject = "",
    min_p: Annotated[float | None, typer.Option(min=0, max=1, help="Least probability of being relevant.")] = None,
    relevance_weight: Annotated[
        float | None, typer.Option(min=0, max=1, help="Relevance against diversity, .7 to 1. Default: 1.")
    ] = None,
    min_revision: options.MinRevision = 0,
) -> None:
    """Find the patterns for a situation, with every component of their score."""
    if (text is None) == (vector is None):
        raise typer.BadParameter("give one of them", param_hint="TEXT, --vector")
    query = given.text(text, "TEXT") if text is not None else _vector(vector or "")
    response = session.client.bank.retrieve(
        query,
        k=k,
        filter=options.pattern_filter(tag, polarity, state, max_age, min_success_rate, subject),
        min_p_relevant=min_p,
        relevance_weight=relevance_weight,
        min_revision=min_revision,
    )
    rows = [document(one) for one in response.results]
    session.screen.show(document(response), lambda: pattern_views.found(response), rows)
    if response.reason and session.screen.format == "jsonl":
        session.screen.note(response.reason)


def feedback(
    session: Session,
    pattern: Annotated[list[str] | None, typer.Option(help="Id of a pattern that was shown; once for each.")] = None,
    retrieved: Annotated[
        str | None, typer.Option(help="What `retrieve --format json` or jsonl printed, @file or -: moves the ranking.")
    ] = None,
    outcome: Annotated[Literal["success", "failure"] | None, typer.Option(help="How the task went.")] = None,
    reward: Annotated[float | None, typer.Option(min=0, max=1, help="How the task went, graded, 0 to 1.")] = None,
    request_id: options.RequestId = "",
) -> None:
    """Say how the task went for which patterns were shown."""
    if not pattern and retrieved is None:
        raise typer.BadParameter("give at least one of them", param_hint="--pattern, --retrieved")
    if (outcome is None) == (reward is None):
        raise typer.BadParameter("give one of them", param_hint="--outcome, --reward")
    shown = [ShownPattern(id=one) for one in pattern or ()]
    if retrieved is not None:
        found = given.messages(retrieved, RetrievedPattern, "--retrieved", "results")
        shown += [ShownPattern(id=one.pattern.id, score=one.score) for one in found]
    response = session.client.bank.record_outcome(shown, outcome, reward=reward, request_id=request_id)
    ids = [one.id for one in shown]
    session.screen.show(document(response), lambda: pattern_views.fared(ids, response.statistics))


def pipeline(
    session: Session,
    query: Annotated[str, typer.Option(help="Retrieve for this situation: text, @file or -.")] = "",
    k: options.K = 0,
    response: Annotated[str, typer.Option(help="Judge this response: text, @file or -.")] = "",
    criterion: options.Criteria = None,
    reference: options.Reference = "",
    trajectory: Annotated[str | None, typer.Option(help="Learn from it: JSON, @file or -.")] = None,
    consolidate: Annotated[bool, typer.Option("--consolidate", help="Consolidate what was touched.")] = False,
    request_id: options.RequestId = "",
) -> None:
    """Retrieve, judge, learn and consolidate in one call: what is given."""
    given.once(query=query, response=response, reference=reference, trajectory=trajectory)
    if not query and not response and trajectory is None:
        raise typer.BadParameter("give at least one of them", param_hint="--query, --response, --trajectory")
    done = session.client.bank.run_pipeline(
        given.text(query, "--query"),
        k=k,
        response=given.text(response, "--response"),
        criteria=given.weights(criterion, "--criterion"),
        reference=given.text(reference, "--reference"),
        trajectory=None if trajectory is None else given.message(trajectory, Trajectory, "--trajectory"),
        consolidate=consolidate,
        request_id=request_id,
    )
    session.screen.show(document(done), lambda: learning_views.pipeline(done))


COMMANDS = [
    Command(name="retrieve", body=retrieve, namespaced=True),
    Command(name="feedback", body=feedback, namespaced=True),
    Command(name="pipeline", body=pipeline, namespaced=True),
]


def _vector(source: str) -> Vector:
    found = given.text(source, "--vector")
    with given.option("--vector"):
        try:
            return Vector(floats={"values": json.loads(found)})
        except (TypeError, json.JSONDecodeError):
            raise ValueError("not a JSON array of numbers") from None
