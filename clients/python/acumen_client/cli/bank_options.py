"""Options that several commands of `acumen bank` share."""

from enum import StrEnum
from typing import Annotated, Literal

import typer

from acumen_client.cli import given
from acumen_client.messages import PatternFilter

_MOST_32, _MOST_64 = 2**32 - 1, 2**64 - 1
Polarity = Literal["strategy", "guardrail"]


class State(StrEnum):
    """Where a pattern is in its life."""

    PENDING = "pending"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    DEMOTED = "demoted"


K = Annotated[int, typer.Option("--k", "-k", min=0, max=_MOST_32, help="Patterns wanted, up to 100. Default: 1.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Stop after so many. Default: all.")]
MinRevision = Annotated[int, typer.Option(min=0, max=_MOST_64, help="Wait until this revision has been applied.")]
RequestId = Annotated[str, typer.Option(help="Names the write, so that giving it again does not write twice.")]
Task = Annotated[str, typer.Option(help="The task: text, @file or -.")]
Reference = Annotated[str, typer.Option(help="A response known to be right: text, @file or -.")]
Criteria = Annotated[
    list[str] | None, typer.Option("--criterion", help="NAME=WEIGHT, once for each. Default: all, equally.")
]
Subject = Annotated[str, typer.Option(help="Whose data it is; purge removes by it.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only with this tag; once for each.")]
OfPolarity = Annotated[Polarity | None, typer.Option("--polarity", help="Only what worked, or what failed.")]
States = Annotated[list[State] | None, typer.Option("--state", help="In this state; once for each. Default: active.")]
MaxAge = Annotated[str | None, typer.Option(help="Made no longer ago: 12h, 30d.")]
MinSuccessRate = Annotated[float, typer.Option(min=0, max=1, help="With at least this success rate.")]
OfSubject = Annotated[str, typer.Option("--subject", help="Only of this subject.")]


def pattern_filter(
    tags: list[str] | None,
    polarity: Polarity | None,
    states: list[State] | None,
    max_age: str | None,
    min_success_rate: float,
    subject: str,
) -> PatternFilter:
    """Return the filter the options describe."""
    return PatternFilter(
        tags=tags,
        polarity=None if polarity is None else f"POLARITY_{polarity.upper()}",
        states=[f"PATTERN_STATE_{state.name}" for state in states or ()],
        max_age=given.span(max_age, "--max-age"),
        min_success_rate=min_success_rate,
        subject=subject,
    )
