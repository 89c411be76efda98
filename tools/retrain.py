"""Train a model from its seed and write its weights and card; or with `--judge` only evaluate the weights there are."""

import argparse
from pathlib import Path

import acumen_accel
from acumen.models import CATALOGUE
from acumen.neural.inference import Inference
from acumen.neural.recipe import judge, load, retrain


def main() -> None:
    """Retrain or judge one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=[entry.name for entry in CATALOGUE])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="folder of the public data sets; without it no real suite is run")
    parser.add_argument("--judge", action="store_true")
    options = parser.parse_args()
    entry = next(entry for entry in CATALOGUE if entry.name == options.model)
    if options.judge:
        card = judge(entry, load(entry, Inference(acumen_accel.backend())), options.data, print)
    else:
        card = retrain(entry, options.seed, options.data, print)
    print(f"{card.model} {card.version} {card.weights_sha256}")


if __name__ == "__main__":
    main()
