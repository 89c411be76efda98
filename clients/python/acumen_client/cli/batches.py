"""`acumen neural predict-batch`: JSON lines in, JSON lines out, in order, several calls at once."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grpc
from rich.console import RenderableType

from acumen_client.cli import answers, questions
from acumen_client.cli.files import open_text
from acumen_client.cli.screen import document
from acumen_client.cli.session import Session
from acumen_client.errors import AcumenError, InvalidInput, Unreachable, Violation
from acumen_client.messages import PredictRequest, PredictResult
from acumen_client.status import to_status

Line = PredictRequest | AcumenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The model of lines that name none, how many lines a call carries, and how many calls are made at once."""

    model: str
    batch_size: int
    in_flight: int


def run(session: Session, path: Path, plan: Plan) -> tuple[int, int]:
    """Answer a file; returns the number of lines and of those that failed. Raises `Unreachable` and `OSError`."""
    shown, kept = _shower(session)
    count = failed = 0
    with open_text(path) as texts, session.screen.progress("predicting", None) as advance:
        parse = _parser(session, plan.model)
        lines = (parse(number, text) for number, text in enumerate(texts, 1) if text.strip())
        for result in _results(session, lines, plan):
            shown(result)
            advance(1)
            count += 1
            failed += result.HasField("status")
    kept()
    return count, failed


def _shower(session: Session) -> tuple[Callable[[PredictResult], None], Callable[[], None]]:
    """Return what to do with each result and with all: lines are printed as they come, other forms at the end."""
    results: list[PredictResult] = []
    screen = session.screen

    def view() -> RenderableType:
        return answers.results(results)

    if screen.format == "jsonl":
        return lambda result: screen.show(document(result), view), lambda: None
    return results.append, lambda: screen.show({"results": [document(one) for one in results]}, view)


def _parser(session: Session, model: str) -> Callable[[int, str], Line]:
    field = cache(lambda: session.input_field(model))

    def parse(number: int, text: str) -> Line:
        try:
            return questions.parse(text, field)
        except ValueError as error:
            where = Violation(field=f"line {number}", description=str(error))
            code = grpc.StatusCode.INVALID_ARGUMENT
            return InvalidInput(str(error), code=code, reason="INVALID_FIELD", violations=[where])

    return parse


def _results(session: Session, lines: Iterable[Line], plan: Plan) -> Iterator[PredictResult]:
    """Yield the results in order while up to `in_flight` batches are asked for."""
    pending: deque[Future[list[PredictResult]]] = deque()
    remaining = iter(lines)
    with ThreadPoolExecutor(plan.in_flight) as pool:
        while batch := list(itertools.islice(remaining, plan.batch_size)):
            pending.append(pool.submit(_answer, session, batch, plan.model))
            if len(pending) == plan.in_flight:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()


def _answer(session: Session, batch: list[Line], model: str) -> list[PredictResult]:
    asked = [line for line in batch if isinstance(line, PredictRequest)]
    answered = iter(_ask(session, asked, model) if asked else ())
    return [_failed(line) if isinstance(line, AcumenError) else next(answered) for line in batch]


def _ask(session: Session, asked: list[PredictRequest], model: str) -> list[PredictResult]:
    try:
        return list(session.client.predict_batch(asked, model=model).results)
    except Unreachable:
        raise
    except AcumenError as error:
        return [_failed(error) for _ in asked]


def _failed(error: AcumenError) -> PredictResult:
    result = PredictResult()
    result.status.ParseFromString(to_status(error).SerializeToString())
    return result
