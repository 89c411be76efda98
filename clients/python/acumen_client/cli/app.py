"""The commands, put together."""

import typer

from acumen_client.cli import (
    bank_judging,
    bank_learning,
    bank_patterns,
    bank_retrieval,
    bank_snapshots,
    bank_watching,
    benchmark,
    features,
    neural,
    training,
    training_jobs,
    versions,
)
from acumen_client.cli.commands import group, remember

app = typer.Typer(
    help="Learned judgement beside agent swarms. Exits 0 done, 1 refused by the server, 2 used wrongly, 3 not reached.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.callback()(remember)
of_models = [*neural.COMMANDS, *training.COMMANDS, *training_jobs.COMMANDS, *versions.COMMANDS]
app.add_typer(group(of_models, "Small trained models that decide in microseconds."), name="neural")
bank = group(
    [
        *bank_retrieval.COMMANDS,
        *bank_judging.COMMANDS,
        *bank_learning.COMMANDS,
        *bank_patterns.COMMANDS,
        *bank_watching.COMMANDS,
    ],
    "A memory of what worked, what failed and why.",
)
bank.add_typer(group(bank_snapshots.COMMANDS, "The whole bank in a file."), name="snapshot")
app.add_typer(bank, name="bank")
app.add_typer(group(benchmark.COMMANDS, "Speed, memory and quality, measured now or by the card."), name="benchmark")
app.add_typer(group(features.COMMANDS, "What the server's machine can do and what is live."), name="features")
