import dataclasses
import math

import cache_reference
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.performance.cache import columns, features, judging, learning, plan, reading, real, spec, world
from acumen.neural.calibrate import IDENTITY
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.spec import Source, Want
from acumen.proto.models.v1 import performance_pb2 as pb
from acumen_accel import cache_replay

SPEC = spec.SPEC
WANT = Want(alternatives=3)
OPS = Inference(acumen_accel.backend())
POLICIES = [name for name in cache_replay.POLICIES if name != "belady"]


def weights(seed, gain=1.0):
    """Random weights of the shapes training gives, with a normaliser that neither centres nor scales."""
    rng = np.random.default_rng(seed)
    made = {
        name: (gain * rng.standard_normal(w.shape)).astype(np.float32) for name, w in learning.initial(seed).items()
    }
    for name, width in (("base", features.BASE_WIDTH), ("extra", features.EXTRA_WIDTH)):
        made[f"norm/{name}/center"] = np.zeros(width, np.float32)
        made[f"norm/{name}/scale"] = np.ones(width, np.float32)
    made["cqr/factor"] = rng.uniform(0.1, 3, (2, spec.COLUMNS)).astype(np.float32)
    made["event/odds"] = (gain * rng.standard_normal((2, 2))).astype(np.float32)
    return made


def answer(messages, made, want=WANT):
    batch = SPEC.featurise(messages)
    return SPEC.decode(messages, batch, SPEC.network(OPS, made, batch), IDENTITY, want)


def random_keys(seed):
    rng = np.random.default_rng(seed)
    n, u = int(rng.integers(1, 300)), int(rng.integers(1, 60))
    loops = (np.arange(n) + (rng.random(n) < 0.2) * rng.integers(0, u, n)) % u
    return rng.zipf(1.3, n) % u if seed % 2 else loops


def short_case(index):
    keys = world.trace(world.generator(2, index), False)[:1200].astype(np.uint64)
    return judging.Case.of(keys, None, max(1, np.unique(keys).size // 10))


def short_examples(seed, n):
    made = SPEC.examples(seed, n)
    for message in made:
        if message.WhichOneof("pattern") == "trace":
            del message.trace.key_hash[1500:]
            del message.trace.t_ms[1500:]
    return made


class TestReplay:
    @pytest.mark.parametrize("name", POLICIES)
    def test_hits_are_those_of_a_plain_reference(self, name):
        """Each policy hits exactly as often as a program written with dictionaries, on 60 random traces."""
        for seed in range(60):
            keys, unique = cache_replay.number(random_keys(seed).astype(np.uint64))
            for capacity in (1, 2, 5, 23):
                hits = cache_replay.replay(keys, unique, capacity, cache_replay.POLICIES.index(name))
                assert hits == getattr(cache_reference, name)(keys.tolist(), capacity), (seed, capacity)

    def test_belady_is_the_best_of_all_choices(self):
        """No sequence of evictions hits more often than MIN, and one hits as often."""
        for seed in range(60):
            keys, unique = cache_replay.number(random_keys(seed)[:14].astype(np.uint64) % np.uint64(6))
            for capacity in (1, 2, 3, 4):
                best = cache_reference.belady(tuple(keys.tolist()), capacity)
                assert cache_replay.replay(keys, unique, capacity, 0) == best

    def test_no_policy_beats_belady_on_generated_traces(self):
        """Belady's hits bound every policy's."""
        for index in range(6):
            trace = features.Trace.of(world.trace(world.generator(3, index), False)[:3000].astype(np.uint64))
            hits = learning.true_hits(trace, max(1, trace.unique // 10))
            assert hits[0] >= hits[1:].max()

    def test_a_cache_for_every_key_misses_first_accesses_only(self):
        """With room for all keys each policy hits accesses minus keys."""
        keys, unique = cache_replay.number(np.array([5, 6, 5, 7, 6, 5], np.uint64))
        assert [cache_replay.replay(keys, unique, 3, policy) for policy in range(10)] == [3] * 10

    def test_hand_computed_loop(self):
        """A loop of 4 in a cache of 3: LRU never hits, MRU and MIN keep two of three."""
        keys, unique = cache_replay.number(np.tile(np.arange(4, dtype=np.uint64), 4))
        hits = {name: cache_replay.replay(keys, unique, 3, i) for i, name in enumerate(cache_replay.POLICIES)}
        assert hits["lru"] == hits["fifo"] == 0
        assert hits["mru"] == hits["belady"] == 8

    @pytest.mark.parametrize(("capacity", "policy"), [(0, 1), (2, 10), (2, -1)])
    def test_refuses_what_it_cannot_replay(self, capacity, policy):
        """A capacity below 1 and an unknown policy are errors that name themselves."""
        with pytest.raises(ValueError, match=r"capacity: 0|policy: "):
            cache_replay.replay(np.zeros(3, np.int32), 1, capacity, policy)


class TestStatistics:
    def test_distances_count_other_keys_in_between(self):
        """The reuse distance is the number of different keys since, as counted by brute force."""
        raw = random_keys(4)
        keys, unique = cache_replay.number(raw.astype(np.uint64))
        last, expected = {}, []
        for i, key in enumerate(raw.tolist()):
            expected.append(len(set(raw[last[key] + 1 : i].tolist())) if key in last else -1)
            last[key] = i
        assert cache_replay.distances(keys, unique).tolist() == expected

    def test_numbers_do_not_depend_on_names(self):
        """Renamed keys are the same trace."""
        raw = random_keys(7)
        keys, unique = cache_replay.number(raw.astype(np.uint64))
        renamed, count = cache_replay.number(raw.astype(np.uint64) << np.uint64(57) | np.uint64(3))
        assert count == unique == np.unique(raw).size
        assert keys.tolist() == renamed.tolist()

    def test_scans_and_loops_are_told_apart(self):
        """Keys never repeated are a scan; a list read three times is two thirds a loop, but for its first step."""
        once = features.Trace.of(np.arange(50, dtype=np.uint64)).summary()
        assert (once.scan, once.loop, once.one_hit, once.bound) == (1.0, 0.0, 1.0, 0.0)
        thrice = features.Trace.of(np.tile(np.arange(50, dtype=np.uint64), 3)).summary()
        assert thrice.scan == thrice.one_hit == 0.0
        assert 0.6 < thrice.loop <= 2 / 3

    def test_histogram_tells_lru_exactly_at_its_edges(self):
        """At sizes 2^i - 1 the curve drawn from the summary is the replayed LRU hit ratio."""
        trace = features.Trace.of(world.trace(world.generator(1, 5), False)[:2000].astype(np.uint64))
        sizes = [c for c in (1, 3, 7, 15, 31, 63) if c < trace.unique]
        exact = [trace.hits(c, 2) / trace.keys.size for c in sizes]
        assert np.allclose(features.lru_curve(trace.summary(), np.array(sizes, float)), exact)

    def test_counts_by_history_add_up(self):
        """Reuses told apart by history are all reuses; eighths add up to LRU hits and first accesses."""
        trace = features.Trace.of(random_keys(8).astype(np.uint64))
        shape = cache_replay.shape(trace.keys, trace.distance, trace.unique, 7)
        assert shape[:24].sum() == trace.keys.size - trace.unique
        assert shape[24:32].sum() == trace.hits(7, 2) == shape[:24].reshape(4, 6)[:, :3].sum()
        assert shape[32:40].sum() == trace.unique

    def test_columns_are_read_from_the_wire_as_written(self):
        """Packed columns equal the fields element by element, times or none."""
        message = reading.message_of([2**63, 5, 0, 2**64 - 1], [1])
        assert columns.key_hash(message).tolist() == [2**63, 5, 0, 2**64 - 1]
        assert columns.t_ms(message).size == 0
        message.trace.t_ms.extend([0.5, 1.25, 3.0, 3.0])
        assert columns.key_hash(message).tolist() == list(message.trace.key_hash)
        assert columns.t_ms(message).tolist() == [0.5, 1.25, 3.0, 3.0]


class TestWorld:
    def test_the_same_number_is_the_same_trace(self):
        """A trace depends on seed and index only, and differs from its neighbours."""
        first, again, other = (world.trace(world.generator(9, i), False) for i in (4, 4, 5))
        assert first.tobytes() == again.tobytes() != other.tobytes()

    @pytest.mark.parametrize("pattern", world.PATTERNS)
    def test_patterns_fill_the_length_asked_for(self, pattern):
        """Every pattern gives n keys from 0 up, inside and outside the training range, also for short traces."""
        for wide in (False, True):
            for n in (1, 7, 500):
                keys = pattern(np.random.default_rng(n), n, wide)
                assert keys.shape == (n,)
                assert keys.min() >= 0

    def test_sizes_are_ascending_and_possible(self):
        """Candidate sizes ascend strictly from at least 1."""
        for index in range(50):
            made = world.sizes(world.generator(0, index), index + 1, index % 2 == 0)
            assert made == sorted(set(made))
            assert made[0] >= 1

    def test_no_policy_is_best_everywhere(self):
        """At least six policies are the only best of some case, so there is something to choose."""
        cases = [short_case(index) for index in range(60)]
        only = [np.flatnonzero(c.hits[1:] == c.hits[1:].max()) for c in cases]
        assert len({int(w[0]) for w in only if w.size == 1}) >= 6

    def test_examples_pass_their_own_check(self):
        """Generated inputs are valid, and some are summaries."""
        made = SPEC.examples(3, 8)
        for message in made:
            SPEC.check(message)
        assert {m.WhichOneof("pattern") for m in made} == {"trace", "summary"}

    def test_regret_is_hits_lost_over_belady(self):
        """Regret is 0 for the best policy and (best - own) / Belady for others."""
        lost = learning.regrets(np.array([[10, 1, 2, 3, 4, 5, 6, 7, 8, 3]]))
        assert lost[0].tolist() == pytest.approx([0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0, 0.5])


TRACES = st.builds(
    lambda keys, sizes, miss, entry, timed: _trace_message(keys, sizes, miss, entry, timed),
    st.lists(st.integers(0, 12), min_size=1, max_size=40),
    st.lists(st.integers(1, 20), min_size=1, max_size=8, unique=True),
    st.sampled_from([0.0, 1e-3, 1.0, 1e6]),
    st.sampled_from([0.0, 1e-3, 0.3, 1e4]),
    st.booleans(),
)


def _trace_message(keys, sizes, miss, entry, timed):
    message = reading.message_of(keys, sorted(sizes))
    message.miss_cost_ms, message.entry_cost_ms = miss, entry
    if timed:
        message.trace.t_ms.extend((1.5 * np.arange(len(keys)) ** 1.2).tolist())
    return message


@st.composite
def summaries(draw):
    message = pb.AccessPattern(cache_entries=sorted(draw(st.sets(st.integers(1, 10**9), min_size=1, max_size=8))))
    share = draw(st.lists(st.floats(0, 1), min_size=16, max_size=16))
    message.summary.reuse_distance.extend((np.array(share) / max(1.0, sum(share) * 1.0001)).tolist())
    message.summary.popularity_alpha = draw(st.floats(0, 5))
    message.summary.one_hit_ratio, message.summary.scan_score = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    message.summary.loop_score = draw(st.floats(0, 1))
    message.summary.unique_keys = draw(st.integers(1, 2**40))
    message.summary.accesses = message.summary.unique_keys + draw(st.integers(0, 2**40))
    message.entry_cost_ms = draw(st.sampled_from([0.0, 1e-9, 1.0]))
    return message


class TestDecode:
    @settings(max_examples=1000, deadline=None)
    @given(message=st.one_of(TRACES, summaries()), seed=st.integers(0, 7), gain=st.sampled_from([0.0, 0.1, 1.0, 30.0]))
    def test_valid_whatever_the_weights(self, message, seed, gain):
        """With random weights every promise of the output holds, the probability and the headline are such."""
        SPEC.check(message)
        made = answer([message], _cached(seed, gain))[0]
        assert SPEC.validate(message, made.output) == []
        assert 0 <= made.p <= 1
        assert math.isclose(made.headline.sum(), 1, abs_tol=1e-6)
        assert len(made.alternatives) == 3

    def test_a_batch_answers_as_singles_do(self):
        """Several inputs at once and one by one give the same bytes."""
        messages, made = short_examples(5, 8), weights(1)
        together = answer(messages, made)
        for message, one in zip(messages, together, strict=True):
            alone = answer([message], made)[0]
            assert alone.output.SerializeToString(deterministic=True) == one.output.SerializeToString(
                deterministic=True
            )
            assert (alone.p, alone.choice, alone.source) == (one.p, one.choice, one.source)
            assert alone.headline.tobytes() == one.headline.tobytes()

    def test_features_do_not_depend_on_neighbours(self):
        """An input's rows are the same bytes in any batch."""
        messages = short_examples(6, 4)
        batch = SPEC.featurise(messages)
        for i, message in enumerate(messages):
            alone = SPEC.featurise([message])
            rows = slice(*batch.arrays["offsets"][i : i + 2])
            for name in ("base", "extra", "present", "anchor", "bound"):
                assert alone.arrays[name].tobytes() == batch.arrays[name][rows].tobytes()
            assert alone.summary[0].tobytes() == batch.summary[i].tobytes()

    def test_replays_overrule_a_wrong_network(self):
        """With a network that likes FIFO a loop still gets a policy as good as the best, as far as intervals allow."""
        message = reading.message_of(np.tile(np.arange(30), 10), [20])
        batch = SPEC.featurise([message])
        shape = (1, spec.COLUMNS)
        scores = {"low": np.zeros(shape), "median": np.eye(1, 9), "high": np.ones(shape), "valid": np.zeros(shape)}
        scores["odds"] = learning.neutral()["event/odds"]
        made = SPEC.decode([message], batch, scores, IDENTITY, Want())[0]
        hits = learning.true_hits(features.Trace.of(columns.key_hash(message)), 20)
        assert hits[made.output.policy] == hits[1:].max()
        assert made.source == Source.HEURISTIC
        assert made.p == 1.0

    def test_free_entries_buy_the_largest_useful_size(self):
        """Without a price the smallest of equally good sizes is taken; with a high one the smallest of all."""
        message = reading.message_of(np.tile(np.arange(30), 10), [10, 30, 500])
        assert answer([message], weights(0))[0].output.recommended_entries == 30
        message.entry_cost_ms = 1e3
        assert answer([message], weights(0))[0].output.recommended_entries == 10

    def test_ttl_is_the_nearest_rank_percentile(self):
        """Of 100 reuse times 1 .. 100 ms the 99th is the answer."""
        keys = np.repeat(np.arange(100), 2)
        times = np.cumsum(np.ravel([[1000.0, gap] for gap in range(1, 101)]))
        assert plan.time_to_live(keys.astype(np.uint64), times) == pytest.approx(99)

    def test_certificates_can_be_recomputed(self):
        """Every replay told is the ratio that a replay gives."""
        message = next(m for m in SPEC.examples(1, 4) if m.WhichOneof("pattern") == "trace")
        made = answer([message], weights(2))[0]
        trace = features.Trace.of(columns.key_hash(message))
        told = {c.text.split(" with")[0]: c.value for c in made.certificates[1:]}
        for name, value in told.items():
            policy = plan.POLICIES.index(name) + 1
            hits = trace.hits(made.output.recommended_entries, policy)
            assert value == pytest.approx(hits / trace.keys.size, rel=1e-5)
        assert made.certificates[0].value == pytest.approx(1 - trace.unique / trace.keys.size)

    def test_validate_catches_broken_promises(self):
        """A changed policy, size, quantile, ttl or flag does not pass."""
        message = reading.message_of(np.tile(np.arange(30), 10), [10, 20])
        good = answer([message], weights(0))[0].output
        for change in (
            lambda o: setattr(o, "policy", 1 if o.policy != 1 else 2),
            lambda o: setattr(o, "recommended_entries", 10 if o.recommended_entries == 20 else 20),
            lambda o: setattr(o.sizes[0].policies[0], "hit_ratio_q90", 2.0),
            lambda o: setattr(o, "ttl_ms", 1.0),
            lambda o: setattr(o, "prefetch", not o.prefetch),
            lambda o: o.sizes.pop(),
        ):
            bad = pb.CachePlan()
            bad.CopyFrom(good)
            change(bad)
            assert SPEC.validate(message, bad)

    def test_the_lever_changes_the_size(self):
        """Among the entry costs a counterfactual tries is one that makes a smaller cache better."""
        message = reading.message_of(np.tile(np.arange(30), 10), [10, 30])
        lever, chosen = SPEC.identity.levers[0], set()
        for value in lever.grid(message):
            lever.write(message, value)
            chosen.add(answer([message], weights(0))[0].output.recommended_entries)
        assert chosen == {10, 30}


def _cached(seed, gain, _made={}):  # noqa: B006
    return _made.setdefault((seed, gain), weights(seed, gain))


class TestCheck:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            (lambda m: m.ClearField("cache_entries"), "cache_entries"),
            (lambda m: m.cache_entries.append(3), "cache_entries[2]"),
            (lambda m: m.cache_entries.insert(0, 0), "cache_entries[0]"),
            (lambda m: m.cache_entries.append(10**9 + 1), "cache_entries[2]"),
            (lambda m: m.cache_entries.extend(range(100, 110)), "cache_entries"),
            (lambda m: setattr(m, "miss_cost_ms", math.nan), "miss_cost_ms"),
            (lambda m: setattr(m, "entry_cost_ms", -1.0), "entry_cost_ms"),
            (lambda m: setattr(m, "entry_cost_ms", math.inf), "entry_cost_ms"),
            (lambda m: m.trace.t_ms.append(1.0), "trace.t_ms"),
            (lambda m: m.trace.t_ms.extend([0.0, 2.0, 1.0]), "trace.t_ms[2]"),
            (lambda m: m.trace.t_ms.extend([0.0, math.nan, 1.0]), "trace.t_ms[1]"),
            (lambda m: m.trace.ClearField("key_hash"), "trace.key_hash"),
            (lambda m: m.trace.key_hash.extend([1] * 20_000), "trace.key_hash"),
            (lambda m: m.ClearField("trace"), "pattern"),
        ],
    )
    def test_names_the_broken_field_of_a_trace(self, change, field):
        """Each mistake is refused under its own path."""
        message = reading.message_of([1, 2, 1], [2, 5])
        change(message)
        with pytest.raises(InvalidInput) as refused:
            SPEC.check(message)
        assert [v.field for v in refused.value.violations] == [f"access_pattern.{field}"]

    @pytest.mark.parametrize(
        ("field", "value", "path"),
        [
            ("popularity_alpha", 5.1, "popularity_alpha"),
            ("popularity_alpha", math.nan, "popularity_alpha"),
            ("one_hit_ratio", -0.1, "one_hit_ratio"),
            ("scan_score", 1.5, "scan_score"),
            ("loop_score", math.inf, "loop_score"),
            ("unique_keys", 0, "unique_keys"),
            ("accesses", 1, "accesses"),
        ],
    )
    def test_names_the_broken_field_of_a_summary(self, field, value, path):
        """Each number out of range is refused under its own path."""
        message = reading.summarised(reading.message_of([1, 2, 1], [2]))
        setattr(message.summary, field, value)
        with pytest.raises(InvalidInput) as refused:
            SPEC.check(message)
        assert [v.field for v in refused.value.violations] == [f"access_pattern.summary.{path}"]

    @pytest.mark.parametrize(
        ("bins", "path"),
        [
            ([0.1] * 16, "reuse_distance"),
            ([0.1] * 3, "reuse_distance"),
            ([math.nan] + [0.0] * 15, "reuse_distance[0]"),
            ([0.0] * 15 + [-0.1], "reuse_distance[15]"),
        ],
    )
    def test_names_the_broken_bins(self, bins, path):
        """Bins must be sixteen shares that sum to at most one."""
        message = reading.summarised(reading.message_of([1, 2, 1], [2]))
        message.summary.reuse_distance[:] = bins
        with pytest.raises(InvalidInput) as refused:
            SPEC.check(message)
        assert [v.field for v in refused.value.violations] == [f"access_pattern.summary.{path}"]

    def test_all_mistakes_at_once(self):
        """Three mistakes are three violations."""
        message = reading.message_of([1, 2, 1], [5, 5])
        message.miss_cost_ms, message.entry_cost_ms = -1.0, math.nan
        with pytest.raises(InvalidInput) as refused:
            SPEC.check(message)
        assert len(refused.value.violations) == 3

    def test_cost_grows_with_the_trace(self):
        """A full trace is announced as more than half a millisecond, a summary as less."""
        short, long = reading.message_of([1, 2], [1]), reading.message_of(np.arange(20_000), [1])
        assert SPEC.cost(reading.summarised(short)) < 500 < SPEC.cost(long)


class TestJudging:
    def test_forward_cases_are_replayed_on_what_follows(self):
        """A case's later hits are those of the second half, from an empty cache."""
        case = next(iter(judging.generated(1, range(3, 4), False)))
        keys = world.trace(world.generator(1, 3, False), False).astype(np.uint64)
        later = features.Trace.of(keys[keys.size // 2 :])
        assert case.later.tolist() == learning.true_hits(later, case.capacity).tolist()

    def test_a_suite_counts_the_better_choice_lower(self):
        """Replays never make regret worse than the network alone on the accesses given."""
        model = Model(SPEC, weights(3, 0.1), "", OPS)
        cases = [short_case(index) for index in range(20)]
        asked = judging.judge(model, cases)
        lost = learning.regrets(np.array([c.hits for c in cases]))
        rows = np.arange(len(cases))
        assert (lost[rows, asked.final] <= lost[rows, asked.network] + 1e-12).all()
        assert {f.name for f in dataclasses.fields(asked)} >= {"p", "replays"}

    def test_real_readers_parse_each_format(self, tmp_path):
        """Breaks are skipped, addresses become lines of 64 bytes, binary keys are counted by width."""
        import gzip
        import lzma

        folder = tmp_path / real.FOLDER
        folder.mkdir()
        (folder / "lirs-a.trace.gz").write_bytes(gzip.compress(b"3\n*\n5\n3\n"))
        (folder / "address-b.trace.gz").write_bytes(gzip.compress(b"s 0x1fffff50 1\nl 0x1fffff88 6\n"))
        (folder / "corda-c.gz").write_bytes(gzip.compress((7).to_bytes(8, "big") * 2))
        (folder / "cache2k-d.trace.xz").write_bytes(lzma.compress((9).to_bytes(4, "little") * 3))
        read = {name: keys.tolist() for name, keys in real.traces(tmp_path).items()}
        assert read == {"lirs-a": [3, 5, 3], "address-b": [0x7FFFFD, 0x7FFFFE], "corda-c": [7, 7], "cache2k-d": [9] * 3}
