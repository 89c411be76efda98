"""What was executed, counted or merely said: exit codes and test results before counts, counts before words.

The strongest kind of evidence that is present decides; what is weaker and disagrees is not counted. Of one kind the
last occurrence holds, because a run repeated after a repair supersedes the first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from acumen.bank.judging.words import quote, sentence_at
from acumen.bank.verdict import Evidence

EXECUTED: Final = 3
COUNTED: Final = 2
SAID: Final = 1
EFFECTS: Final = {EXECUTED: 0.45, COUNTED: 0.35, SAID: 0.15}
MOST_FINDINGS: Final = 200  # of one pattern in one text; the last ones are what a run ended with

_EXIT = re.compile(
    r"\b(?:exit(?:ed)?(?: with)?(?: an?)?(?: non-?zero| zero)?(?: (?:code|status))?|exit[_ ]?code|"
    r"return(?:ed)?(?: with)? "
    r"(?:code|status|non-?zero exit status|exit (?:code|status))|rc|returncode|status code)"
    r"\s*(?:of|was|is|=|:|==)?\s*(-?\d{1,5})\b"
)
_TALLY = re.compile(
    r"\b(?:(?P<all>all)(?: of)?(?: the)? )?(?<![\d/.])(?P<n>\d[\d,]*|all|no|zero)(?: (?:of|/) ?\d+)? "
    r"(?:(?:unit |integration |of the |of )?(?:tests?|specs?|checks?|assertions?|test cases?|suites?)(?: cases?)? )?"
    r"(?:have |has |are |were |now |successfully )*(?P<what>pass(?:ed|es|ing)?|fail(?:ed|s|ures?|"
    r"ing)?|green|red|broken)\b"
)
_RATIO = re.compile(
    r"\b(?P<a>\d+) ?(?:/|of|out of) ?(?P<b>\d+) (?:unit |integration )?(?:tests?|checks?|specs?|"
    r"cases?)(?: have| are| were)? "
    r"(?P<what>pass|fail)"
)
_RUNNERS = re.compile(
    r"^(?:test result: (?P<cargo>ok|failed)\b|(?P<unitok>ok)(?: \(skipped=\d+\))?$|"
    r"(?P<unitbad>failed) \((?:failures|errors)=\d+"
    r"|(?P<gobad>--- fail:|fail\t)|(?P<gook>ok\s+\S+\s+[\d.]+s)|build (?P<build>success|succeeded|"
    r"successful|failed|failure)\b"
    r"|npm (?P<npm>err!)|\[?(?P<mvn>error|info)\]? build (?P<mvnend>success|failure))",
    re.M,
)
_CRASH = re.compile(
    r"^(?:traceback \(most recent call last\)|panic: |fatal(?: error)?: |segmentation fault|"
    r"core dumped|unhandled exception"
    r"|[\w.]*(?:error|exception): |error(?:\[\w+\])?: |killed$|command not found|.{0,60}: command not found)",
    re.M,
)
_COUNT = re.compile(
    r"\b(?P<n>\d[\d,]*|no|zero|without(?: any)?|free of|any) (?:(?:new|more|other|remaining|further|"
    r"known|lint|type|compile|compilation|"
    r"syntax|runtime|critical|build) )?(?P<what>errors?|failures?|warnings?|issues?|problems?|"
    r"vulnerabilit(?:y|ies)|bugs?|regressions?|"
    r"conflicts?|violations?|crashes|exceptions?)\b(?! (?:handl|messag|code|class|log|report|path|"
    r"case|budget|rate|page|type))"
)
_COUNTABLE: Final = (
    "error",
    "fail",
    "warning",
    "issue",
    "problem",
    "vulnerab",
    "bug",
    "regression",
    "conflict",
    "violation",
    "crash",
    "exception",
)
_GOOD_SIGNS: Final = (
    "success",
    "succeed",
    "passe",
    "work",
    "fixed",
    "resolved",
    "completed",
    "verified",
    "solved",
    "correct",
)
_BAD_SIGNS: Final = (
    "fail",
    "error",
    "crash",
    "broken",
    "incorrect",
    "unsuccess",
    "exception",
    "timed out",
    "timeout",
    "denied",
    "refused",
    "aborted",
    "unresolved",
    "wrong",
)
_COLON = re.compile(r"\b(?P<what>errors?|failures?|failed|issues?|violations?|regressions?)\s*[:=]\s*(?P<n>\d+)\b")
_GOOD = re.compile(
    r"\b(?:success(?:ful(?:ly)?)?|succeed(?:s|ed)?|passe[sd]|works|working|fixed|resolved|completed|"
    r"verified|solved|correct(?:ly)?)\b"
)
_BAD = re.compile(
    r"\b(?:fail(?:s|ed|ing|ure|ures)?|error(?:s|ed)?|crash(?:es|ed|ing)?|broken|incorrect(?:ly)?|"
    r"unsuccessful(?:ly)?|exception|"
    r"timed out|timeout|denied|refused|aborted|unresolved|wrong)\b"
)
_NEGATED = re.compile(
    r"(?:\b(?:no|not|never|without|zero|0|none|nothing|cannot|free of|any)|n't|n\u2019t)(?: \w+){0,3}\W{0,2}$"
)
_SUPPOSED = re.compile(
    r"\b(?:if|when|unless|should|would|could|may|might|must|in case|whether|expected|expects?|until|"
    r"previous(?:ly)?|before|"
    r"used to|will|to make sure|ensure|so that|earlier|initially|at first)\b[^.!?;\n]{0,60}$"
)
_TREATED = re.compile(
    r"\b(?:handles?|handling|catch(?:es)?|avoid(?:s|ing)?|prevent(?:s|ing)?|raises?|returns?|"
    r"fix(?:ed|es|ing)?|resolved?|"
    r"removed?|repair(?:ed|s)?|reproduced?)\b[^.!?;\n]{0,30}$"
)
_NAMED = re.compile(
    r"^[- ](?:handl\w*|messages?|codes?|class\w*|logs?|reports?|paths?|cases?|budget|rates?|pages?|"
    r"types?|over|safe|tolera\w+|mode)\b"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of an outcome: where, how strong its kind is, and whether it is good."""

    rank: int
    kind: str
    good: bool
    start: int
    end: int


def outcomes(text: str, lower: str, step: int = -1) -> tuple[Evidence, ...]:
    """Return what decides about success: the last finding of each kind of the strongest rank that is present.

    `lower` is the text in lower case, of the same length (`words.lowered`), so that its positions are the text's.
    """
    for find in (executed, counted, said):
        found = find(lower)
        if found:
            held = _held(found)
            return tuple(_evidence(text, finding, step, len(held)) for finding in held)
    return ()


def _evidence(text: str, finding: Finding, step: int, of: int) -> Evidence:
    effect = EFFECTS[finding.rank] * (1 if finding.good else -1) / (1 if not finding.good else of)
    return Evidence(kind=finding.kind, quote=quote(text, finding.start, finding.end), step=step, effect=effect)


def _held(found: list[Finding]) -> list[Finding]:
    """Return the last finding of each kind; what a later good test run supersedes is dropped."""
    last = {finding.kind: finding for finding in sorted(found, key=lambda f: f.start)}
    green = max((f.start for f in last.values() if f.good and f.kind in ("tests", "build")), default=-1)
    held = [f for f in last.values() if f.good or f.start > green]
    zero = last.get("exit_code")
    if zero and zero.good:
        held = [f for f in held if f.good or f.kind != "crash" or f.start > zero.start]
    bad = [f for f in held if not f.good]
    return sorted(bad or held, key=lambda f: f.start)


def executed(lower: str) -> list[Finding]:
    """Return exit codes, test and build results, and crashes."""
    found: list[Finding] = []
    if _any(lower, ("exit", "return", "rc=", "rc:", "rc ", "status code")):
        found += _exits(lower)
    if _any(lower, ("pass", "fail", "green", "broken")):
        found += _tallies(lower)
    if lower.startswith("ok") or _any(
        lower, ("\nok", "test result", "failed (", "--- fail", "fail\t", "build ", "npm err")
    ):
        found += _runs(lower)
    if _any(lower, ("error", "exception", "traceback", "panic", "fatal", "fault", "dumped", "killed", "not found")):
        found += [Finding(EXECUTED, "crash", False, m.start(), m.end()) for m in _last(_CRASH, lower)]
    return found


def _any(lower: str, signs: tuple[str, ...]) -> bool:
    """Tell whether one of the signs is there; looking for plain text first is what keeps most texts cheap."""
    return any(sign in lower for sign in signs)


def _last(pattern: re.Pattern[str], lower: str) -> list[re.Match[str]]:
    return list(pattern.finditer(lower))[-MOST_FINDINGS:]


def _exits(lower: str) -> Iterator[Finding]:
    for m in _last(_EXIT, lower):
        if _supposed(lower, m.start(), m.end()):
            continue
        value = int(m[1])
        good = 200 <= value < 400 or value == 0 if m[0].startswith("status code") else value == 0
        yield Finding(EXECUTED, "exit_code", good, m.start(), m.end())


def _tallies(lower: str) -> Iterator[Finding]:
    for m in _last(_RATIO, lower):
        if not _supposed(lower, m.start(), m.end()):
            all_of = m["a"] == m["b"]
            good = all_of if m["what"] == "pass" else m["a"] == "0"
            yield Finding(EXECUTED, "tests", good, m.start(), m.end())
    failing = {m.start(): m for m in _last(_TALLY, lower)}
    for m in failing.values():
        tested = (
            "test" in m[0]
            or "spec" in m[0]
            or "check" in m[0]
            or "suite" in m[0]
            or "assertion" in m[0]
            or _beside(lower, m)
        )
        if not tested or _supposed(lower, m.start(), m.end()) or _RATIO.match(lower, m.start()):
            continue
        none = m["n"] in ("no", "zero", "0")
        bad = m["what"].startswith(("fail", "red", "broken"))
        if (none and not bad) or (not (none or bad) and _failures_near(lower, m)):
            continue
        yield Finding(EXECUTED, "tests", none if bad else True, m.start(), m.end())


def _beside(lower: str, m: re.Match[str]) -> bool:
    """Tell whether a bare count such as `3 passed` stands in a runner's summary."""
    line = sentence_at(lower, m.start())
    return bool(
        re.search(
            r"\btests?\b|\bpassed\b.*\bfailed\b|\bfailed\b.*\bpassed\b|={3,}| in [\d.]+ ?m?s\b|"
            r"\d+ (?:passing|failing|passed)\b",
            line,
        )
    )


def _failures_near(lower: str, m: re.Match[str]) -> bool:
    """Tell whether the same line counts failures, which then speak for the run."""
    line = sentence_at(lower, m.start())
    return bool(re.search(r"\b[1-9]\d* (?:tests? )?(?:failed|failing|failures?|errors?|broken)\b", line))


def _runs(lower: str) -> Iterator[Finding]:
    for m in _last(_RUNNERS, lower):
        bad = (
            m["unitbad"]
            or m["gobad"]
            or m["npm"]
            or m["cargo"] == "failed"
            or (m["build"] or m["mvnend"] or "").startswith("fail")
        )
        yield Finding(
            EXECUTED, "build" if m["build"] or m["mvnend"] or m["npm"] else "tests", not bad, m.start(), m.end()
        )


def counted(lower: str) -> list[Finding]:
    """Return counts of errors, failures and the like: none is good, some are bad."""
    found: list[Finding] = []
    if not _any(lower, _COUNTABLE):
        return found
    for pattern in (_COUNT, _COLON):
        for m in _last(pattern, lower):
            none = (
                not m["n"].replace(",", "").strip("0")
                or m["n"] in ("no", "zero", "free of")
                or m["n"].startswith("without")
            )
            if m["n"] == "any":
                if not _NEGATED.search(lower[max(0, m.start() - 30) : m.start()]):
                    continue
                none = True
            if not (_supposed(lower, m.start(), m.end()) or _treated(lower, m.start())):
                found.append(Finding(COUNTED, "count", none, m.start(), m.end()))
    return found


def said(lower: str) -> list[Finding]:
    """Return words of success and failure that are asserted: neither negated away, nor supposed, nor part of a name."""
    found = []
    for pattern, good, signs in ((_GOOD, True, _GOOD_SIGNS), (_BAD, False, _BAD_SIGNS)):
        if not _any(lower, signs):
            continue
        for m in _last(pattern, lower):
            if (
                _supposed(lower, m.start(), m.end())
                or (not good and _treated(lower, m.start()))
                or _NAMED.match(lower[m.end() : m.end() + 20])
            ):
                continue
            negated = bool(_NEGATED.search(lower[max(0, m.start() - 40) : m.start()]))
            found.append(
                Finding(SAID, "words_good" if good != negated else "words_bad", good != negated, m.start(), m.end())
            )
    return found


def _supposed(lower: str, start: int, end: int) -> bool:
    """Tell whether it is a condition or a description of behaviour, not a report: `if it fails`, `exits 1 when`."""
    before = lower[max(0, start - 70) : start]
    after = lower[end : end + 24]
    return bool(_SUPPOSED.search(before)) or bool(re.match(r"[^.!?\n]{0,12}\b(?:if|when|unless|whenever)\b", after))


def _treated(lower: str, start: int) -> bool:
    """Tell whether what follows is what was dealt with, as in `fixed 3 errors` or `handles a crash`."""
    return bool(_TREATED.search(lower[max(0, start - 50) : start]))
