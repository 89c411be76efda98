"""Discrete-event simulation of agents that share out tasks by messages, in seven topologies.

A message costs sender and receiver `COST` ms each, one at a time and at the expense of their work; it travels, and is
sent again when lost. Agents die at their `FAIL` and are missed some time later; what they held is done again. What
follows at once from an event is an event of its own: functions stay flat, which the compiler needs.
"""

from .swarm_events import draw, hop, occupy, pop, push, send, take, tally, timeout
from .swarm_failures import arrange, miss, recover
from .swarm_sharing import ask_for_tasks, look_for_work, offer, pass_token, serve, start_work, take_bid

STAR = 1
TREE = 2
MESH = 3
RING = 4
PIPELINE = 5
MARKET = 6
BLACKBOARD = 7
SPEED = 0
NOMINAL = 1
LATENCY = 2
ERROR = 3
FAIL = 4
DEBT = 6
BACKOFF = 7
MASK = 0
HOLD = 1
BUSY = 2
CURRENT = 3
PLACE = 4
ASKED = 5
WANT = 6
TRIES = 7
COUPLED = 8
NEXT = 9
BELOW = 12
REACH = 13
PARK = 14
GOT = 9
NEED = 10
ORDER = 16
DONE = 0
SENT = 1
HEAP = 2
SIZE = 3
POOL = 4
TOPOLOGY = 7
BRANCHING = 8
BATCH = 9
STILL = 11
DRAWS = 21
WORKS = 22
EVENT = 96
MISSED_AFTER = 3
HORIZON = 4
DEADLINE = 5
TASK_MS = 6
HEARTBEAT = 8
LAST = 9
CLOCK = 18
TIMES = 24
GIVE = 87
CAPACITY = 4096
DRAW = 4120
FINISH = 0
MISSED = 1
RECOVER = 2
WORK = 3
ASK = 4
SERVE = 5
ROUND = 6
WAKE = 7
LOOK = 8
RETRY = 9
COMPLETE = 10
TASKS = 11
REQUEST = 12
STEAL = 13
EMPTY = 14
SYNC = 15
REPLY = 16
TOKEN = 17
ANNOUNCE = 18
BID = 19
LOCAL = 32
AUCTIONS = 16
BIDS = 65536
NO_BID = 1 << 40


def _consult(trait, state, job, rule, a, now):
    """Let an agent whose coupled task is worked off ask a random other for what it needs; alone it needs nobody."""
    size = job[SIZE]
    other = state[0, ORDER]
    if size > 1 and state[a, PLACE] >= 0 and job[TOPOLOGY] != BLACKBOARD:
        other = state[(state[a, PLACE] + 1 + int(draw(job, rule) * (size - 1))) % size, ORDER]
    if size < 2 or other == a or state[a, PLACE] < 0:
        push(job, rule, now, COMPLETE, a, 0, 0)
        return
    state[a, BUSY] = 2
    send(trait, state, job, rule, now, a, hop(state, job, a, other), SYNC, a, other)


def _complete(trait, state, job, rule, a, now):
    """Count a task, and go on to the next."""
    job[DONE] += 1
    rule[LAST] = now
    state[a, CURRENT] = 0
    state[a, BUSY] = 0
    push(job, rule, now, WORK, a, 0, 0)
    if job[TOPOLOGY] == STAR and a != state[0, ORDER]:
        state[a, ASKED] += 1
        send(trait, state, job, rule, now, a, state[0, ORDER], REQUEST, a, 1)
    for way in range(2 if job[TOPOLOGY] == RING else 0):
        load = state[a, PARK + way]
        if load > 0:
            state[a, PARK + way] = 0
            job[STILL + way] = 0
            push(job, rule, now, TOKEN + LOCAL, a, way, load)


def _finish(trait, state, job, rule, a, now):
    """End the work on a task, later if messages interrupted it; then hand it on, consult, or count it."""
    if trait[a, FAIL] <= now:
        return
    if trait[a, DEBT] > 0:
        push(job, rule, now + trait[a, DEBT], FINISH, a, 0, 0)
        trait[a, DEBT] = 0
    elif job[TOPOLOGY] == PIPELINE and state[a, NEXT] >= 0:
        load = state[a, CURRENT]
        state[a, CURRENT] = 0
        state[a, BUSY] = 0
        send(trait, state, job, rule, now, a, state[a, NEXT], TASKS, a, load)
        push(job, rule, now, WORK, a, 0, 0)
    else:
        push(job, rule, now, RETRY if state[a, COUPLED] == 1 else COMPLETE, a, 0, 0)


def _lose(trait, state, job, rule, kind, b, source, load, now):
    """Tell what becomes of a message to a dead agent: tasks come back when it is missed, senders that wait time out."""
    if kind in (TASKS, TOKEN):
        if state[b, PLACE] >= 0:
            state[b, HOLD] += load
        else:
            push(job, rule, now, RECOVER, b, 0, load)
    elif kind == STEAL:
        push(job, rule, now + timeout(trait, rule, source, b), EMPTY, source, b, 0)
    elif kind == SYNC or (kind == REPLY and b != source):
        push(job, rule, now + timeout(trait, rule, source, b), RETRY, source, b, 0)
    elif kind == ANNOUNCE:
        leader = state[0, ORDER]
        push(job, rule, now + timeout(trait, rule, leader, b), BID, leader, b, NO_BID * BIDS + source)


def _deliver(trait, state, job, rule, kind, b, source, load, now):
    """Handle a message that brings tasks, asks for them, or says there are none."""
    if kind == TASKS:
        state[b, HOLD] += load
        count = tally(load, 15)
        state[b, GOT] += count if job[TOPOLOGY] == MARKET else 0
        state[b, ASKED] = max(state[b, ASKED] - count, 0) if job[TOPOLOGY] == STAR else 0
        if job[TOPOLOGY] == MESH:
            state[b, TRIES] = 0
            trait[b, BACKOFF] = 0.25 * rule[TASK_MS]
        push(job, rule, now, WORK, b, 0, 0)
        if job[TOPOLOGY] == TREE:
            push(job, rule, now, SERVE, b, 0, 0)
    elif kind == REQUEST:
        state[source, WANT] = load + (state[source, WANT] if job[TOPOLOGY] == STAR else 0)
        push(job, rule, now, SERVE, b, 0, 0)
    elif kind == STEAL:
        spare = tally(state[b, HOLD], state[source, MASK])
        got = take(state[b, HOLD], state[source, MASK], (spare + 1) // 2)
        state[b, HOLD] -= got
        send(trait, state, job, rule, now, b, source, TASKS if got > 0 else EMPTY, b, got)
    else:
        state[b, TRIES] += 1
        state[b, ASKED] = 0
        push(job, rule, now, LOOK, b, 0, 0)


def _answer(trait, state, job, rule, kind, b, source, load, now):
    """Handle a question, an answer on its way, or a step of an auction."""
    if kind == SYNC and b != load and job[TOPOLOGY] != BLACKBOARD:
        send(trait, state, job, rule, now, b, hop(state, job, b, load), SYNC, source, load)
    elif kind == SYNC or (kind == REPLY and b != source):
        send(trait, state, job, rule, now, b, hop(state, job, b, source), REPLY, source, load)
    elif kind == REPLY and state[b, BUSY] == 2:
        push(job, rule, now, COMPLETE, b, 0, 0)
    elif kind == ANNOUNCE:
        bid = int(1000 * (tally(state[b, HOLD], 15) + min(state[b, BUSY], 1)) / trait[b, SPEED])
        told = (bid * 4096 + state[b, GOT]) * AUCTIONS + source
        send(trait, state, job, rule, now, b, state[0, ORDER], BID, b, told)


def _act(trait, state, job, rule, kind, a, source, load, now):
    """Let what follows from an event happen."""
    if kind == FINISH:
        _finish(trait, state, job, rule, a, now)
    elif kind == MISSED:
        miss(trait, state, job, rule, a, now)
    elif kind == RECOVER:
        recover(trait, state, job, rule, source, load, now)
    elif kind == WORK:
        start_work(trait, state, job, rule, a, now)
    elif kind == ASK:
        ask_for_tasks(trait, state, job, rule, a, now)
    elif kind == SERVE:
        serve(trait, state, job, rule, a, now)
    elif kind == ROUND:
        offer(trait, state, job, rule, now)
    elif trait[a, FAIL] <= now:
        return
    elif kind == RETRY:
        _consult(trait, state, job, rule, a, now)
    elif kind == COMPLETE:
        _complete(trait, state, job, rule, a, now)
    else:
        if kind == WAKE:
            state[a, ASKED] = 0
        look_for_work(trait, state, job, rule, a, now)


def _deal(trait, state, job):
    """Note as wanted what each agent of a mesh gets at the start: of each skill its share by nominal speed."""
    for s in range(4):
        rest = 0.0
        for place in range(job[SIZE]):
            a = state[place, ORDER]
            if (state[a, MASK] >> s) & 1:
                rest += trait[a, NOMINAL]
        for place in range(job[SIZE]):
            a = state[place, ORDER]
            if (state[a, MASK] >> s) & 1:
                some = int(((job[POOL] >> (15 * s)) & 32767) * min(1.0, trait[a, NOMINAL] / rest) + 0.5)
                state[a, WANT] += some << (15 * s)
                job[POOL] -= some << (15 * s)
                rest -= trait[a, NOMINAL]


def _spin(state, job, rule, bundle, total):
    """Start one token with all tasks, or two with half of them each, at the leader."""
    if job[BRANCHING] == 2:
        job[GIVE] = take(bundle, 15, total // 2)
    push(job, rule, 0.0, TOKEN + LOCAL, state[0, ORDER], 0, bundle - job[GIVE])
    push(job, rule, 0.0, TOKEN + LOCAL, state[0, ORDER], 1, job[GIVE])


def _invite(state, job, ahead):
    """Note that every agent of a star waits for tasks from the start, in a tree every branch."""
    for place in range(1, job[SIZE]):
        a = state[place, ORDER]
        if state[a, REACH] > 0:
            amount = ahead
            if job[TOPOLOGY] == TREE:
                amount *= state[a, BELOW]
            state[a, WANT] = amount
            state[a, ASKED] = amount
            state[a, NEED] = 15


def _open(trait, state, job, rule, bundle, total):
    """Hand out the job at time 0: to the leader's pool, as tokens, down lanes, or to all by their nominal speeds."""
    topology, leader = job[TOPOLOGY], state[0, ORDER]
    if topology == RING:
        _spin(state, job, rule, bundle, total)
        return
    job[POOL] = bundle
    if topology == MESH:
        _deal(trait, state, job)
    elif topology in (STAR, TREE):
        _invite(state, job, min(job[BATCH], max(1, total // job[SIZE])))
    for place in range(job[SIZE]):
        a = state[place, ORDER]
        if topology == MESH and state[a, MASK] > 0:
            send(trait, state, job, rule, 0.0, leader, a, TASKS, leader, state[a, WANT])
        elif topology == BLACKBOARD and place > 0 and state[a, MASK] > 0:
            push(job, rule, 0.0, ASK, a, 0, 0)
    push(job, rule, 0.0, RECOVER, leader, 0, 0)


def _links(topology, branching, size):
    """Return how many links carry heartbeats."""
    if topology == MESH:
        return size * min(branching if branching > 0 else size - 1, size - 1) // 2
    return size if topology == RING and size > 2 else size - 1


def _receive(trait, state, job, rule, kind, a, source, load, now):
    """Handle a message, if the agent lives to do so."""
    if trait[a, FAIL] <= now:
        _lose(trait, state, job, rule, kind, a, source, load, now)
    elif kind < SYNC:
        _deliver(trait, state, job, rule, kind, a, source, load, now)
    elif kind == TOKEN:
        pass_token(trait, state, job, rule, a, source, load, now)
    elif kind == BID:
        if a == state[0, ORDER]:
            take_bid(trait, state, job, rule, source, load, now)
    else:
        _answer(trait, state, job, rule, kind, a, source, load, now)


def _step(trait, state, job, rule, kind, a, source, load, now):
    """Let one event happen."""
    if kind < TASKS:
        _act(trait, state, job, rule, kind, a, source, load, now)
    else:
        _receive(trait, state, job, rule, kind % LOCAL, a, source, load, now)


def _next(trait, state, job, rule):
    """Take the earliest event, and if it is a message from another, let it be handled; return its place."""
    slot = pop(job, rule)
    if TASKS <= job[slot + 1] < LOCAL:
        rule[CLOCK] = occupy(trait, state, rule, rule[CLOCK], job[slot + 2])
    return slot


def _play(trait, state, job, rule, total):
    """Play events until all tasks are done, nothing can happen any more, or the horizon is reached."""
    while job[DONE] < total and job[HEAP] > 0 and job[SIZE] > 0 and rule[TIMES] <= rule[HORIZON]:
        rule[CLOCK] = rule[TIMES]
        i = _next(trait, state, job, rule)
        _step(trait, state, job, rule, job[i + 1], job[i + 2], job[i + 3], job[i + 4], rule[CLOCK])


def _seat(trait, state, rules, agents, masks, leaders, chance):
    """Set every agent to its start."""
    for a in range(agents.shape[0]):
        for column in range(8):
            trait[a, column] = 0
        for column in range(16):
            state[a, column] = 0
        trait[a, SPEED] = agents[a, 0] * chance[a, 0]
        trait[a, NOMINAL] = agents[a, 0]
        trait[a, LATENCY] = agents[a, 1]
        trait[a, ERROR] = agents[a, 2]
        trait[a, FAIL] = chance[a, 1]
        trait[a, BACKOFF] = 0.25 * rules[TASK_MS]
        state[a, MASK] = masks[a]
        state[a, ORDER] = leaders[a]
    for place in range(agents.shape[0]):
        state[leaders[place], PLACE] = place


def _describe(job, n, draws, works, configuration):
    """Note what is played."""
    job[SIZE] = n
    job[DRAWS] = draws
    job[WORKS] = works
    job[TOPOLOGY] = configuration[0]
    job[BRANCHING] = configuration[1]
    job[BATCH] = configuration[2]


# pythran export simulate(int64[:,:] order(C), float64[:,:] order(C), int64[], int64[:,:] order(C), float64[], int,
#     float64[:,:,:] order(C), float64[:,:,:] order(C), float64[:,:] order(C), float64[:,:] order(C),
#     int64[:,:] order(C), int64[], float64[], float64[:,:,:] order(C))
def simulate(
    configurations, agents, masks, leaders, rules, bundle, chance, sizes, luck, trait, state, job, rule, out,
):  # fmt: skip
    """Play every configuration with every seed, into `out` (c, seeds, 3): time in ms, messages, whether in time.

    `configurations` (c, 3): topology, branching, batch. `agents` (n, 3): tasks a ms, latency in ms, error rate;
    `masks` (n,) their skills. `leaders` (c, n): the agents in order, by configuration. `rules`: `rule` up to HEARTBEAT.
    `bundle`: the tasks. `chance` (seeds, n, 2): factor on the speed, ms of death; `sizes` (seeds, tasks, 3): work, and
    draws for attempts and coupling; `luck` (seeds, l): draws for the rest. `trait` (n, 8), `state` (n, 17), `job`
    (EVENT + 5 CAPACITY,) and `rule` (DRAW + l + 3 tasks,) are scratch: made here, their types would outgrow the
    compiler.
    """
    n, draws, works, total = agents.shape[0], luck.shape[1], sizes.shape[1], tally(bundle, 15)
    for c in range(configurations.shape[0]):
        for seed in range(chance.shape[0]):
            for slot in range(CAPACITY):
                job[EVENT + 5 * slot] = slot
            for i in range(EVENT):
                job[i] = 0
            for i in range(TIMES):
                rule[i] = rules[i] if i < rules.shape[0] else 0.0
            for i in range(draws):
                rule[DRAW + i] = luck[seed, i]
            for i in range(3 * works):
                rule[DRAW + draws + i] = sizes[seed, i // 3, i % 3]
            _seat(trait, state, rules, agents, masks, leaders[c], chance[seed])
            _describe(job, n, draws, works, configurations[c])
            for a in range(n):
                if trait[a, FAIL] < rules[HORIZON]:
                    push(job, rule, trait[a, FAIL] + rules[MISSED_AFTER], MISSED, a, 0, 0)
            arrange(trait, state, job, rule)
            _open(trait, state, job, rule, bundle, total)
            _play(trait, state, job, rule, total)
            finished = job[DONE] == total
            time = rule[LAST] if finished else rule[HORIZON]
            out[c, seed, 0] = time
            out[c, seed, 1] = job[SENT] + _links(job[TOPOLOGY], job[BRANCHING], n) * time / rule[HEARTBEAT]
            out[c, seed, 2] = 1.0 if finished and time <= rule[DEADLINE] else 0.0
