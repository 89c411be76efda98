"""`acumen bank`: judging responses, pairs and trajectories."""

from itertools import islice
from typing import Annotated

import typer

from acumen_client.bank.judgements import KindName
from acumen_client.cli import bank_options as options
from acumen_client.cli import figures, given, verdict_views
from acumen_client.cli.commands import Command
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.messages import (
    JudgePairResponse,
    JudgeResponse,
    JudgeTrajectoryResponse,
    ListVerdictsResponse,
    Trajectory,
)


def judge(
    session: Session,
    response: Annotated[str, typer.Option(help="The response: text, @file or -.")],
    task: options.Task = "",
    reference: options.Reference = "",
    criterion: options.Criteria = None,
    trajectory: Annotated[str | None, typer.Option(help="How it came about: JSON, @file or -.")] = None,
    grounding_k: Annotated[int, typer.Option(min=0, max=16, help="Patterns to hold it against, 0 to 16.")] = 0,
    subject: options.Subject = "",
    request_id: options.RequestId = "",
) -> None:
    """Score a response by weighted criteria, from evidence."""
    given.once(response=response, task=task, reference=reference, trajectory=trajectory)
    judged = session.client.bank.judge(
        given.text(response, "--response"),
        task=given.text(task, "--task"),
        reference=given.text(reference, "--reference"),
        criteria=given.weights(criterion, "--criterion"),
        trajectory=None if trajectory is None else given.message(trajectory, Trajectory, "--trajectory"),
        grounding_k=grounding_k,
        subject=subject,
        request_id=request_id,
    )
    session.screen.show(document(judged), lambda: verdict_views.verdict(judged.verdict, _time(judged)))


def judge_pair(
    session: Session,
    first: Annotated[str, typer.Option(help="One response: text, @file or -.")],
    second: Annotated[str, typer.Option(help="The other: text, @file or -.")],
    task: options.Task = "",
    reference: options.Reference = "",
    criterion: options.Criteria = None,
    subject: options.Subject = "",
    request_id: options.RequestId = "",
) -> None:
    """Say which of two responses is better."""
    given.once(first=first, second=second, task=task, reference=reference)
    judged = session.client.bank.judge_pair(
        given.text(first, "--first"),
        given.text(second, "--second"),
        task=given.text(task, "--task"),
        reference=given.text(reference, "--reference"),
        criteria=given.weights(criterion, "--criterion"),
        subject=subject,
        request_id=request_id,
    )
    session.screen.show(document(judged), lambda: verdict_views.verdict(judged.verdict, _time(judged)))


def judge_trajectory(
    session: Session,
    source: Annotated[str, typer.Option("--input", help="The trajectory: JSON, @file or -.")],
    request_id: options.RequestId = "",
) -> None:
    """Say whether a trajectory succeeded, and where it broke."""
    trajectory = given.message(source, Trajectory, "--input")
    judged = session.client.bank.judge_trajectory(trajectory, request_id=request_id)
    compared = ("compared with", f"{judged.compared} known attempts at the task")
    session.screen.show(document(judged), lambda: verdict_views.verdict(judged.verdict, compared, _time(judged)))


def verdicts(
    session: Session,
    kind: Annotated[KindName | None, typer.Option(help="Only of this sort.")] = None,
    limit: options.Limit = None,
    min_revision: options.MinRevision = 0,
) -> None:
    """List verdicts, newest first."""
    size = 0 if limit is None else min(limit, 256)
    found = session.client.bank.list_verdicts(kind=kind, page_size=size, min_revision=min_revision)
    session.screen.stream(
        islice(found, limit), lambda found: document(ListVerdictsResponse(verdicts=found)), verdict_views.listing
    )


COMMANDS = [
    Command(name="judge", body=judge, namespaced=True),
    Command(name="judge-pair", body=judge_pair, namespaced=True),
    Command(name="judge-trajectory", body=judge_trajectory, namespaced=True),
    Command(name="verdicts", body=verdicts, namespaced=True),
]


def _time(judged: JudgeResponse | JudgePairResponse | JudgeTrajectoryResponse) -> tuple[str, str]:
    return "time", figures.duration(judged.elapsed)
