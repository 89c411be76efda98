"""The commands, put together."""

import typer

from acumen_client.cli import benchmark, features, neural
from acumen_client.cli.commands import group, remember

app = typer.Typer(
    help="Learned judgement beside agent swarms. Exits 0 done, 1 refused by the server, 2 used wrongly, 3 not reached.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.callback()(remember)
app.add_typer(group(neural.COMMANDS, "Small trained models that decide in microseconds."), name="neural")
app.add_typer(group(benchmark.COMMANDS, "Speed, memory and quality, measured now or by the card."), name="benchmark")
app.add_typer(group(features.COMMANDS, "What the server's machine can do and what is live."), name="features")
