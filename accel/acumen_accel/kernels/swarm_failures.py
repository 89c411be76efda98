"""How a simulated swarm stands, and stands again after a death: branches, lanes, a new leader, tasks brought back."""

from .swarm_events import push, send

STAR = 1
TREE = 2
MESH = 3
RING = 4
PIPELINE = 5
MARKET = 6
BLACKBOARD = 7
NOMINAL = 1
LATENCY = 2
PORT = 5
MASK = 0
HOLD = 1
CURRENT = 3
PLACE = 4
ASKED = 5
WANT = 6
NEXT = 9
LANE = 10
BELOW = 12
REACH = 13
PARK = 14
ORDER = 16
SENT = 1
SIZE = 3
POOL = 4
TOPOLOGY = 7
BRANCHING = 8
LANES = 10
HEAD = 13
SKILLS = 17
AUCTION = 23
COST = 0
PACE = 10
GIVEN = 14
GIVE = 87
RECOVER = 2
WORK = 3
SERVE = 5
ROUND = 6
TASKS = 11
REQUEST = 12
AUCTIONS = 16


def arrange(trait, state, job, rule):
    """Derive from the order what a topology needs: sizes and skills of branches, or the lanes of a pipeline."""
    workers = 0
    for place in range(job[SIZE]):
        a = state[place, ORDER]
        state[a, BELOW] = 1
        state[a, REACH] = state[a, MASK]
        workers += 1 if state[a, MASK] > 0 else 0
    if job[TOPOLOGY] == TREE:
        for place in range(job[SIZE] - 1, 0, -1):
            above = state[(place - 1) // job[BRANCHING], ORDER]
            state[above, BELOW] += state[state[place, ORDER], BELOW]
            state[above, REACH] |= state[state[place, ORDER], REACH]
    if job[TOPOLOGY] == PIPELINE:
        job[LANES] = min(job[BRANCHING], workers)
        for lane in range(4):
            job[HEAD + lane] = -1
            job[SKILLS + lane] = 0
            rule[PACE + lane] = 0
        for place in range(job[SIZE] - 1, -1, -1):
            a = state[place, ORDER]
            if state[a, MASK] > 0:
                workers -= 1
                lane = workers % job[LANES]
                state[a, LANE] = lane
                state[a, NEXT] = job[HEAD + lane]
                job[HEAD + lane] = a
                job[SKILLS + lane] |= state[a, MASK]
                rule[PACE + lane] += trait[a, NOMINAL]


def _share(job, rule):
    """Share the pool out to the lanes that have the skills, each task to the one that would be done with it first."""
    for lane in range(4):
        job[GIVE + lane] = 0
        rule[GIVEN + lane] = 0
    for s in range(4):
        for _ in range((job[POOL] >> (15 * s)) & 32767):
            best = 4
            for lane in range(job[LANES]):
                able = (job[SKILLS + lane] >> s) & 1
                if able and (best == 4 or rule[GIVEN + lane] < rule[GIVEN + best]):
                    best = lane
            if best < 4:
                job[GIVE + best] += 1 << (15 * s)
                rule[GIVEN + best] += 1 / rule[PACE + best]


def recover(trait, state, job, rule, place, bundle, now):
    """Bring tasks into the job, or back after a death: to the leader, a neighbour that has the skill, or the lanes."""
    leader, topology, size = state[0, ORDER], job[TOPOLOGY], job[SIZE]
    job[POOL] += bundle
    if topology in (MESH, RING):
        for step in range(4 * size):
            a = state[(place + step // 4) % size, ORDER]
            some = job[POOL] & (32767 << (15 * (step % 4)))
            if some > 0 and (state[a, MASK] >> (step % 4)) & 1:
                state[a, HOLD] += some
                job[POOL] -= some
                job[SENT] += 1
                push(job, rule, now, WORK, a, 0, 0)
        return
    if topology == PIPELINE:
        _share(job, rule)
        for lane in range(job[LANES]):
            if job[GIVE + lane] > 0:
                job[POOL] -= job[GIVE + lane]
                send(trait, state, job, rule, now, leader, job[HEAD + lane], TASKS, leader, job[GIVE + lane])
    push(job, rule, now, ROUND if topology == MARKET else SERVE, leader, 0, 0)


def _elect(trait, state, job, rule, now):
    """Let the next agent lead: it asks all for their state; a blackboard's standby has it already."""
    a = state[0, ORDER]
    calls = 2 if job[TOPOLOGY] == BLACKBOARD else 2 * job[SIZE]
    job[SENT] += calls
    trait[a, PORT] = max(trait[a, PORT], now) + 2 * trait[a, LATENCY] + calls * rule[COST]
    for k in range(AUCTIONS):
        if job[AUCTION + 4 * k] > 0:
            job[POOL] += job[AUCTION + 4 * k + 2]
            job[AUCTION + 4 * k] = 0


def miss(trait, state, job, rule, a, now):
    """Leave out an agent now known to be dead, close the gap, and bring its tasks back."""
    place, topology = state[a, PLACE], job[TOPOLOGY]
    for i in range(place, job[SIZE] - 1):
        state[i, ORDER] = state[i + 1, ORDER]
        state[state[i, ORDER], PLACE] = i
    state[a, PLACE] = -1
    job[SIZE] -= 1
    if job[SIZE] == 0:
        return
    state[a, HOLD] += state[a, CURRENT] + state[a, PARK] + state[a, PARK + 1]
    job[SENT] += 2 + (job[BRANCHING] if topology in (TREE, MESH) else 0)
    arrange(trait, state, job, rule)
    led = place == 0 and topology != MESH and topology != RING
    if led:
        _elect(trait, state, job, rule, now)
    for i in range(1, job[SIZE] if topology == TREE or led else 0):
        other = state[i, ORDER]
        state[other, WANT] = 0
        if topology == TREE:
            for s in range(4):
                odd = state[other, HOLD] & (32767 << (15 * s))
                if (state[other, REACH] >> s) & 1 == 0:
                    state[other, HOLD] -= odd
                    state[a, HOLD] += odd
        if state[other, ASKED] > 0 and topology in (STAR, TREE, BLACKBOARD):
            above = state[(i - 1) // job[BRANCHING] if topology == TREE else 0, ORDER]
            send(trait, state, job, rule, now, other, above, REQUEST, other, state[other, ASKED])
    push(job, rule, now, RECOVER, a, place, state[a, HOLD])
