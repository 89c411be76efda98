"""Run `buf breaking` against the contract of the last release, or of the stored image before there is one."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Compare with the newest tag `v*`."""
    command = ["git", "tag", "--list", "v*", "--sort=-version:refname"]
    tags = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    if not tags:
        print("no release yet: the contract is checked against the stored image")
    against = f".git#tag={tags[0]}" if tags else str(ROOT / "proto" / "baseline.binpb")
    target = ["."] if tags else ["proto"]
    buf = Path(sys.executable).with_name("buf")
    sys.exit(
        subprocess.run(
            [buf, "breaking", *target, "--exclude-imports", "--against", against], cwd=ROOT, check=False
        ).returncode
    )


if __name__ == "__main__":
    main()
