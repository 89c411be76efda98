"""The command line: what it prints, where, and how it ends."""

import io
import json
import subprocess
import sys

import pytest
from fake_neural import status
from google.protobuf.json_format import Parse, ParseDict
from typer.testing import CliRunner

from acumen_client import messages
from acumen_client.cli.app import app
from acumen_client.cli.screen import Screen
from acumen_client.gen.v1 import neural_pb2

INPUT = '{"load_metrics": {"servers": [{"id": "a"}, {"id": "b"}]}}'
BAD = '{"load_metrics": {"servers": [{"id": "bad"}]}}'


@pytest.fixture
def acumen(address, monkeypatch):
    """Run the command line against the fake server."""
    monkeypatch.setenv("ACUMEN_ADDRESS", address)
    return lambda *arguments, given=None: CliRunner().invoke(app, arguments, input=given)


def test_done_is_0(acumen):
    """An answered command exits 0 with the result on standard output."""
    ran = acumen("neural", "list")
    assert ran.exit_code == 0 and "balance-v1" in ran.stdout


def test_refused_is_1_with_the_reason_on_standard_error(acumen, fake):
    """Code, reason, every violation and the request id are said."""
    fake.fail(status("INVALID_ARGUMENT", "INVALID_FIELD", field="servers[1].p50_ms"))
    ran = acumen("neural", "predict", "--input", INPUT)
    assert (ran.exit_code, ran.stdout) == (1, "")
    for said in ("INVALID_ARGUMENT", "INVALID_FIELD", "servers[1].p50_ms: is NaN", "request id"):
        assert said in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("neural", "predict"),
        ("neural", "predict", "--input", INPUT, "--explain", "much"),
        ("neural", "predict", "--input", "@/no/such/file"),
        ("neural", "predict", "--input", '{"servers": []}'),
        ("neural", "predict", "--input", INPUT, "--cache-entries", "5"),
        ("neural", "predict-batch", "--input-file", "/no/such/file"),
        ("neural", "config", "--memory-max", "2 boxes"),
        ("neural", "feedback", "--prediction-id", "p", "--outcome", "maybe"),
        ("neural", "drift-detection", "--model", "balance-v1"),
        ("neural", "drift-detection", "--model", "balance-v1", "--window", "/no/such/file"),
        ("neural", "ensemble", "--models", "a,b,c"),
        ("neural", "ensemble", "--models", "a,b,c", "--input", INPUT, "--members", "/no/such/file"),
        ("neural", "ensemble", "--models", "a,b,c", "--input", INPUT, "--voting", "loudest"),
        ("neural", "ensemble", "--models", "a,b,c", "--input", INPUT, "--threshold", "1.5"),
        ("benchmark", "model", "--model", "balance-v1", "--metrics", "beauty"),
        ("benchmark", "compare", "--models", "a", "--backends", "abacus"),
        ("benchmark", "run", "--type", "neural", "--dataset", "x"),
        ("--address", "nowhere", "neural", "list"),
        ("neural", "train"),
    ],
)
def test_used_wrongly_is_2(acumen, arguments):
    """What cannot be meant is refused here, without a traceback."""
    ran = acumen(*arguments)
    assert ran.exit_code == 2 and "Usage" in ran.stderr and ran.stdout == ""


def test_not_reached_is_3(acumen, tmp_path):
    """Nothing listens: exit 3, said on standard error."""
    ran = acumen("--address", f"unix:{tmp_path / 'none'}", "neural", "list")
    assert ran.exit_code == 3 and "UNREACHABLE" in ran.stderr


def test_an_unknown_field_is_named(acumen):
    """A misspelt field of the input exits 2 and is named, with the known ones."""
    ran = acumen("neural", "predict", "--model", "balance-v1", "--input", '{"servrs": []}')
    assert ran.exit_code == 2 and "servrs" in ran.stderr and "servers" in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "response"),
    [
        (("list",), neural_pb2.ListModelsResponse),
        (("describe", "--model", "balance-v1"), neural_pb2.GetModelResponse),
        (("load", "--model", "balance-v1"), neural_pb2.LoadModelResponse),
        (("unload", "--model", "balance-v1"), neural_pb2.UnloadModelResponse),
        (("config", "--threads", "3"), neural_pb2.UpdateConfigResponse),
        (("config",), neural_pb2.GetRuntimeResponse),
        (("predict", "--input", INPUT), neural_pb2.PredictResponse),
        (("validate-input", "--input", INPUT), neural_pb2.ValidateInputResponse),
        (("drift-detection", "--model", "balance-v1", "--recorded", "60"), messages.DetectDriftResponse),
        (("ensemble", "--models", "a,b,c", "--input", INPUT), messages.EnsembleResponse),
        (("feedback", "--prediction-id", "p-1", "--outcome", "true"), neural_pb2.RecordOutcomeResponse),
    ],
)
def test_json_is_the_protobuf_json_of_the_response(acumen, arguments, response):
    """`--format json` parses as the response's message, and the table of the same command is not empty."""
    assert Parse(acumen("--format", "json", "neural", *arguments).stdout, response())
    assert acumen("neural", *arguments).stdout.strip()


def test_json_paths_are_there_when_values_are_default(acumen):
    """Empty lists and zeros are printed, so that a path of `jq` always exists."""
    decision = json.loads(acumen("neural", "predict", "--input", INPUT, "--format", "json").stdout)["decision"]
    assert decision["alternatives"] == [] and decision["abstained"] is False


def test_status_shows_models_and_server(acumen):
    """Memory by part, calls, percentiles, cache hits; kernels and SIMD level; both responses in JSON."""
    shown = acumen("neural", "status").stdout
    for said in ("balance-v1", "sonar-v1", "293.0 KiB", "41 µs", "130 µs", "11 of 12", "v3 (compiled)"):
        assert said in shown
    value = json.loads(acumen("neural", "status", "--format", "jsonl").stdout)
    assert ParseDict(value["runtime"], messages.GetRuntimeResponse()).kernels.level == "v3"
    assert len(value["models"]) == 4


def test_predict_shows_what_was_decided_and_why(acumen):
    """Who, how sure of what, the output, the alternatives, the reasons."""
    shown = acumen("neural", "predict", "--input", INPUT, "--explain", "full", "--alternatives", "2").stdout
    for said in ("balance-v1", "abababababab", "62 µs", "87.5 % that p99 stays below 80 ms (calibrated)", "41.25 ms"):
        assert said in shown
    for said in ("option 1", "certificate: total capacity", "attribution: without queue", "[servers]", "p-1"):
        assert said in shown


def test_input_comes_from_files_and_standard_input(acumen, fake, tmp_path):
    """The same question three ways, and a vote table whose repeated votes are said to be dropped."""
    (tmp_path / "q.json").write_text(INPUT)
    (tmp_path / "v.csv").write_text("item,worker,label\nq,a,x\nq,a,y\n")
    acumen("neural", "predict", "--input", INPUT)
    acumen("neural", "predict", "--input", f"@{tmp_path / 'q.json'}")
    acumen("neural", "predict", "--input", "-", given=INPUT)
    first, *others = fake.calls["Predict"]
    assert others == [first, first]
    ran = acumen("neural", "predict", "--input", f"@{tmp_path / 'v.csv'}")
    assert "1 repeated votes" in ran.stderr and len(fake.last("Predict").vote_table.votes) == 1


def test_a_batch_keeps_its_order(acumen, fake):
    """Lines out are lines in: an answer, a status, a status for what is no JSON, an answer; exit 1 says some failed."""
    lines = [f'{{"load_metrics": {{"servers": [{{"id": "s{n}"}}]}}}}' for n in range(40)]
    lines[7], lines[21] = BAD, "nonsense"
    ran = acumen("neural", "predict-batch", "--input-file", "-", "--batch-size", "3", given="\n".join(lines))
    results = [Parse(line, messages.PredictResult()) for line in ran.stdout.splitlines()]
    assert [n for n, result in enumerate(results) if result.HasField("status")] == [7, 21]
    servers = [result.response.distribution_plan.weights[0].server for result in results if not result.status.code]
    assert servers == [f"s{n}" for n in range(40) if n not in {7, 21}]
    assert ran.exit_code == 1 and "2 of 40 lines failed" in ran.stderr
    assert max(len(call.requests) for call in fake.calls["PredictBatch"]) == 3


def test_a_whole_batch_that_is_refused_fails_its_lines(acumen, fake):
    """Every line has the status; the next batch goes on."""
    fake.fail(status("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED"))
    arguments = ("--input-file", "-", "--batch-size", "2", "--in-flight", "1")
    ran = acumen("neural", "predict-batch", *arguments, given="\n".join([INPUT] * 4))
    assert ["status" in json.loads(line) for line in ran.stdout.splitlines()] == [True, True, False, False]


def test_an_input_that_is_not_valid_exits_1(acumen):
    """Violations by field path on standard output; the exit code is for scripts."""
    ran = acumen("neural", "validate-input", "--input", BAD)
    assert ran.exit_code == 1 and "load_metrics.servers[0].id: is bad" in ran.stdout
    assert acumen("neural", "validate-input", "--input", INPUT).exit_code == 0


def test_benchmarks_write_what_they_print(acumen, tmp_path):
    """The file holds the JSON document of the run."""
    target = tmp_path / "out.json"
    ran = acumen("benchmark", "compare", "--models", "balance-v1", "--output", str(target), "--format", "json")
    assert json.loads(target.read_text()) == json.loads(ran.stdout)


def test_quality_is_said_to_be_the_cards(acumen):
    """What was not measured now is not shown as if it were."""
    shown = acumen("benchmark", "model", "--model", "balance-v1").stdout
    assert "by the card, not measured now" in shown and "Latency, measured now" in shown


def test_progress_is_shown_on_a_terminal_only(monkeypatch):
    """A bar on standard error when that is a terminal, nothing when it is not or with --quiet."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    def shown(stream, quiet):
        monkeypatch.setattr(sys, "stderr", stream)
        with Screen(format="table", quiet=quiet).progress("working", 2) as advance:
            advance(2)
        return stream.getvalue()

    def phased(stream):
        monkeypatch.setattr(sys, "stderr", stream)
        with Screen(format="table", quiet=False).phases("working") as move:
            move("looking", 1, 4)
        return stream.getvalue()

    assert "looking" in phased(Terminal()) and "1/4" in phased(Terminal()) and phased(io.StringIO()) == ""
    assert "working" in shown(Terminal(), quiet=False)
    assert shown(Terminal(), quiet=True) == shown(io.StringIO(), quiet=False) == ""


def test_a_missing_extra_is_said_in_a_sentence():
    """Without typer and rich, the script says what to install instead of a traceback."""
    code = "import sys; sys.modules['typer'] = None; from acumen_client.cli import __main__ as m; m.main()"
    code = f"import importlib.util as u; u.find_spec = lambda name: None; {code}"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr == "acumen needs typer and rich: pip install 'acumen-client[cli]'\n"
