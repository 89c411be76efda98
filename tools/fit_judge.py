"""Fit the judge's weights on the development data and write them where the server reads them."""

import argparse
import json
from pathlib import Path

from acumen.bank.judging.shipped import WEIGHTS
from benchmarks.eval.judge_data import answered, pairs, reflexion, tau
from benchmarks.eval.judge_fit import as_json, fit_all


def main() -> None:
    """Fit and write; the same data give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    weights = fit_all(tau(options.data), reflexion(options.data), pairs(options.data), answered(options.data))
    options.output.write_text(json.dumps(as_json(weights), indent=1) + "\n")
    print(f"wrote {options.output.name}")


if __name__ == "__main__":
    main()
