"""Files that people have become inputs that models take."""

import gzip
import lzma
import struct

import pytest

from acumen_client.cli.questions import parse, read
from acumen_client.cli.traces import Segment, default_entries, keys_of_lines, pattern_of
from acumen_client.cli.votes import votes_of
from acumen_client.messages import AccessPattern, VoteTable


def no_field():
    raise ValueError("asked for the model's input field")


def test_votes_are_read_with_either_name_of_a_column():
    """Worker or agent, label or option, in any order, with other columns between."""
    crowd = votes_of(["item,worker,label\n", "q1,w1,yes\n"]).table
    swarm = votes_of(["when,Option,agent,item\n", "now,yes,w1,q1\n"]).table
    assert crowd == swarm == VoteTable(votes=[{"item": "q1", "agent": "w1", "option": "yes"}])


def test_a_confidence_is_read_where_it_is_stated():
    """An empty confidence is absent, not 0."""
    first, second = votes_of(["item,agent,option,confidence", "q,a,x,0.25", "q,b,x,"]).table.votes
    assert first.confidence == 0.25 and not second.HasField("confidence")


def test_the_first_vote_of_an_agent_on_an_item_counts():
    """Later ones are dropped and counted."""
    votes = votes_of(["item,agent,option", "q,a,x", "q,a,y", "q,b,y", "q,a,z"])
    assert [vote.option for vote in votes.table.votes] == ["x", "y"] and votes.dropped == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["item,label", "q,x"], "worker or agent"),
        ([], "empty"),
        (["item,agent,option", "q,a"], "line 2"),
        (["item,agent,option,confidence", "q,a,x,2"], "line 2: confidence '2'"),
    ],
)
def test_a_malformed_vote_table_is_refused_by_line(lines, said):
    """The error names the column or the line."""
    with pytest.raises(ValueError, match=said):
        votes_of(lines)


def test_block_numbers_and_addresses_are_keys():
    """A number a line, marks ignored; or an operation and an address, 64 bytes a line."""
    assert list(keys_of_lines(["7\n", "*\n", "\n", "9\n"])) == [7, 9]
    assert list(keys_of_lines(["s 0x1fffff50 1", "l 7f"])) == [0x1FFFFF50 >> 6, 1]
    with pytest.raises(ValueError, match="line 2"):
        list(keys_of_lines(["1", "one"]))


@pytest.mark.parametrize("name", ["t.trace", "t.trace.gz", "t.txt", "t.xz"])
def test_every_kind_of_trace_file_gives_its_keys(tmp_path, name):
    """Plain, compressed or binary: the same accesses."""
    keys = list(range(300)) * 2
    text = "\n".join(map(str, keys)).encode()
    kinds = {".gz": gzip.compress(text), ".xz": lzma.compress(struct.pack(f"<{len(keys)}i", *keys))}
    path = tmp_path / name
    path.write_bytes(kinds.get(path.suffix, text))
    pattern = read(f"@{path}", no_field, None).message
    assert list(pattern.trace.key_hash) == keys
    assert list(pattern.cache_entries) == [3, 15, 60]


def test_a_segment_of_a_trace_can_be_chosen(tmp_path):
    """Offset and limit count accesses; sizes given are sizes used; 20,000 accesses are the default."""
    path = tmp_path / "t.trace"
    path.write_text("\n".join(map(str, range(30_000))))
    pattern = pattern_of(path, Segment(offset=5, limit=3, cache_entries=(1, 2)))
    assert pattern == AccessPattern(trace={"key_hash": [5, 6, 7]}, cache_entries=[1, 2])
    assert len(pattern_of(path, Segment()).trace.key_hash) == 20_000
    with pytest.raises(ValueError, match="no access after the first 40000"):
        pattern_of(path, Segment(offset=40_000))


def test_default_sizes_ascend_and_are_at_least_one():
    """Few distinct keys give few sizes, never 0 and never one twice."""
    assert default_entries(range(10_000)) == (100, 500, 2000)
    assert default_entries([1, 1, 1]) == (1,)


def test_truncated_binary_traces_are_refused(tmp_path):
    """Half a number is not a key."""
    path = tmp_path / "t.xz"
    path.write_bytes(lzma.compress(b"\1\0\0\0\2"))
    with pytest.raises(ValueError, match="multiple of 4"):
        pattern_of(path, Segment())


def test_json_says_its_type_or_the_model_does():
    """A key of the oneof, in either spelling, or bare fields of the model's input."""
    wrapped = parse('{"load_metrics": {"servers": [{"id": "a"}]}}', no_field)
    assert parse('{"loadMetrics": {"servers": [{"id": "a"}]}}', no_field) == wrapped
    assert parse('{"servers": [{"id": "a"}]}', lambda: "load_metrics") == wrapped
    assert parse('{"model": "m", "load_metrics": {}}', no_field).model == "m"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"load_metrics": {"servrs": []}}', "servrs"),
        ('{"load_metrics": {"servers": [{"idd": "a"}]}}', "idd"),
        ('{"load_metrics": {}, "extra": 1}', "extra"),
        ('{"load_metrics": {"slo_ms": NaN}}', "NaN"),
        ("[1]", "not a JSON object"),
        ("{", "not JSON"),
    ],
)
def test_wrong_json_is_refused_by_name(text, said):
    """The error names the field or what is wrong with the text."""
    with pytest.raises(ValueError, match=said):
        parse(text, no_field)


def test_trace_options_need_a_trace():
    """Cache sizes for anything else would be ignored, so they are refused."""
    with pytest.raises(ValueError, match="trace files"):
        read('{"load_metrics": {}}', no_field, Segment())
