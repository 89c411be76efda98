"""For each command of `acumen bank` what it is given, and for each option what shows that it does something."""

PATTERN = '{"id": "p-9", "title": "t"}'
OTHER_PATTERN = '{"id": "p-8"}'
TRAJECTORY = '{"task": "x", "steps": [{"action": "a"}]}'
OTHER_TRAJECTORY = '{"task": "y"}'
FOUND = '{"pattern": {"id": "p-1"}, "score": {"score": 0.5}}'
BANK = {
    "bank retrieve": ("flaky",),
    "bank feedback": ("--pattern", "p-1", "--outcome", "success"),
    "bank pipeline": ("--query", "q"),
    "bank judge": ("--response", "r"),
    "bank judge-pair": ("--first", "a", "--second", "b"),
    "bank judge-trajectory": ("--input", TRAJECTORY),
    "bank verdicts": (),
    "bank distill": ("--input", TRAJECTORY),
    "bank consolidate": (),
    "bank reembed": (),
    "bank put": ("--input", PATTERN),
    "bank get": ("p-1",),
    "bank list": (),
    "bank delete": ("p-1",),
    "bank purge": ("--subject", "ann"),
    "bank unmerge": ("p-1",),
    "bank export": (),
    "bank import": ("--input", PATTERN),
    "bank stats": (),
    "bank watch": (),
    "bank snapshot create": (),
    "bank snapshot list": (),
    "bank snapshot verify": ("s-1",),
    "bank snapshot restore": ("s-1",),
    "bank snapshot delete": ("s-1",),
    "bank snapshot download": ("s-1", "--output", "{folder}/down"),
    "bank snapshot upload": ("{folder}/snapshot",),
}
# Given beside what the command is given anyway.
FILTER = {
    "--tag": "tests",
    "--polarity": "guardrail",
    "--state": "pending",
    "--max-age": "30d",
    "--min-success-rate": "0.5",
    "--subject": "ann",
}
JUDGED = {"--task": "t", "--reference": "r", "--criterion": "clarity=2", "--subject": "ann"}
NAMED = {"--request-id": "mine"}
AS_OF = {"--min-revision": "4"}
BESIDE = {
    "bank retrieve": {**FILTER, **AS_OF, "--k": "2", "--min-p": "0", "--relevance-weight": ".8"},
    "bank feedback": {**NAMED, "--pattern": "p-2", "--retrieved": FOUND},
    "bank pipeline": {
        **NAMED,
        "--k": "2",
        "--response": "r",
        "--criterion": "clarity",
        "--reference": "r",
        "--trajectory": TRAJECTORY,
        "--consolidate": None,
    },
    "bank judge": {**NAMED, **JUDGED, "--trajectory": TRAJECTORY, "--grounding-k": "2"},
    "bank judge-pair": {**NAMED, **JUDGED},
    "bank judge-trajectory": NAMED,
    "bank verdicts": {**AS_OF, "--kind": "pair", "--limit": "1"},
    "bank distill": {**NAMED, "--min-support": "3", "--dry-run": None},
    "bank consolidate": {
        **NAMED,
        "--dry-run": None,
        "--tier": "auto",
        "--recall-floor": "0.9",
        "--half-life": "12h",
    },
    "bank reembed": NAMED,
    "bank put": {**NAMED, "--create-only": None},
    "bank get": {**AS_OF, "--with-vector": None},
    "bank list": {**FILTER, **AS_OF, "--limit": "1"},
    "bank delete": NAMED,
    "bank purge": NAMED,
    "bank unmerge": NAMED,
    "bank export": {**AS_OF, "--after-id": "p-1", "--with-vectors": None},
    "bank import": NAMED,
    "bank stats": AS_OF,
    "bank watch": {"--after": "2", "--heartbeat": "5", "--limit": "2"},
    "bank snapshot restore": {**NAMED, "--as-of": None},
}
# Given in the place of it.
INSTEAD = {
    ("bank retrieve", "text"): ("other",),
    ("bank retrieve", "--vector"): ("--vector", "[1, 2]"),
    ("bank feedback", "--outcome"): ("--pattern", "p-1", "--outcome", "failure"),
    ("bank feedback", "--reward"): ("--pattern", "p-1", "--reward", "0.5"),
    ("bank pipeline", "--query"): ("--query", "other"),
    ("bank judge", "--response"): ("--response", "other"),
    ("bank judge-pair", "--first"): ("--first", "other", "--second", "b"),
    ("bank judge-pair", "--second"): ("--first", "a", "--second", "other"),
    ("bank judge-trajectory", "--input"): ("--input", OTHER_TRAJECTORY),
    ("bank distill", "--input"): ("--input", OTHER_TRAJECTORY),
    ("bank put", "--input"): ("--input", OTHER_PATTERN),
    ("bank get", "pattern_id"): ("p-2",),
    ("bank delete", "pattern_ids"): ("p-2",),
    ("bank purge", "--subject"): ("--subject", "bob"),
    ("bank purge", "--everything"): ("--everything",),
    ("bank unmerge", "pattern_id"): ("p-2",),
    ("bank import", "--input"): ("--input", OTHER_PATTERN),
    ("bank snapshot verify", "snapshot_id"): ("s-2",),
    ("bank snapshot restore", "snapshot_id"): ("s-2",),
    ("bank snapshot delete", "snapshot_id"): ("s-2",),
    ("bank snapshot download", "snapshot_id"): ("s-2", "--output", "{folder}/down"),
    ("bank snapshot download", "--output"): ("s-1", "--output", "{folder}/elsewhere"),
    ("bank snapshot upload", "source"): ("{folder}/other",),
}
BANK_CASES = {
    **{
        (name, option): ((*BANK[name], option, *([] if value is None else [value])), None)
        for name, given in BESIDE.items()
        for option, value in given.items()
    },
    **{pair: (given, None) for pair, given in INSTEAD.items()},
}
