"""Which versions of which models there are, and which of each serves; a fold of the journal over the catalogue."""

from collections.abc import Sequence
from pathlib import Path

from acumen.errors import ModelNotFound
from acumen.neural.recipe import Entry
from acumen.proto.storage.v1.training_pb2 import VersionServed
from acumen.proto.v1.registry_pb2 import ModelVersion


class Versions:
    """The catalogue's models and, in `folder` as `<name>/<version>`, what was trained or installed."""

    def __init__(self, catalogue: Sequence[Entry], folder: Path) -> None:
        self.folder = folder
        self.families = {entry.name: entry for entry in sorted(catalogue, key=lambda e: e.name)}
        self._entries: dict[str, dict[str, Entry]] = {n: {e.version: e} for n, e in self.families.items()}
        self._added: dict[tuple[str, str], ModelVersion] = {}
        self._served: dict[str, list[str]] = {n: [e.version] for n, e in self.families.items()}

    def names(self) -> list[str]:
        """Return every model that has a version, sorted."""
        return sorted(self._entries)

    def served(self) -> list[Entry]:
        """Return the entry that serves of every model that has one, by name."""
        return [entry for name in self.names() if (entry := self.serving(name)) is not None]

    def serving(self, name: str) -> Entry | None:
        """Return the entry that serves under a name."""
        served = self._served.get(name)
        return self._entries[name][served[-1]] if served else None

    def find(self, name: str, version: str = "") -> Entry:
        """Return the entry of a version, by default of the one that serves; raises `ModelNotFound`."""
        if name not in self._entries:
            raise ModelNotFound(name, f"known are {', '.join(self.names())}")
        known = self._entries[name]
        if not version:
            entry = self.serving(name)
            if entry is None:
                raise ModelNotFound(name, f"no version serves; LoadModel with version {', '.join(known)} changes that")
            return entry
        if version not in known:
            raise ModelNotFound(f"{name} {version}", f"here are {', '.join(known)}")
        return known[version]

    def of(self, name: str) -> list[ModelVersion]:
        """Return a model's versions, oldest first; raises `ModelNotFound`."""
        if name not in self._entries:
            raise ModelNotFound(name, f"known are {', '.join(self.names())}")
        return [self.describe(entry) for entry in self._entries[name].values()]

    def describe(self, entry: Entry) -> ModelVersion:
        """Return what is known of a version."""
        told = ModelVersion(model=entry.name, version=entry.version, family=entry.family_name)
        if (added := self._added.get((entry.name, entry.version))) is not None:
            told.CopyFrom(added)
        told.serves = self.serving(entry.name) is entry
        return told

    def added(self, name: str, version: str) -> ModelVersion | None:
        """Return the record of a version that was trained or installed; None of a built-in one and of none."""
        return self._added.get((name, version))

    def before(self, name: str) -> str:
        """Return the version that served before the one that does; raises `ModelNotFound` when there was none."""
        served = self._served.get(name, [])
        if len(served) < 2:
            raise ModelNotFound(name, "no other version of it has served")
        return served[-2]

    def add(self, version: ModelVersion) -> None:
        """Take a version on; one of a family that this server does not have is kept and never serves."""
        self._added[version.model, version.version] = version
        family = self.families.get(version.family)
        if family is not None:
            entry = family.version_of(version.model, version.version, self.path(version.model, version.version))
            self._entries.setdefault(version.model, {})[version.version] = entry

    def serve(self, name: str, version: str) -> None:
        """Have a version serve."""
        if version in self._entries.get(name, {}):
            served = self._served.setdefault(name, [])
            served[:] = [one for one in served if one != version] + [version]

    def delete(self, name: str, version: str) -> None:
        """Forget a version."""
        self._added.pop((name, version), None)
        known = self._entries.get(name, {})
        known.pop(version, None)
        if version in self._served.get(name, []):
            self._served[name].remove(version)
        if not known:
            self._entries.pop(name, None)
            self._served.pop(name, None)

    def path(self, name: str, version: str) -> Path:
        """Return the folder of a version that is not built in."""
        return self.folder / name / version

    def image(self) -> tuple[list[ModelVersion], list[VersionServed]]:
        """Return the state for a snapshot."""
        served = [(name, one) for name, past in sorted(self._served.items()) for one in past]
        return list(self._added.values()), [VersionServed(model=name, version=one) for name, one in served]

    def restore(self, added: Sequence[ModelVersion], served: Sequence[VersionServed]) -> None:
        """Take the state of a snapshot in place of the present one."""
        for name, version in list(self._added):
            self.delete(name, version)
        for one in added:
            self.add(one)
        for change in served:
            self.serve(change.model, change.version)


def next_version(taken: Sequence[str]) -> str:
    """Return the version after the highest of `taken`: its last number one higher; 1.0.0 after none."""
    if not taken:
        return "1.0.0"
    major, minor, patch = max(tuple(int(part) for part in one.split(".")) for one in taken)
    return f"{major}.{minor}.{patch + 1}"
