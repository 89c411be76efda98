"""Train models from a seed and write weights and card; or with `--judge` only evaluate the weights there are."""

import argparse
from functools import partial
from pathlib import Path

from acumen.models import CATALOGUE
from acumen.neural.recipe import judge, retrain


def main() -> None:
    """Retrain or judge one model, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=[*(entry.name for entry in CATALOGUE), "all"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="folder of the public data sets; without it no real suite is run")
    parser.add_argument("--judge", action="store_true")
    options = parser.parse_args()
    for entry in CATALOGUE:
        if options.model not in {entry.name, "all"}:
            continue
        made = partial(judge, entry) if options.judge else partial(retrain, entry, options.seed)
        card = made(options.data, print)
        print(f"{card.model} {card.version} {card.weights_sha256}")


if __name__ == "__main__":
    main()
