"""Versions beside the built-in ones: which serves, which did, what a snapshot keeps."""

from pathlib import Path

import pytest

from acumen.errors import ModelNotFound
from acumen.models import CATALOGUE
from acumen.neural.versions import Versions, next_version
from acumen.proto.v1.registry_pb2 import ModelVersion


def _version(model: str, version: str, family: str = "reference-v1") -> ModelVersion:
    return ModelVersion(model=model, version=version, family=family)


def test_a_version_serves_only_when_told() -> None:
    """A new version is found by its number; what serves changes when it is said, and goes back."""
    versions = Versions(CATALOGUE, Path("/nowhere"))
    versions.add(_version("reference-v1", "1.0.1"))
    assert versions.find("reference-v1").version == "1.0.0"
    versions.serve("reference-v1", "1.0.1")
    assert versions.find("reference-v1").version == "1.0.1"
    assert versions.before("reference-v1") == "1.0.0"
    versions.delete("reference-v1", "1.0.1")
    assert versions.find("reference-v1").version == "1.0.0"
    with pytest.raises(ModelNotFound):
        versions.find("reference-v1", "1.0.1")


def test_a_child_runs_on_its_familys_code_under_its_own_name() -> None:
    """Its entry has the family's types, its own name and its own folder; before it serves it is not found by name."""
    versions = Versions(CATALOGUE, Path("/models"))
    versions.add(_version("mine", "1.0.0"))
    with pytest.raises(ModelNotFound, match="no version serves"):
        versions.find("mine")
    versions.serve("mine", "1.0.0")
    entry = versions.find("mine")
    base = versions.find("reference-v1")
    assert (entry.name, entry.family_name, entry.folder) == ("mine", "reference-v1", Path("/models/mine/1.0.0"))
    assert entry.spec.identity.input_field == base.spec.identity.input_field and base.name == "reference-v1"


def test_a_version_of_a_newer_servers_family_is_kept_and_never_serves() -> None:
    """Its record survives a snapshot although nothing here can run it."""
    versions = Versions(CATALOGUE, Path("/nowhere"))
    versions.add(_version("future", "1.0.0", family="unknown-v9"))
    versions.serve("future", "1.0.0")
    assert "future" not in versions.names()
    again = Versions(CATALOGUE, Path("/nowhere"))
    again.restore(*versions.image())
    assert again.image() == versions.image()


def test_a_snapshot_keeps_what_serves_and_what_did() -> None:
    """Restored, the versions answer as before, the order of serving included."""
    versions = Versions(CATALOGUE, Path("/nowhere"))
    for number in ("1.0.1", "1.0.2"):
        versions.add(_version("reference-v1", number))
        versions.serve("reference-v1", number)
    again = Versions(CATALOGUE, Path("/nowhere"))
    again.restore(*versions.image())
    assert (again.find("reference-v1").version, again.before("reference-v1")) == ("1.0.2", "1.0.1")


def test_the_next_version_follows_the_highest() -> None:
    """Numbers are compared as numbers."""
    assert next_version([]) == "1.0.0"
    assert next_version(["1.0.9", "1.0.10", "1.0.2"]) == "1.0.11"
