"""For each command about training and versions what it is given, and for each option what shows that it works."""

BASE = ("--model", "reference-v1", "--data", "{folder}/lines.jsonl")
TUNE = ("--base-model", "reference-v1", "--data", "{folder}/lines.jsonl", "--output", "mine")
JOB = ("--job-id", "t-1")
MINE = ("--model", "balance-v1")
STREAM = ("--model", "reference-v1", "--data", "@{folder}/learned.jsonl")
TRAINING = {
    "neural train": BASE,
    "neural fine-tune": TUNE,
    "neural prepare-data": ("--source", "{folder}/lines.jsonl", "--model", "reference-v1"),
    "neural train-status": JOB,
    "neural jobs": (),
    "neural cancel": JOB,
    "neural pause": JOB,
    "neural resume": JOB,
    "neural train-incremental": STREAM,
    "neural versions": MINE,
    "neural rollback": MINE,
    "neural delete": MINE,
    "neural verify": MINE,
    "neural download": (*MINE, "--output", "{folder}/down"),
    "neural install": ("--source", "{folder}/balance-v1-1.0.0.tar"),
    "neural update": (*MINE, "--source", "{folder}/balance-v1-1.0.0.tar"),
}
LEARNING = {
    "--epochs": "3",
    "--batch-size": "8",
    "--learning-rate": "0.01",
    "--validation-split": "0.3",
    "--seed": "7",
    "--memory-limit": "1GiB",
    "--memory-monitor": None,
    "--early-stopping": "patience=3",
    "--freeze-layers": "0-1",
    "--anchor": "0.5",
    "--domain": "noise",
    "--no-promote": None,
    "--data-format": "csv",
    "--watch": "--detach",
    "--plot": "{folder}/out.json",
}
# Given beside what the command is given anyway.
BESIDE = {
    "neural train": {
        **LEARNING,
        "--gradient-accumulation": "2",
        "--gradient-checkpoint": None,
        "--checkpoint-layers": "2",
        "--name": "mine",
    },
    "neural fine-tune": LEARNING,
    "neural prepare-data": {"--data-format": "csv", "--output": "{folder}/out.json"},
    "neural train-status": {"--follow": None},
    "neural jobs": {"--state": "paused", "--limit": "1"},
    "neural resume": {"--memory-limit": "1GiB"},
    "neural train-incremental": {
        "--name": "mine",
        "--epochs": "3",
        "--batch-size": "8",
        "--learning-rate": "0.01",
        "--seed": "7",
        "--chunk-size": "50",
        "--checkpoint-every": "7",
        "--min-samples": "20",
    },
    "neural rollback": {"--version": "1.0.0"},
    "neural delete": {"--version": "1.0.0"},
    "neural verify": {"--version": "1.0.0"},
    "neural download": {"--version": "1.0.0"},
    "neural install": {"--force": None, "--serve": None},
}
# Given in the place of it.
OTHER = ("--model", "cache-v1")
FOLLOW = (*JOB, "--follow")
FOLDER = ("--source", "{folder}/archives")
INSTEAD = {
    ("neural train", "--model"): (*OTHER, *BASE[2:]),
    ("neural train", "--data"): (*BASE[:2], "--data", "{folder}/fewer.jsonl"),
    ("neural fine-tune", "--base-model"): ("--base-model", "cache-v1", *TUNE[2:]),
    ("neural fine-tune", "--data"): (*TUNE[:2], "--data", "{folder}/fewer.jsonl", *TUNE[4:]),
    ("neural fine-tune", "--output"): (*TUNE[:4], "--output", "other"),
    ("neural prepare-data", "--source"): ("--source", "{folder}/fewer.jsonl", "--model", "reference-v1"),
    ("neural prepare-data", "--model"): ("--source", "{folder}/lines.jsonl", *OTHER),
    ("neural train-status", "--job-id"): ("--job-id", "t-2"),
    ("neural cancel", "--job-id"): ("--job-id", "t-2"),
    ("neural pause", "--job-id"): ("--job-id", "t-2"),
    ("neural resume", "--job-id"): ("--job-id", "t-2"),
    ("neural train-incremental", "--model"): (*OTHER, *STREAM[2:]),
    ("neural train-incremental", "--data"): (*STREAM[:2], "--data", "@{folder}/one.jsonl"),
    ("neural train-incremental", "--resume"): ("--resume", "t-3", *STREAM[2:]),
    ("neural versions", "--model"): OTHER,
    ("neural rollback", "--model"): OTHER,
    ("neural delete", "--model"): OTHER,
    ("neural verify", "--model"): OTHER,
    ("neural download", "--model"): (*OTHER, "--output", "{folder}/down"),
    ("neural download", "--output"): (*MINE, "--output", "{folder}/elsewhere"),
    ("neural install", "--source"): ("--source", "{folder}/other-1.0.0.tar"),
    ("neural update", "--source"): (*MINE, "--source", "{folder}/other-1.0.0.tar"),
}
# Given with the option and without it.
PAIRS = {
    ("neural train-status", "--after"): ((*FOLLOW, "--after", "2"), FOLLOW),
    ("neural train-status", "--memory-monitor"): ((*FOLLOW, "--memory-monitor"), FOLLOW),
    ("neural train-status", "--plot"): ((*FOLLOW, "--plot", "{folder}/out.json"), FOLLOW),
    ("neural install", "--model"): ((*FOLDER, "--model", "other"), (*FOLDER, "--model", "balance-v1")),
    ("neural install", "--version"): ((*FOLDER, *MINE, "--version", "1.0.0"), (*FOLDER, *MINE)),
    ("neural update", "--model"): ((*FOLDER, "--model", "other"), (*FOLDER, "--model", "balance-v1")),
}


def _with(option: str, value: str | None) -> tuple[str, ...]:
    if value is None:
        return (option,)
    return (value,) if value.startswith("--") else (option, value)


TRAINING_CASES = {
    **{
        (name, option): ((*TRAINING[name], *_with(option, value)), None)
        for name, given in BESIDE.items()
        for option, value in given.items()
    },
    **{pair: (given, None) for pair, given in INSTEAD.items()},
    **PAIRS,
}
