"""Generate the Python messages of the server and of the client from `proto/`.

The server's keep the validation rules, because it enforces them. The client's are stripped of them and live in a
descriptor pool of their own, so that an agent's process can hold both, or other packages that bundle the same protos.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import grpc_tools
from google.protobuf import descriptor_pb2
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
VALIDATE = "buf/validate/validate.proto"
HEALTH = "grpc/health/v1/health.proto"
# The journal's own messages are the server's business.
OWN = sorted(path.relative_to(ROOT / "proto").as_posix() for path in (ROOT / "proto").rglob("*.proto"))
CONTRACT = [name for name in OWN if not name.startswith("acumen/storage/")]
SERVICES = ["acumen/v1/neural.proto", "acumen/v1/reasoning_bank.proto", "acumen/v1/training.proto"]
INCLUDES = [ROOT / "proto", ROOT / "third_party" / "proto", Path(grpc_tools.__file__).parent / "_proto"]
POOL = '''"""The client's own descriptor pool: its messages never collide with another package's."""

from google.protobuf import descriptor_pool
from google.protobuf import duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2
from google.protobuf import any_pb2
from google.rpc import status_pb2

_POOL = descriptor_pool.DescriptorPool()
for _module in (any_pb2, duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, status_pb2):
    _POOL.AddSerializedFile(_module.DESCRIPTOR.serialized_pb)


def Default() -> descriptor_pool.DescriptorPool:
    """Return the pool; named as in the module that generated code would otherwise import."""
    return _POOL
'''


def _run(*args: str) -> None:
    if code := protoc.main(["protoc", *args]):
        sys.exit(f"protoc failed with {code}: {' '.join(args)}")


def _describe(target: Path, files: list[str]) -> descriptor_pb2.FileDescriptorSet:
    includes = [f"-I{path}" for path in INCLUDES]
    _run(*includes, "--include_imports", "--include_source_info", f"--descriptor_set_out={target}", *files)
    return descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())


def _strip(files: descriptor_pb2.FileDescriptorSet) -> descriptor_pb2.FileDescriptorSet:
    """Return the set without validation rules: they are extensions, unknown to this process, hence dropped."""
    kept = descriptor_pb2.FileDescriptorSet(file=[f for f in files.file if f.name != VALIDATE])
    kept.DiscardUnknownFields()
    for file in kept.file:
        dependencies = [name for name in file.dependency if name != VALIDATE]
        del file.dependency[:]
        file.dependency.extend(dependencies)
    return kept


def _place(source: Path, target: Path, package: str) -> None:
    """Copy generated modules under `target`, their imports of each other rewritten to `package`."""
    for path in sorted(p for p in source.rglob("*") if p.suffix in {".py", ".pyi"}):
        relative = path.relative_to(source)
        if relative.parts[0] == "acumen":
            relative = Path(*relative.parts[1:])
        text = re.sub(r"^from acumen\.", f"from {package}.", path.read_text(), flags=re.M)
        text = re.sub(r"^from buf\.", f"from {package}.buf.", text, flags=re.M)
        text = re.sub(r"(BuildTopDescriptorsAndMessages\(DESCRIPTOR, )'[^']+'", r"\1__name__", text)
        destination = target / relative
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_text(text)


def _packages(target: Path) -> None:
    for folder in [target, *(path for path in target.rglob("*") if path.is_dir())]:
        (folder / "__init__.py").write_text('"""Generated from `proto/` by `make generate`; do not edit."""\n')


def server(target: Path) -> None:
    """Generate the server's messages, rules included, into `target`."""
    with tempfile.TemporaryDirectory() as scratch:
        includes = [f"-I{path}" for path in INCLUDES]
        _run(*includes, f"--python_out={scratch}", f"--pyi_out={scratch}", *OWN, VALIDATE, HEALTH)
        _place(Path(scratch), target, "acumen.proto")
    _packages(target)


def client(target: Path) -> None:
    """Generate the client's messages and stubs, without rules and in their own pool, into `target`."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        stripped = _strip(_describe(scratch / "all.binpb", CONTRACT))
        (scratch / "client.binpb").write_bytes(stripped.SerializeToString())
        out = scratch / "out"
        out.mkdir()
        _run(f"--descriptor_set_in={scratch / 'client.binpb'}", f"--python_out={out}", f"--pyi_out={out}", *CONTRACT)
        _run(f"--descriptor_set_in={scratch / 'client.binpb'}", f"--grpc_python_out={out}", *SERVICES)
        _place(out, target, "acumen_client.gen")
    _packages(target)
    (target / "pool.py").write_text(POOL)
    for path in target.rglob("*_pb2.py"):
        own = path.read_text().replace(
            "from google.protobuf import descriptor_pool as", "from acumen_client.gen import pool as"
        )
        path.write_text(own)


TARGETS = {"server/acumen/proto": server, "clients/python/acumen_client/gen": client}


def main() -> None:
    """Write the generated trees, or with `--check` fail when a committed one is stale."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [name for name, generate in TARGETS.items() if not _update(ROOT / name, generate, check)]
    if stale:
        sys.exit(f"stale generated code in {', '.join(stale)}: run 'make generate' and commit the result")


def _update(target: Path, generate: Callable[[Path], None], check: bool) -> bool:
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name) / "tree"
        generate(fresh)
        if check:
            return _content(fresh) == _content(target)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)
    return True


def _content(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.suffix in {".py", ".pyi"}}


if __name__ == "__main__":
    main()
