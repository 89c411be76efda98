"""No option is accepted and ignored: with and without it, something a user or a server can see differs."""

import functools
import re

import pytest
import typer.testing
from bank_options import BANK, BANK_CASES
from fake_neural import FakeNeural, serving
from google.protobuf.json_format import MessageToJson
from training_options import TRAINING, TRAINING_CASES
from typer.main import get_command
from typer.testing import CliRunner

from acumen_client.cli import wire
from acumen_client.cli.app import app

SHORT_S = 10
INPUT = '{"load_metrics": {"servers": [{"id": "a"}]}}'
OTHER = '{"load_metrics": {"servers": [{"id": "b"}]}}'
EXAMPLE = '{"tensor": {"values": [1]}, "tensorTruth": {"name": "STEP"}}'
MODEL = ("--model", "balance-v1")
BASE = {
    "neural list": (),
    "neural status": (),
    "neural describe": MODEL,
    "neural load": MODEL,
    "neural unload": MODEL,
    "neural config": (),
    "neural predict": ("--input", INPUT),
    "neural predict-batch": ("--input-file", "{folder}/lines.jsonl"),
    "neural validate-input": ("--input", INPUT),
    "neural drift-detection": (*MODEL, "--window", "{folder}/lines.jsonl"),
    "neural ensemble": ("--models", "a,b,c", "--input", INPUT),
    "neural feedback": ("--prediction-id", "p-1", "--outcome", "true"),
    "benchmark run": ("--type", "rpc"),
    "benchmark model": MODEL,
    "benchmark compare": ("--models", "balance-v1"),
    "features detect": (),
    **TRAINING,
    **BANK,
}
TRACE = ("--input", "@{folder}/keys.trace")
OTHER_MODEL = ("--model", "cache-v1")
DATASET = ("--dataset", "{folder}/lines.jsonl")
OUTPUT = ("--output", "{folder}/out.json")
WINDOW = (*MODEL, "--window", "{folder}/lines.jsonl")
PANEL = ("--models", "a,b,c", "--input", INPUT)
COMMON = {
    "--address": ("--address", "{other}"),
    "--namespace": ("--namespace", "team"),
    "--timeout": ("--timeout", "7"),
    "--format": ("--format", "json"),
    "--quiet": ("--quiet",),
}
# For each option: what is given with it, and what without it where that is not the base above.
CASES = {
    ("neural list", "--category"): (("--category", "coordination"), None),
    ("neural describe", "--model"): (OTHER_MODEL, None),
    ("neural describe", "--version"): ((*MODEL, "--version", "2"), None),
    ("neural load", "--model"): (OTHER_MODEL, None),
    ("neural load", "--version"): ((*MODEL, "--version", "2"), None),
    ("neural unload", "--model"): (OTHER_MODEL, None),
    ("neural config", "--memory-max"): (("--memory-max", "2GiB"), None),
    ("neural config", "--threads"): (("--threads", "5"), None),
    ("neural config", "--batch-window"): (("--batch-window", "1.5"), None),
    ("neural config", "--kernels"): (("--kernels", "python"), None),
    ("neural predict", "--input"): (("--input", OTHER), None),
    ("neural predict", "--model"): (("--input", INPUT, *MODEL), None),
    ("neural predict", "--explain"): (("--input", INPUT, "--explain", "none"), None),
    ("neural predict", "--alternatives"): (("--input", INPUT, "--alternatives", "2"), None),
    ("neural predict", "--record"): (("--input", INPUT, "--no-record"), None),
    ("neural predict", "--cache-entries"): ((*TRACE, "--cache-entries", "2,4"), TRACE),
    ("neural predict", "--limit-accesses"): ((*TRACE, "--limit-accesses", "3"), TRACE),
    ("neural predict", "--offset"): ((*TRACE, "--offset", "3"), TRACE),
    ("neural predict-batch", "--input-file"): (("--input-file", "{folder}/fewer.jsonl"), None),
    ("neural predict-batch", "--model"): (("--input-file", "{folder}/lines.jsonl", *MODEL), None),
    ("neural predict-batch", "--batch-size"): (("--input-file", "{folder}/lines.jsonl", "--batch-size", "2"), None),
    ("neural predict-batch", "--in-flight"): (
        ("--input-file", "{folder}/lines.jsonl", "--batch-size", "1", "--in-flight", "1"),
        ("--input-file", "{folder}/lines.jsonl", "--batch-size", "1"),
    ),
    ("neural validate-input", "--input"): (("--input", OTHER), None),
    ("neural validate-input", "--model"): (("--input", INPUT, *MODEL), None),
    ("neural drift-detection", "--model"): ((*OTHER_MODEL, "--window", "{folder}/lines.jsonl"), None),
    ("neural drift-detection", "--window"): ((*MODEL, "--window", "{folder}/fewer.jsonl"), None),
    ("neural drift-detection", "--recorded"): ((*MODEL, "--recorded", "60"), None),
    ("neural drift-detection", "--baseline"): ((*WINDOW, "--baseline", "{folder}/fewer.jsonl"), WINDOW),
    ("neural drift-detection", "--save-baseline"): ((*WINDOW, "--save-baseline", "{folder}/out.json"), WINDOW),
    ("neural ensemble", "--models"): (("--models", "a,b,d", "--input", INPUT), None),
    ("neural ensemble", "--input"): (("--models", "a,b,c", "--input", OTHER), None),
    ("neural ensemble", "--members"): (("--members", "{folder}/lines.jsonl"), None),
    ("neural ensemble", "--voting"): ((*PANEL, "--voting", "learned"), PANEL),
    ("neural ensemble", "--threshold"): ((*PANEL, "--threshold", ".5"), PANEL),
    ("neural ensemble", "--examples"): ((*PANEL, "--examples", "{folder}/examples.jsonl"), PANEL),
    ("neural feedback", "--prediction-id"): (("--prediction-id", "p-2", "--outcome", "true"), None),
    ("neural feedback", "--outcome"): (("--prediction-id", "p-1", "--outcome", "false"), None),
    ("benchmark run", "--type"): (("--type", "all"), None),
    ("benchmark run", "--dataset"): (("--type", "rpc", *DATASET), None),
    ("benchmark run", "--output"): (("--type", "rpc", *OUTPUT), None),
    ("benchmark model", "--model"): (OTHER_MODEL, None),
    ("benchmark model", "--iterations"): ((*MODEL, "--iterations", "10"), None),
    ("benchmark model", "--metrics"): ((*MODEL, "--metrics", "memory"), None),
    ("benchmark model", "--output"): ((*MODEL, *OUTPUT), None),
    ("benchmark compare", "--models"): (("--models", "balance-v1,cache-v1"), None),
    ("benchmark compare", "--backends"): (("--models", "balance-v1", "--backends", "numpy"), None),
    ("benchmark compare", "--dataset"): (("--models", "balance-v1", *DATASET), None),
    ("benchmark compare", "--output"): (("--models", "balance-v1", *OUTPUT), None),
    ("features detect", "--category"): (("--category", "simd"), None),
    **TRAINING_CASES,
    **BANK_CASES,
}


def commands():
    """Yield every command's name and the options it takes."""
    for group in get_command(app).commands.values():
        yield from within(group, group.name)


def within(group, path):
    for command in group.commands.values():
        name = f"{path} {command.name}"
        if hasattr(command, "commands"):
            yield from within(command, name)
        else:
            yield name, [parameter.opts[0] for parameter in command.params if parameter.opts[0] != "--help"]


ALL = [(name, option) for name, options in commands() for option in options]


def test_every_option_has_a_case():
    """A new command or option must be given a case here."""
    assert {name for name, _ in ALL} == set(BASE)
    assert {pair for pair in ALL if pair[1] not in COMMON} == set(CASES)
    assert all((name, option) in ALL for name in BASE for option in COMMON)


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    """Keep benchmarks of the wire short."""
    monkeypatch.setattr(wire, "ITEMS", 4)
    monkeypatch.setattr(wire, "LEAST_CALLS", 2)
    monkeypatch.setattr(wire, "BATCH_SIZES", (1, 2))


@pytest.fixture(scope="module", autouse=True)
def built_once():
    """Build the commands once and not for each run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", functools.cache(get_command))
        yield


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Return what a command shows with what it is given above, run once."""
    return functools.cache(lambda name: seen(name, BASE[name], tmp_path_factory.mktemp("plain") / "run"))


@pytest.mark.parametrize("name", BASE)
def test_without_a_difference_nothing_differs(name, tmp_path, plain):
    """The comparison below sees options, not chance."""
    assert seen(name, BASE[name], tmp_path / "again") == plain(name)


@pytest.mark.parametrize(("name", "option"), ALL, ids=[" ".join(pair) for pair in ALL])
def test_an_option_changes_something(name, option, tmp_path, plain):
    """Output, notes, files, or what the server is asked, how and within which time."""
    with_it, without = CASES.get((name, option), ((*BASE[name], *COMMON.get(option, ())), None))
    without_it = seen(name, without, tmp_path / "without") if without else plain(name)
    assert seen(name, with_it, tmp_path / "with") != without_it


@pytest.mark.parametrize("option", COMMON)
@pytest.mark.parametrize("name", ["neural list", "neural predict"])
def test_a_common_option_may_stand_before_the_command(name, option, tmp_path):
    """`acumen --format json neural list`, `acumen neural --format json list` and `... list --format json` are one."""
    group, command = name.split()
    given = COMMON[option]
    after = seen(name, (*BASE[name], *given), tmp_path / "after")
    assert ran(tmp_path / "before", [*given, group, command, *BASE[name]]) == after
    assert ran(tmp_path / "between", [group, *given, command, *BASE[name]]) == after


def seen(name, arguments, folder):
    return ran(folder, [*name.split(), *arguments])


def ran(folder, arguments):
    """Return all that a run shows: to its user, and to a server that answers it and to one that is not the default."""
    folder.mkdir()
    (folder / "lines.jsonl").write_text("\n".join([INPUT] * 4))
    (folder / "fewer.jsonl").write_text(INPUT)
    (folder / "examples.jsonl").write_text(f'{{"input": {INPUT}, "outcome": "left"}}')
    (folder / "keys.trace").write_text("\n".join(map(str, range(40))))
    (folder / "snapshot").write_bytes(b"one")
    (folder / "other").write_bytes(b"another")
    (folder / "learned.jsonl").write_text("\n".join([EXAMPLE] * 3))
    (folder / "one.jsonl").write_text(EXAMPLE)
    (folder / "archives").mkdir()
    for name in ("balance-v1-1.0.0", "balance-v1-1.0.1", "other-1.0.0"):
        (folder / "archives" / f"{name}.tar").write_bytes(name.encode())
        (folder / f"{name}.tar").write_bytes(name.encode())
    with serving(folder, "a.sock") as (fake, address), serving(folder, "b.sock") as (second, other):
        if "--in-flight" in arguments or "--batch-size" in arguments:
            fake.hold.clear()
        filled = [one.replace("{folder}", str(folder)).replace("{other}", other) for one in arguments]
        result = CliRunner().invoke(app, filled, env={"ACUMEN_ADDRESS": address})
        assert result.exit_code == 0, result.output
        notes = [_timeless(line) for line in result.stderr.splitlines()]
        shown = _shape(result.stdout) if "rpc" in arguments else result.stdout.replace(str(folder), "")
        return shown, notes, asked(fake), asked(second), (folder / "out.json").exists()


def asked(fake: FakeNeural):
    """Return what a server saw, without what differs from run to run."""
    return [_saw(one) for one in (fake, fake.bank, fake.training)], fake.most_busy


def _saw(service):
    requests = {method: [_nameless(one) for one in calls] for method, calls in service.calls.items()}
    deadlines = {m: [seconds and seconds < SHORT_S for seconds in each] for m, each in service.deadlines.items()}
    return requests, deadlines


def _nameless(request):
    """Return a request, or the messages of a stream, without ids that were drawn."""
    if isinstance(request, list):
        return [_nameless(one) for one in request]
    return None if request is None else re.sub(r"\b[0-9a-f]{32}", "drawn", MessageToJson(request))


def _timeless(note):
    return note.split(" in ")[0].rpartition("/")[2]


def _shape(text):
    """Return the words of a text: measured times differ from run to run."""
    return [word for word in text.split() if not any(letter.isdigit() or letter in "µ─ms" for letter in word)]
