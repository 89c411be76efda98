"""What exists is documented, and what is documented works."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from acumen.config import Settings
from acumen.models import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_readme_is_short_and_names_every_model() -> None:
    """At most 150 lines; each model's card is linked and there."""
    assert len(README.splitlines()) <= 150
    for entry in CATALOGUE:
        card = (entry.folder / "CARD.md").relative_to(ROOT)
        assert f"({card})" in README, entry.name


def test_every_link_in_the_documents_leads_somewhere() -> None:
    """No Markdown file links to a file that is not there."""
    names = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in names.split():
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text()):
            assert (ROOT / name).parent.joinpath(target).exists(), f"{name}: {target}"


def test_every_setting_is_described() -> None:
    """`acumend --help` prints a description for each."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    told = subprocess.run([sys.executable, "-m", "acumen", "--help"], capture_output=True, text=True, check=True).stdout
    assert [name for name in Settings.model_fields if f"--{name.replace('_', '-')}" not in told] == []


def test_the_readmes_commands_work(server: Any) -> None:
    """Each `acumen` line that needs no file of the reader's is run as it stands."""
    block = README.split("From another terminal:")[1].split("```")[1]
    lines = re.sub(r"\n  ", " ", block.removeprefix("sh\n")).splitlines()
    commands = [line for line in lines if line.startswith(".venv/bin/acumen") and "@" not in line]
    assert len(commands) >= 2
    for command in commands:
        own = command.replace(
            ".venv/bin/acumen", f"{sys.executable} -m acumen_client.cli --address {server.address()}", 1
        )
        run = subprocess.run(["bash", "-c", own], capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{command}\n{run.stderr}"


def test_the_readmes_python_works(server: Any) -> None:
    """The example runs as it stands, against a server at the address the environment names."""
    example = README.split("```python\n")[1].split("```")[0]
    environment = {"ACUMEN_ADDRESS": server.address(), "PATH": "/usr/bin:/bin"}
    run = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 0 and run.stdout.startswith("yes 0."), run.stderr


def test_every_adr_ends_in_what_verifies_it() -> None:
    """Each decision names the tests that hold it, and they exist."""
    for adr in sorted((ROOT / "docs" / "adr").glob("*.md")):
        told = adr.read_text().split("**Verified by**")
        assert len(told) == 2, adr.name
        for path in re.findall(r"`((?:tests|benchmarks)/[\w/.]+)", told[1]):
            assert (ROOT / path).exists(), f"{adr.name}: {path}"
