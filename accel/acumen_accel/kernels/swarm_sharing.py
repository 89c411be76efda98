"""How tasks find agents in a simulated swarm: asked of a parent, stolen, taken off a token, or won by bidding."""

import numpy as np

from .swarm_events import draw, occupy, offset, push, send, take, tally

STAR = 1
TREE = 2
MESH = 3
PIPELINE = 5
BLACKBOARD = 7
SPEED = 0
NOMINAL = 1
ERROR = 3
FAIL = 4
DEBT = 6
BACKOFF = 7
FREE = 7
MASK = 0
HOLD = 1
BUSY = 2
CURRENT = 3
PLACE = 4
ASKED = 5
WANT = 6
TRIES = 7
COUPLED = 8
LANE = 10
AWARDED = 11
BELOW = 12
REACH = 13
PARK = 14
NEED = 10
ORDER = 16
SENT = 1
SIZE = 3
POOL = 4
TASK = 5
TOPOLOGY = 7
BRANCHING = 8
BATCH = 9
STILL = 11
DRAWS = 21
WORKS = 22
AUCTION = 23
COUPLING = 2
TASK_MS = 6
PACE = 10
GIVE = 87
DRAW = 4120
FINISH = 0
WORK = 3
ASK = 4
ROUND = 6
WAKE = 7
LOOK = 8
TASKS = 11
REQUEST = 12
STEAL = 13
TOKEN = 17
ANNOUNCE = 18
AUCTIONS = 16
BIDS = 65536


def start_work(trait, state, job, rule, a, now):
    """Let an idle agent start the next task it holds, or look for one."""
    if state[a, BUSY] != 0 or trait[a, FAIL] <= now or state[a, MASK] == 0:
        return
    topology = job[TOPOLOGY]
    mask = 15 if topology == PIPELINE else state[a, MASK]
    if a == state[0, ORDER] and topology in (STAR, TREE, BLACKBOARD) and tally(state[a, HOLD], mask) == 0:
        own = take(job[POOL], mask, 1)
        job[POOL] -= own
        state[a, HOLD] += own
    one = take(state[a, HOLD], mask, 1)
    if one == 0:
        if topology == MESH:
            push(job, rule, now, LOOK, a, 0, 0)
        elif topology in (TREE, BLACKBOARD):
            push(job, rule, now, ASK, a, 0, 0)
        return
    state[a, HOLD] -= one
    state[a, CURRENT] = one
    state[a, BUSY] = 1
    j = DRAW + job[DRAWS] + 3 * (job[TASK] % job[WORKS])
    job[TASK] += 1
    attempts = 1
    if trait[a, ERROR] > 0:
        attempts += min(int(np.log(max(rule[j + 1], 1e-12)) / np.log(trait[a, ERROR])), 20)
    state[a, COUPLED] = 1 if rule[j + 2] < rule[COUPLING] and topology != PIPELINE else 0
    share = trait[a, NOMINAL] / rule[PACE + state[a, LANE]] if topology == PIPELINE else 1.0
    trait[a, DEBT] = 0
    push(job, rule, now + rule[j] * attempts * share / trait[a, SPEED], FINISH, a, 0, 0)


def ask_for_tasks(trait, state, job, rule, a, now):
    """Let an agent ask for tasks; one inside a tree for its branch, of all skills or of those it holds nothing for."""
    if a == state[0, ORDER] or trait[a, FAIL] <= now or state[a, PLACE] < 0:
        return
    need = state[a, MASK] if state[a, BUSY] == 0 else 0
    above = state[0, ORDER]
    amount = job[BATCH]
    if job[TOPOLOGY] == TREE:
        first = job[BRANCHING] * state[a, PLACE] + 1
        for place in range(first, min(first + job[BRANCHING], job[SIZE])):
            if state[state[place, ORDER], WANT] > 0:
                need |= state[state[place, ORDER], NEED]
        if tally(state[a, HOLD], state[a, REACH]) == 0:
            need = state[a, REACH]
        above = state[(state[a, PLACE] - 1) // job[BRANCHING], ORDER]
        amount *= state[a, BELOW]
    if state[a, ASKED] > 0 and (need | state[a, NEED]) == state[a, NEED]:
        return
    state[a, NEED] = need if state[a, ASKED] == 0 else need | state[a, NEED]
    state[a, ASKED] = amount
    send(trait, state, job, rule, now, a, above, REQUEST, a, amount)


def _grant(state, job, p, child):
    """Take what a child gets from its parent's tasks; in a tree no more than the share of the child's branch."""
    mask, amount = state[child, MASK], state[child, WANT]
    holds = state[p, HOLD]
    if p == state[0, ORDER]:
        holds = job[POOL]
    if job[TOPOLOGY] == TREE:
        mask = state[child, NEED] & state[child, REACH]
        amount = min(amount, 1 + (tally(holds, 15) * state[child, BELOW] - 1) // max(state[p, BELOW], 1))
    job[GIVE] = take(holds, mask, amount)
    if p == state[0, ORDER]:
        job[POOL] -= job[GIVE]
    else:
        state[p, HOLD] -= job[GIVE]
    if job[TOPOLOGY] == STAR:
        state[child, WANT] = max(state[child, WANT] - tally(job[GIVE], 15), 0)
    elif job[GIVE] > 0:
        state[child, WANT] = 0


def serve(trait, state, job, rule, p, now):
    """Let `p` send tasks to all that wait for them; a branch of a tree that runs dry asks above."""
    if trait[p, FAIL] <= now or state[p, PLACE] < 0:
        return
    leads, tree = p == state[0, ORDER], job[TOPOLOGY] == TREE
    first = job[BRANCHING] * state[p, PLACE] + 1 if tree else 1
    waiting = 0
    for place in range(first, min(first + job[BRANCHING], job[SIZE]) if tree else job[SIZE]):
        child = state[place, ORDER]
        if state[child, WANT] == 0:
            continue
        _grant(state, job, p, child)
        if job[GIVE] == 0:
            waiting += 1
            continue
        if job[TOPOLOGY] == BLACKBOARD and job[SIZE] > 2:
            job[SENT] += 1
            occupy(trait, state, rule, now, p)
        send(trait, state, job, rule, now, p, child, TASKS, p, job[GIVE])
    if leads:
        push(job, rule, now, WORK, p, 0, 0)
    elif waiting > 0:
        push(job, rule, now, ASK, p, 0, 0)


def look_for_work(trait, state, job, rule, a, now):
    """Let an idle agent of a mesh ask a neighbour for half of its tasks; after all of them it rests for a while."""
    size, branching = job[SIZE], job[BRANCHING]
    if size < 2 or state[a, PLACE] < 0 or state[a, ASKED] > 0 or state[a, BUSY] != 0:
        return
    state[a, ASKED] = 1
    if state[a, TRIES] >= min(branching if branching > 0 else 8, size - 1):
        state[a, TRIES] = 0
        trait[a, BACKOFF] = min(2 * trait[a, BACKOFF], 4 * rule[TASK_MS])
        push(job, rule, now + trait[a, BACKOFF], WAKE, a, 0, 0)
        return
    ahead = 1 + int(draw(job, rule) * (size - 1))
    if branching > 0:
        reach = offset(size, branching, state[a, TRIES] // 2)
        ahead = reach if state[a, TRIES] % 2 == 0 else size - reach
    victim = state[(state[a, PLACE] + ahead) % size, ORDER]
    send(trait, state, job, rule, now, a, victim, STEAL, a, 0)


def pass_token(trait, state, job, rule, a, way, load, now):
    """Let an agent take tasks of a passing token and hand on the rest; a token nobody can use waits for a busy one."""
    size = job[SIZE]
    room = 32768 if size == 1 else job[BATCH] - tally(state[a, HOLD], 15)
    got = take(load, state[a, MASK], room)
    state[a, HOLD] += got
    job[STILL + way] = 0 if got > 0 else job[STILL + way] + 1
    push(job, rule, now, WORK, a, 0, 0)
    if load == got:
        return
    if size == 1 or (job[STILL + way] >= size and state[a, BUSY] != 0) or job[STILL + way] > 4 * size:
        state[a, PARK + way] += load - got
        return
    follow = state[(state[a, PLACE] + (1 if way == 0 else size - 1)) % size, ORDER]
    send(trait, state, job, rule, now, a, follow, TOKEN, way, load - got)


def _bidder(state, job, k, step):
    """Return the agent that is `step` places after the start of an auction, or -1 if it cannot do the tasks."""
    agent = state[(job[AUCTION + 4 * k + 1] + step) % job[SIZE], ORDER]
    return agent if (state[agent, MASK] & job[AUCTION + 4 * k + 3]) > 0 else -1


def offer(trait, state, job, rule, now):
    """Let the leader offer tasks to agents that can do them, in up to 16 auctions at a time."""
    leader = state[0, ORDER]
    wanted = job[BRANCHING] if job[BRANCHING] > 0 else job[SIZE]
    for k in range(AUCTIONS):
        if job[AUCTION + 4 * k] > 0 or job[POOL] == 0 or trait[leader, FAIL] <= now:
            continue
        best = 0
        for s in range(1, 4):
            if (job[POOL] >> (15 * s)) & 32767 > (job[POOL] >> (15 * best)) & 32767:
                best = s
        load = take(job[POOL], 1 << best, job[BATCH])
        job[POOL] -= load
        asked = 0
        job[AUCTION + 4 * k + 1] = int(draw(job, rule) * job[SIZE])
        job[AUCTION + 4 * k + 2] = load
        job[AUCTION + 4 * k + 3] = 1 << best
        for step in range(job[SIZE]):
            bidder = _bidder(state, job, k, step)
            if asked < wanted and bidder >= 0:
                asked += 1
                send(trait, state, job, rule, now, leader, bidder, ANNOUNCE, k, load)
        job[AUCTION + 4 * k] = asked


def _winner(trait, state, job, k):
    """Return who of those asked in an auction would begin first, -1 if nobody was."""
    winner = -1
    asked = 0
    for step in range(job[SIZE]):
        other = _bidder(state, job, k, step)
        if other >= 0 and (job[BRANCHING] == 0 or asked < job[BRANCHING]):
            asked += 1
            if winner < 0 or trait[other, FREE] < trait[winner, FREE]:
                winner = other
    return winner


def _note(trait, state, job, bidder, load, now):
    """Note when a bidder would begin: as it says, and after what it was awarded since."""
    backlog = (state[bidder, AWARDED] - load // AUCTIONS % 4096) / max(trait[bidder, NOMINAL], 1e-12)
    trait[bidder, FREE] = now + 0.001 * (load // BIDS) + backlog
    k = load % AUCTIONS
    if job[AUCTION + 4 * k] > 0:
        job[AUCTION + 4 * k] -= 1
        return job[AUCTION + 4 * k] == 0
    return False


def take_bid(trait, state, job, rule, bidder, load, now):
    """Take a bid: the auction, how many tasks the bidder had got by then, microseconds until it would begin.

    The last bid closes the auction; of those asked the earliest wins.
    """
    if not _note(trait, state, job, bidder, load, now):
        return
    k = load % AUCTIONS
    winner = _winner(trait, state, job, k)
    tasks = job[AUCTION + 4 * k + 2]
    if winner < 0:
        job[POOL] += tasks
    else:
        count = tally(tasks, 15)
        state[winner, AWARDED] += count
        begin = max(trait[winner, FREE], now)
        trait[winner, FREE] = begin + count / max(trait[winner, NOMINAL], 1e-12)
        send(trait, state, job, rule, now, state[0, ORDER], winner, TASKS, state[0, ORDER], tasks)
    push(job, rule, now, ROUND, state[0, ORDER], 0, 0)
