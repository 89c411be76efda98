"""One namespace: its records, its two indexes, its verdicts and trajectories, and what it has learned."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from itertools import dropwhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen import log
from acumen.bank.convert import pattern
from acumen.bank.distilling.promotion import Evidence, promote
from acumen.bank.keeping import same_task
from acumen.bank.learning import Learner
from acumen.bank.owning import Owned, is_of
from acumen.bank.pattern import Pattern, State, owner_of, owners_in
from acumen.bank.prepare import Prepared, joined
from acumen.bank.records import Records
from acumen.errors import StorageFull
from acumen.index.cache import GraphCache
from acumen.index.image import SegmentImage
from acumen.index.lexical import LexicalIndex
from acumen.index.vectors import VectorIndex
from acumen.proto.storage.v1.bank_pb2 import KeptTrajectory, PatternsUsed, PatternTest
from acumen.proto.v1.pattern_pb2 import Pattern as Message
from acumen.proto.v1.reasoning_bank_pb2 import CompressionTier
from acumen.proto.v1.verdict_pb2 import VERDICT_KIND_TRAJECTORY, Verdict

_log = log.logger("bank")

MOST_VERDICTS = 100_000
NEVER_MS = 1 << 62
TIERS = {
    CompressionTier.COMPRESSION_TIER_INT8: "int8",
    CompressionTier.COMPRESSION_TIER_INT4: "int4",
    CompressionTier.COMPRESSION_TIER_BINARY: "binary",
}
MOST_TRAJECTORIES = 100_000


class Namespace:
    """State that is changed on the event loop only, by entries of the journal."""

    def __init__(self, name: str, build: Executor, graphs: GraphCache) -> None:
        self.name, self._build, self._graphs = name, build, graphs
        self.embedder, self.dimension = "", 0
        self.records = Records()
        self.vectors: VectorIndex | None = None
        self.lexical = LexicalIndex()
        self.verdicts: dict[str, bytes] = {}
        self.trajectories: dict[str, KeptTrajectory] = {}
        self.learner = Learner()
        self.outcomes = 0
        self.judged: dict[str, float] = {}  # trajectories by id: their judged probability of success
        self._judges: dict[str, str] = {}  # and the verdict that says so
        self.tests: dict[str, Evidence] = {}  # what pending patterns have gained
        self.tier = CompressionTier.COMPRESSION_TIER_UNSPECIFIED
        self.attempts: dict[str, list[str]] = {}  # trajectories by what tells that their task is the same
        self.passive = 0  # live patterns that are not active
        self.first_expiry_ms = 0  # no pattern expires before; 0: none ever does

    # patterns

    def write(self, messages: Sequence[Message], prepared: Prepared | None, embedder: str, revision: int) -> None:
        """Put patterns in place of older ones of their ids; without `prepared` the index waits for a re-embedding."""
        self._settle_embedder(embedder, prepared)
        known = [self.records.rows[m.id] for m in messages if m.id in self.records.rows]
        self._unindex(known)
        rows = [self.records.add(message, revision) for message in messages]
        self._count(rows, 1)
        for row in rows:
            self._note_expiry(int(self.records.columns["expires_ms"][row]))
        if prepared is not None and self.vectors is not None:
            self._index(rows, prepared)

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Take patterns out of everything; return those that were there."""
        there = [pattern_id for pattern_id in ids if pattern_id in self.records.rows]
        self._unindex([self.records.rows[pattern_id] for pattern_id in there])
        for pattern_id in there:
            self.records.remove(pattern_id)
            self.tests.pop(pattern_id, None)
        return there

    def revise(self, value: Pattern, revision: int) -> None:
        """Change a pattern's state, links and statistics, not its texts."""
        row = self.records.rows[value.id]
        self._count([row], -1)
        self.records.revise(value, revision)
        self._count([row], 1)

    def pattern(self, pattern_id: str) -> Pattern | None:
        """Return the value of a pattern; None when it is not there."""
        row = self.records.rows.get(pattern_id)
        return None if row is None else pattern(self.records.message(row))

    def patterns(self) -> Iterator[Pattern]:
        """Yield the values of all patterns, in order of their rows."""
        for row in sorted(self.records.rows.values()):
            yield pattern(self.records.message(row))

    def needs(self, found: Pattern) -> bool:
        """Return whether a distilled pattern is new or says more than the one that is there."""
        own = self.pattern(found.id)
        if own is None or not set(found.owners) <= set(own.owners):
            return True
        return (own.text, own.own_sources) != (found.text, found.sources)

    def keep_life(self, message: Message) -> None:
        """Give a pattern to be rewritten what it has of merges and its state; its statistics stay by being left out."""
        own = self.pattern(message.id)
        if own is not None:
            message.state = int(own.state)  # type: ignore[assignment]
            message.supersedes[:], message.superseded_by = own.supersedes, own.superseded_by
            message.contradicts[:] = own.contradicts
            sources = [one for one in own.sources[len(own.own_sources) :] if one not in message.sources]
            message.sources.extend(sources)
            known = owners_in(message.owners)
            owners = [one for one in own.owners[len(own.own_owners) :] if one not in known]
            message.owners += b"".join(owners)
            message.merged_sources, message.merged_owners = len(sources), len(owners)
            message.ClearField("statistics")

    def fill_vector(self, message: Message) -> None:
        """Put a pattern's vector into its message, as the index has it."""
        if self.vectors is not None:
            codes, scales = self.vectors.vectors(np.array([self.records.rows[message.id]], np.int64))
            message.vector.f32 = (codes[0] * scales[0]).astype("<f4").tobytes()

    def owned(self, subject_sha256: bytes) -> Owned:
        """Return what is of a subject or came of its trajectories, as of now; empty stands for all."""
        found = Owned(self.name, subject_sha256, set(self.others_of(subject_sha256)[1]))
        return found.look_at(map(self.records.message, self.records.rows.values()))

    def owners_of(self, sources: Iterable[str]) -> list[bytes]:
        """Return what stands for the subjects of trajectories, as far as these are there."""
        kept = [self.trajectories[i] for i in sources if i in self.trajectories]
        return sorted({owner_of(trajectory.subject) for trajectory in kept if trajectory.subject})

    def reembed(self, prepared: Sequence[Prepared], embedder: str) -> None:
        """Build the indexes anew from all patterns, in the order of their rows; without `prepared` they wait."""
        rows = sorted(self.records.rows.values())
        self.embedder, self.lexical, self.vectors, self.dimension = embedder, LexicalIndex(), None, 0
        if prepared:
            whole = joined(prepared)
            self.dimension = whole.codes.shape[1]
            self.vectors = self._new_vectors()
            self._index(rows, whole)
            if self.tier:
                self.compress(self.tier)

    def load_indexes(self, segments: Sequence[SegmentImage], lexical: Mapping[str, NDArray[Any]]) -> None:
        """Take the indexes of an image."""
        if self.dimension:
            self.vectors = self._new_vectors()
            self.vectors.restore(segments)
        self.lexical = LexicalIndex.restore(lexical)

    def recount(self) -> None:
        """Count anew what is kept beside the records."""
        rows = np.array(sorted(self.records.rows.values()), np.int64)
        self.passive = 0
        self._count(rows, 1)
        times = self.records.columns["expires_ms"][rows]
        self.first_expiry_ms = int(times[times > 0].min(initial=NEVER_MS)) % NEVER_MS

    def compress(self, tier: CompressionTier) -> None:
        """Hold the vectors in another form; where the disk refuses, they stay as they are until the next start."""
        self.tier = tier
        if self.vectors is not None:
            try:
                self.vectors.compact(TIERS[tier])
            except StorageFull as error:
                _log.warning("vectors not compressed", namespace=self.name, cause=str(error))

    def _settle_embedder(self, embedder: str, prepared: Prepared | None) -> None:
        self.embedder = self.embedder or embedder
        if prepared is None:
            self.vectors, self.dimension = None, 0
        elif self.vectors is None and not self.records.rows:
            self.dimension = prepared.codes.shape[1]
            self.vectors = self._new_vectors()

    def _new_vectors(self) -> VectorIndex:
        return VectorIndex(self.dimension, self._build, graphs=self._graphs, folder=self._graphs.folder)

    def _index(self, rows: Sequence[int], prepared: Prepared) -> None:
        assert self.vectors is not None
        self.vectors.add(np.array(rows, np.int64), prepared.codes, prepared.scales)
        self.lexical.add(rows, prepared.terms)

    def _unindex(self, rows: Sequence[int]) -> None:
        self._count(rows, -1)
        if rows and self.vectors is not None:
            self.vectors.remove(np.array(rows, np.int64))
            self.lexical.remove(rows)

    def _count(self, rows: Sequence[int] | NDArray[np.int64], sign: int) -> None:
        states = self.records.columns["state"][np.array(rows, np.int64)]
        self.passive += sign * int(np.count_nonzero(states != int(State.ACTIVE)))

    def _note_expiry(self, expires_ms: int) -> None:
        if expires_ms:
            self.first_expiry_ms = min(self.first_expiry_ms or expires_ms, expires_ms)

    # what else is kept

    def use(self, change: PatternsUsed) -> None:
        """Count an outcome for the patterns that were shown, and learn from how they were scored."""
        for shown in change.shown:
            if shown.id in self.records.rows:
                self.records.use(shown.id, change.reward, change.time_ms)
        self.learner.learn([shown.score for shown in change.shown if shown.HasField("score")], change.reward)
        self.outcomes += 1

    def keep_verdict(self, verdict: Verdict) -> None:
        """Keep a verdict; the oldest gives way beyond `MOST_VERDICTS`."""
        self.verdicts[verdict.id] = verdict.SerializeToString()
        if verdict.kind == VERDICT_KIND_TRAJECTORY:
            self.judged[verdict.trajectory_id] = verdict.score
            self._judges[verdict.trajectory_id] = verdict.id
        if len(self.verdicts) > MOST_VERDICTS:
            self._forget_verdict(next(iter(self.verdicts)))

    def _forget_verdict(self, verdict_id: str) -> None:
        """Drop a verdict, and with it how it judged a trajectory, unless another has judged that since."""
        judged = Verdict.FromString(self.verdicts.pop(verdict_id)).trajectory_id
        if self._judges.get(judged) == verdict_id:
            del self.judged[judged], self._judges[judged]

    def verdicts_before(self, verdict_id: str) -> Iterator[Verdict]:
        """Yield the verdicts, newest first; behind one of them where its id is given and it is still there."""
        newest = iter(reversed(self.verdicts))
        if verdict_id in self.verdicts:
            newest = iter(list(dropwhile(lambda i: i != verdict_id, newest))[1:])
        return (Verdict.FromString(self.verdicts[i]) for i in newest)

    def keep_trajectories(self, kept: Iterable[KeptTrajectory]) -> None:
        """Keep trajectories, each in place of an older one of its id; beyond `MOST_TRAJECTORIES` the oldest go."""
        for trajectory in kept:
            self.forget_trajectory(trajectory.id)
            self.trajectories[trajectory.id] = trajectory
            self.attempts.setdefault(same_task(trajectory), []).append(trajectory.id)
            if len(self.trajectories) > MOST_TRAJECTORIES:
                self.forget_trajectory(next(iter(self.trajectories)))

    def forget_trajectory(self, trajectory_id: str) -> None:
        """Drop a trajectory, if it is there."""
        old = self.trajectories.pop(trajectory_id, None)
        if old is not None:
            ids = self.attempts[same_task(old)]
            ids.remove(trajectory_id)
            if not ids:
                del self.attempts[same_task(old)]

    def test(self, tests: Iterable[PatternTest]) -> None:
        """Add to what pending patterns have gained; those that gained enough become active.

        Their revision stays, as it does when an outcome is counted: which they are, no decision could have known.
        """
        for one in tests:
            value = self.pattern(one.id)
            if value is None or value.state is not State.PENDING:
                continue
            gained = Evidence(attempts=one.attempts, total=one.total, squares=one.squares)
            self.tests[one.id] = self.tests.get(one.id, Evidence()) + gained
            promoted = promote(value, self.tests[one.id])
            if promoted.state is State.ACTIVE:
                self.revise(promoted, *self.records.revisions([one.id]).values())
                del self.tests[one.id]

    def others_of(self, subject_sha256: bytes) -> tuple[list[str], list[str]]:
        """Return the verdicts and the trajectories of a subject; empty stands for all."""
        verdicts = [i for i, body in self.verdicts.items() if is_of(Verdict.FromString(body), subject_sha256)]
        kept = [i for i, trajectory in self.trajectories.items() if is_of(trajectory, subject_sha256)]
        return verdicts, kept

    def purge(self, subject_sha256: bytes, ids: Iterable[str] = ()) -> None:
        """Remove everything of a subject, or everything, and the patterns that were found to have come of it."""
        self.remove(sorted({*ids, *self.owned(subject_sha256).ids}))
        verdicts, trajectories = self.others_of(subject_sha256)
        for verdict in verdicts:
            self._forget_verdict(verdict)
        for trajectory in trajectories:
            self.forget_trajectory(trajectory)
        if self.vectors is not None:
            self.vectors.purge()

    def expired(self, now_ms: int) -> list[str]:
        """Return the patterns whose time is up."""
        if not self.first_expiry_ms or now_ms < self.first_expiry_ms:
            return []
        times = self.records.columns["expires_ms"]
        due = sorted(i for i, row in self.records.rows.items() if 0 < times[row] <= now_ms)
        later = [int(times[row]) for row in self.records.rows.values() if times[row] > now_ms]
        if not due:
            self.first_expiry_ms = min(later, default=0)
        return due
