"""The verbs of `acumend` that work on files while no server runs: `bank check|dump|restore`, `embedder install`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from google.protobuf.json_format import MessageToJson

from acumen import config
from acumen.app import kept_for
from acumen.bank.writes import Origin
from acumen.errors import AcumenError
from acumen.proto.v1.reasoning_bank_pb2 import RestoreSnapshotRequest
from acumen.rpc.sockets import AddressInUse, lock
from acumen.storage.transfer import MAX_CHUNK_BYTES, file_sha256, read_chunk
from acumen.text import minilm_files, static
from acumen.upkeep.check import check

VERBS = ("bank", "embedder")
DONE, REFUSED, USED_WRONGLY = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Run a verb; return 0 when done, 1 when something is wrong with the data, 2 when used wrongly."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (AcumenError, OSError) as error:
        sys.stderr.write(f"acumend: {error}\n")
        return REFUSED
    except AddressInUse as error:
        sys.stderr.write(f"acumend: {error}; stop the server first\n")
        return USED_WRONGLY


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="acumend")
    verbs = parser.add_subparsers(required=True)
    bank = verbs.add_parser("bank", help="look after a data folder that no server uses").add_subparsers(required=True)
    own = argparse.ArgumentParser(add_help=False)
    own.add_argument("--data-dir", type=Path, default=config.default_data_dir(), help="the folder")
    verb = bank.add_parser("check", parents=[own], help="verify every file and walk every invariant")
    verb.set_defaults(run=_check)
    verb = bank.add_parser("dump", parents=[own], help="print every pattern, a line of JSON each")
    verb.add_argument("--namespace", default="", help="only this one")
    verb.set_defaults(run=_dump)
    verb = bank.add_parser("restore", parents=[own], help="bring back the bank of a snapshot file")
    verb.add_argument("snapshot", type=Path, help="the file")
    verb.add_argument("--as-of", action="store_true", help="bring back what was deleted since, too")
    verb.set_defaults(run=_restore)
    embedder = verbs.add_parser("embedder", help="what texts are embedded with").add_subparsers(required=True)
    verb = embedder.add_parser("install", parents=[own], help="convert an embedder's weights for the accurate tier")
    verb.add_argument("name", choices=["minilm"], help="which one")
    verb.add_argument("--source", type=Path, required=True, help="folder of its safetensors and tokenizer")
    verb.set_defaults(run=_install)
    return parser


def _check(given: argparse.Namespace) -> int:
    found = check(given.data_dir, static.load())
    for problem in found.problems:
        sys.stdout.write(f"{problem}\n")
    patterns = sum(len(namespace.records) for namespace in found.bank.namespaces.values())
    state = f"{len(found.problems)} problems" if found.problems else "all is well"
    held = f"{patterns} patterns in {len(found.bank.namespaces)} namespaces at revision {found.revision}"
    sys.stdout.write(f"{held}: {state}\n")
    return REFUSED if found.problems else DONE


def _dump(given: argparse.Namespace) -> int:
    found = check(given.data_dir, static.load())
    for problem in found.problems:
        sys.stderr.write(f"{problem}\n")
    for name, namespace in sorted(found.bank.namespaces.items()):
        if given.namespace in ("", name):
            for message in namespace.records.messages(namespace.records.after("")):
                sys.stdout.write(MessageToJson(message, indent=None) + "\n")
    return REFUSED if found.problems else DONE


def _restore(given: argparse.Namespace) -> int:
    with lock(given.data_dir / "lock", f"data folder {given.data_dir}"):
        patterns, revision = asyncio.run(_restored(given.data_dir, given.snapshot, given.as_of))
    sys.stdout.write(f"{patterns} patterns are back, at revision {revision}\n")
    return DONE


async def _restored(data_dir: Path, file: Path, as_of: bool) -> tuple[int, int]:
    """Take a file in as a client would upload it, and restore it; return the patterns and the revision."""
    size, sha256 = file.stat().st_size, file_sha256(file)
    settings = config.load([f"--data-dir={data_dir}", "--snapshot-interval-ms=0"])
    async with kept_for(settings) as kept:
        with kept.upkeep.folder.upload(size, sha256, size) as upload:
            while upload.received_bytes < size:
                upload.add(read_chunk(file, sha256, upload.received_bytes, MAX_CHUNK_BYTES))
            info = kept.upkeep.folder.adopt(upload)
        request = RestoreSnapshotRequest(id=info.id, as_of=as_of)
        _, revision = await kept.upkeep.restore(info.id, as_of, Origin(request=request))
        return sum(len(namespace.records) for namespace in kept.state.bank.namespaces.values()), revision


def _install(given: argparse.Namespace) -> int:
    target = given.data_dir / "embedders" / given.name
    digest = minilm_files.install(given.source, target)
    sys.stdout.write(f"{given.name} {digest[:12]} is installed in {target}\n")
    return DONE
