"""What the golden snapshot of format version 1 holds; `python -m tests.golden.snapshot_v1` writes it anew.

A released file is never rewritten: a new version of the format gets a file of its own beside it.
"""

from pathlib import Path

from acumen.storage.snapshot import HIGH, Section, write
from acumen.storage.snapshot_header import Header

PATH = Path(__file__).with_name("snapshot-v1.acumen")
HEADER = Header(embedder="static-minilm-256", dimension=16, revision=4_242, created_ms=1_767_225_600_000)
CONTENTS: dict[str, bytes] = {
    "patterns": b"".join(b'{"id": "p%d", "content": "after %d failures, stop and ask"}\n' % (i, i) for i in range(64)),
    "vectors": bytes(i * i * i % 251 for i in range(64 * 16)),
    "statistics": bytes(512),
    "verdicts": b"",
    "graphs/größe": b"\x00\xff" * 50,
}
SECTIONS = [Section(name=name, data=data, level=HIGH if name == "patterns" else 0) for name, data in CONTENTS.items()]

if __name__ == "__main__":
    write(PATH, HEADER, SECTIONS)
