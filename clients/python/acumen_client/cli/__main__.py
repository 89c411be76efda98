"""Entry point of `acumen` and of `python -m acumen_client.cli`."""

import importlib.util
import sys

NEEDED = ("typer", "rich")


def main() -> None:
    """Run the command line, or say what is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"acumen needs {' and '.join(missing)}: pip install 'acumen-client[cli]'")
    from acumen_client.cli.app import app

    app(prog_name="acumen")


if __name__ == "__main__":
    main()
