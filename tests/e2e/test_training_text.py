"""Any text-to-label task through the service: files with every fault, labels that follow others, texts of none."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from acumen.models.specialised.text.world import KINDS, generate
from acumen_client import Client, errors
from acumen_client.messages import Text, TrainingJob, TrainingJobState
from acumen_client.training.specs import spec
from tests.conftest import Acumend

pytestmark = pytest.mark.slow
BASE = "text-v1"


def _texts(kinds: Sequence[int], n: int, seed: int) -> list[tuple[str, str]]:
    """Return texts of some kinds under names that the shipped model does not know."""
    found = generate(seed, 40 * n)
    pairs = [(t, f"my {KINDS[k]}") for t, k in zip(found.texts, found.kind.tolist(), strict=True) if k in kinds]
    return pairs[:n]


def _trained(client: Client, path: Path, model: str, name: str, **options: int) -> TrainingJob:
    report = client.training.prepare_data(path, model)
    made = spec(model, name=name, dataset_id=report.dataset_id)
    for option, value in options.items():
        setattr(made.options, option, value)
    last = list(client.training.train(made, timeout=120))[-1]
    return client.training.get_training_job(last.job.id).job


def _file(path: Path, pairs: Sequence[tuple[str, str | None]]) -> Path:
    path.write_text("\n".join(json.dumps({"text": text, "label": label}) for text, label in pairs))
    return path


def _accuracy(client: Client, model: str, pairs: Sequence[tuple[str, str]]) -> float:
    results = client.predict_batch([Text(text=text) for text, _ in pairs], model=model, explain="none").results
    named = [one.response.text_labels.labels[0].name for one in results]
    return sum(name == label for name, (_, label) in zip(named, pairs, strict=True)) / len(pairs)


def test_labels_that_follow_others_do_not_erase_them(server: Acumend, tmp_path: Path) -> None:
    """Four labels, then four others under the same name: the model knows all eight, and which it forgot is little."""
    first, second = range(4), range(4, 8)
    with server.client() as client:
        job = _trained(client, _file(tmp_path / "a.jsonl", _texts(first, 400, 1)), BASE, "mine")
        assert job.result.promoted, job.result.reason
        before = _accuracy(client, "mine", _texts(first, 200, 7))
        later = _trained(client, _file(tmp_path / "b.jsonl", _texts(second, 400, 2)), "mine", "mine")
        assert later.result.promoted, later.result.reason
        assert (later.result.version, later.spec.version) == ("1.0.1", "1.0.0")
        answer = client.predict(Text(text="anything"), model="mine").text_labels
        assert {one.name for one in answer.labels} == {f"my {KINDS[k]}" for k in range(8)}
        assert _accuracy(client, "mine", _texts(first, 200, 7)) >= before - 0.08
        assert _accuracy(client, "mine", _texts(second, 200, 8)) > 0.5
        assert client.predict(Text(text="anything")).decision.model == BASE


def test_bad_texts_are_dropped_by_the_stated_rule(server: Acumend, tmp_path: Path) -> None:
    """A text of ten million characters, an empty one, a missing and a wrong label: each with its line and field."""
    lines = [json.dumps({"text": text, "label": label}) for text, label in _texts(range(3), 60, 3)]
    lines[10] = json.dumps({"text": "x" * 10_000_000, "label": "a"})
    lines[20] = json.dumps({"text": "", "label": "a"})
    lines[30] = json.dumps({"text": "no label"})
    lines[40] = json.dumps({"text": "wrong", "label": 7})
    lines[50] = json.dumps({"text": "none of these", "label": None})
    (tmp_path / "d.jsonl").write_text("\n".join(lines))
    with server.client() as client:
        report = client.training.prepare_data(tmp_path / "d.jsonl", BASE)
        assert (report.read, report.kept) == (60, 56)
        dropped = {line: one.reason for one in report.dropped for line in one.lines}
        assert "10000000" in dropped[11] and dropped[31] == "label: is missing" and "must be a string" in dropped[41]
        assert set(dropped) == {11, 21, 31, 41}


def test_one_label_cannot_be_learned(server: Acumend, tmp_path: Path) -> None:
    """The job fails and says so; the model in use answers as before."""
    with server.client() as client:
        before = client.predict(Text(text="fix the login")).text_labels
        job = _trained(client, _file(tmp_path / "one.jsonl", _texts([2], 50, 4)), BASE, "single")
        assert TrainingJobState.Name(job.state).endswith("FAILED") and "1 different labels" in job.error.message
        assert client.predict(Text(text="fix the login")).text_labels == before
        with pytest.raises(errors.NotFound):
            client.predict(Text(text="fix the login"), model="single")


def test_the_tokens_can_be_frozen(server: Acumend, tmp_path: Path) -> None:
    """With the first two groups at rest the others learn; a csv file serves as well."""
    rows = "\n".join(f'"{text}",{label}' for text, label in _texts(range(3), 200, 5) if '"' not in text)
    (tmp_path / "d.csv").write_text(f"text,label\n{rows}\n")
    with server.client() as client:
        job = _trained(client, tmp_path / "d.csv", BASE, "frozen", epochs=6)
        assert job.examples > 100 and job.result.quality > 0.4
        made = spec(BASE, name="frozen", dataset_id=job.spec.data.dataset_id)
        made.options.freeze_layers = "0-1"
        assert list(client.training.train(made, timeout=120))[-1].job.result.weights_sha256
