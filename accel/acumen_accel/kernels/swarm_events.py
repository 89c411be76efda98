"""Messages between agents of a simulated swarm: bundles of tasks, the event heap, sending, ways through a topology.

Everything works on four arrays: traits and states of agents, `trait` (n, 8) and `state` (n, 17), whose last column
lists those not known to be dead, leader first; `job`, what it has come to, and the events; `rule`, its numbers, the
times of the event heap, uniform draws, and for each task its work and the draws for attempts and coupling. A bundle is
one integer: the count of tasks of each of four skills in 15 bits. Pythran takes functions from other files, not
numbers, so each file states the columns, places and events it names; that they agree is tested.
"""

import numpy as np

STAR = 1
TREE = 2
MESH = 3
RING = 4
MARKET = 6
LATENCY = 2
PORT = 5
DEBT = 6
BUSY = 2
PLACE = 4
ORDER = 16
SENT = 1
HEAP = 2
SIZE = 3
LUCK = 6
TOPOLOGY = 7
BRANCHING = 8
DRAWS = 21
EVENT = 96
COST = 0
LOSS = 1
JITTER = 7
TIMES = 24
DRAW = 4120
LOCAL = 32


def tally(bundle, mask):
    """Return how many tasks of a bundle have a skill of the mask."""
    total = 0
    for s in range(4):
        if (mask >> s) & 1:
            total += (bundle >> (15 * s)) & 32767
    return total


def take(bundle, mask, k):
    """Return up to `k` tasks of a bundle that the mask allows, most plentiful skills first."""
    taken = 0
    while k > 0:
        best = 0
        most = 0
        for s in range(4):
            left = ((bundle - taken) >> (15 * s)) & 32767
            if (mask >> s) & 1 and left > most:
                most = left
                best = s
        if most == 0:
            break
        some = min(most, max(1, k // 4))
        taken += some << (15 * best)
        k -= some
    return taken


def push(job, rule, time, kind, agent, source, load):
    """Add an event."""
    i = job[HEAP]
    job[HEAP] += 1
    slot = job[EVENT + 5 * i]
    job[EVENT + 5 * slot + 1] = kind
    job[EVENT + 5 * slot + 2] = agent
    job[EVENT + 5 * slot + 3] = source
    job[EVENT + 5 * slot + 4] = load
    while i > 0 and time < rule[TIMES + (i - 1) // 2]:
        rule[TIMES + i] = rule[TIMES + (i - 1) // 2]
        job[EVENT + 5 * i] = job[EVENT + 5 * ((i - 1) // 2)]
        i = (i - 1) // 2
    rule[TIMES + i] = time
    job[EVENT + 5 * i] = slot


def pop(job, rule):
    """Remove the earliest event; return the place of its slot, which stays as it is until the next push."""
    slot = job[EVENT]
    job[HEAP] -= 1
    n = job[HEAP]
    last = rule[TIMES + n]
    moved = job[EVENT + 5 * n]
    i = 0
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and rule[TIMES + child + 1] < rule[TIMES + child]:
            child += 1
        if rule[TIMES + child] >= last:
            break
        rule[TIMES + i] = rule[TIMES + child]
        job[EVENT + 5 * i] = job[EVENT + 5 * child]
        i = child
    rule[TIMES + i] = last
    job[EVENT + 5 * i] = moved
    job[EVENT + 5 * n] = slot
    return EVENT + 5 * slot


def draw(job, rule):
    """Return the next uniform draw."""
    job[LUCK] += 1
    return rule[DRAW + job[LUCK] % job[DRAWS]]


def occupy(trait, state, rule, now, agent):
    """Let an agent handle one message as soon as it can; return when it is handled."""
    trait[agent, PORT] = max(now, trait[agent, PORT]) + rule[COST]
    if state[agent, BUSY] == 1:
        trait[agent, DEBT] += rule[COST]
    return trait[agent, PORT]


def timeout(trait, rule, a, b):
    """Return how long a sender waits before it sends again, ms."""
    return 2 * (trait[a, LATENCY] + trait[b, LATENCY]) + 4 * rule[COST]


def send(trait, state, job, rule, now, a, b, kind, source, load):
    """Send a message from `a` to `b`, again and again until it arrives; to itself at no cost."""
    if a == b:
        push(job, rule, now, kind + LOCAL, b, source, load)
        return
    left = occupy(trait, state, rule, now, a)
    travel = 0.5 * (trait[a, LATENCY] + trait[b, LATENCY])
    travel *= 1 - rule[JITTER] - rule[JITTER] * np.log(max(draw(job, rule), 1e-12))
    again = 0
    if rule[LOSS] > 0:
        again = min(int(np.log(max(draw(job, rule), 1e-12)) / np.log(rule[LOSS])), 20)
    job[SENT] += 1 + again
    push(job, rule, left + travel + again * timeout(trait, rule, a, b), kind, b, source, load)


def offset(size, branching, k):
    """Return the `k`-th reach of a mesh of `branching` links an agent: powers that span the circle."""
    return int(float(size) ** (2.0 * k / branching) + 0.5)


def hop(state, job, u, goal):
    """Return the next agent on the way from `u` to `goal`."""
    topology, branching, size, a, b = job[TOPOLOGY], job[BRANCHING], job[SIZE], state[u, PLACE], state[goal, PLACE]
    if a < 0 or b < 0 or topology == MARKET or (topology == MESH and branching == 0):
        return goal
    if topology == STAR:
        return goal if a == 0 else state[0, ORDER]
    if topology == TREE:
        child = b
        while child > a and (child - 1) // branching != a:
            child = (child - 1) // branching
        return state[child if child > a else (a - 1) // branching, ORDER]
    ahead = (b - a) % size
    if topology == RING:
        forth = branching == 1 or 2 * ahead <= size
        return state[(a + (1 if forth else size - 1)) % size, ORDER]
    far = min(ahead, size - ahead)
    step = 1
    for k in range(branching // 2):
        reach = offset(size, branching, k)
        if reach <= far:
            step = max(step, reach)
    return state[(a + (step if 2 * ahead <= size else -step)) % size, ORDER]
