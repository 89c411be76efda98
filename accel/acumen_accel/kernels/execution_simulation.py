"""Event simulation of a graph of subproblems worked through by one of eight strategies, many runs at once.

An attempt's duration and outcome are known the moment it begins, so the next event is a minimum over what is running.
"""

import numpy as np

SEQUENTIAL = 0
PARALLEL = 1
PIPELINE = 2
DIVIDE_CONQUER = 3
SPECULATIVE = 4
ITERATIVE_REFINE = 5
PORTFOLIO_RACE = 6
ADAPTIVE = 7

WAITING = 0
RUNNING = 1
HELD = 2  # Finished well, but on something that is not solved yet.
SOLVED = 3

EFFORT = 0
P = 1
SHARED = 2

STATE = 0
TRIES = 1
STARTS = 2
EARLY = 3
GOOD = 4
LEFT = 5  # Parts still to be solved.
STAFF = 6

BEGIN = 0
FINISH = 1
WORK = 2

DRAWS = 12

# What a strategy makes of an effort, by its number.
OVERHEAD = (1.0, 1.03, 1.05, 1.0, 1.05, 1.15, 1.03, 1.04)


def _missing(i, first, parent, marks):
    """Return how many of the subproblems that `i` depends on are not solved."""
    count = 0
    for e in range(first[i], first[i + 1]):
        if marks[parent[e], STATE] != SOLVED:
            count += 1
    return count


def _half_done(i, now, first, parent, marks, times):
    """Return whether everything `i` depends on is at least half done."""
    for e in range(first[i], first[i + 1]):
        j = parent[e]
        if marks[j, STATE] == WAITING:
            return False
        if marks[j, STATE] == RUNNING and now < 0.5 * (times[j, BEGIN] + times[j, FINISH]):
            return False
    return True


def _load(i, task, marks):
    """Return how much others work on shared state just now."""
    load = 0.0
    for j in range(task.shape[0]):
        if j != i and marks[j, STATE] == RUNNING:
            load += task[j, SHARED]
    return load


def _divided(i, effort, p, parts, free, join, factor, luck, marks):
    """Return duration and work of a round over the parts of `i` that are left, and update how many are."""
    left = marks[i, LEFT]
    staff = min(left, free)
    longest = 0.0
    total = 0.0
    failed = 0
    for part in range(left):
        a = (marks[i, STARTS] * 4 + part) % DRAWS
        took = effort / parts * factor[i, a]
        longest = max(longest, took)
        total += took
        if luck[i, a] >= p ** (1.0 / parts):
            failed += 1
    marks[i, LEFT] = failed
    marks[i, GOOD] = 1 if failed == 0 else 0
    marks[i, STAFF] = staff
    return longest * ((left + staff - 1) // staff) + join, total + join


def _raced(i, effort, p, copies, factor, luck, marks):
    """Return duration and work of several attempts at once, of which the first success counts."""
    fastest = np.inf
    longest = 0.0
    total = 0.0
    for copy in range(copies):
        a = (marks[i, STARTS] * 3 + copy) % DRAWS
        took = effort * factor[i, a]
        longest = max(longest, took)
        total += took
        if luck[i, a] < p:
            fastest = min(fastest, took)
    marks[i, GOOD] = 1 if fastest < np.inf else 0
    marks[i, STAFF] = copies
    if fastest < np.inf:
        return fastest, fastest * copies
    return longest, total


def _single(i, strategy, effort, p, factor, luck, marks):
    """Return duration of one attempt by one worker; later passes of refinement are short and fail less."""
    a = marks[i, STARTS] % DRAWS
    took = effort * factor[i, a]
    if strategy == ITERATIVE_REFINE:
        took = effort * (0.5 + 0.5 * factor[i, a])
        if marks[i, TRIES] > 0:
            took *= 0.35 / 1.15
            p = 1.0 - (1.0 - p) * 0.5 ** marks[i, TRIES]
    marks[i, GOOD] = 1 if luck[i, a] < p else 0
    marks[i, STAFF] = 1
    return took


def _begin(i, strategy, now, free, workers, retry, task, factor, luck, marks, times, early):
    """Begin an attempt at `i`; return how many workers it takes and what work it will be."""
    crowd = task[i, SHARED] * _load(i, task, marks)
    if strategy == ITERATIVE_REFINE:
        crowd *= 0.5
    effort = task[i, EFFORT] * OVERHEAD[strategy] * (1.0 + crowd)
    p = task[i, P] * (1.0 - 0.15 * min(1.0, crowd))
    if strategy == DIVIDE_CONQUER:
        join = task[i, EFFORT] * (0.08 + 0.32 * task[i, SHARED])
        took, work = _divided(i, effort, p, min(workers, 4), free, join, factor, luck, marks)
    elif strategy == PORTFOLIO_RACE:
        took, work = _raced(i, effort, p, min(3, free), factor, luck, marks)
    elif strategy == ADAPTIVE:
        took, work = _raced(i, effort, p, min(2, free) if marks[i, TRIES] > 0 else 1, factor, luck, marks)
    else:
        took = _single(i, strategy, effort, p, factor, luck, marks)
        work = took
    if marks[i, TRIES] > 0:
        took += retry
        work += retry
    marks[i, STATE] = RUNNING
    marks[i, STARTS] += 1
    marks[i, EARLY] = early
    times[i, BEGIN] = now
    times[i, FINISH] = now + took
    times[i, WORK] = work
    return marks[i, STAFF], work


def _may_begin(i, strategy, now, free, workers, first, parent, task, marks, times):
    """Return 0 when `i` has to wait, 1 when it may begin, 2 when it may begin early."""
    if marks[i, STATE] != WAITING or free < 1:
        return 0
    if _missing(i, first, parent, marks) == 0:
        if strategy == ADAPTIVE and free < workers and task[i, SHARED] * _load(i, task, marks) > 0.2:
            return 0
        return 1
    if strategy == PIPELINE and _half_done(i, now, first, parent, marks, times):
        return 2
    return 0


def _drop(i, now, marks, times):
    """Throw away what was begun early on `i`; return the workers freed and the work not done after all."""
    freed = 0
    saved = 0.0
    if marks[i, STATE] == RUNNING:
        freed = marks[i, STAFF]
        length = max(times[i, FINISH] - times[i, BEGIN], 1e-12)
        saved = times[i, WORK] * (times[i, FINISH] - now) / length
    marks[i, STATE] = WAITING
    marks[i, EARLY] = 0
    return freed, saved


def _settle(strategy, now, first, parent, task, luck, marks, times, news):
    """Follow up what was solved or has failed (`news`, in place); return workers freed and work not done after all."""
    n = task.shape[0]
    freed = 0
    saved = 0.0
    changed = True
    while changed:
        changed = False
        for i in range(n):
            if marks[i, STATE] != HELD and (marks[i, STATE] != RUNNING or marks[i, EARLY] == 0):
                continue
            wrong = False
            for e in range(first[i], first[i + 1]):
                j = parent[e]
                if strategy == PIPELINE and marks[j, STATE] == WAITING:
                    wrong = True
                elif strategy == SPECULATIVE and news[j] == 1:
                    draw = luck[i, DRAWS + (marks[i, STARTS] + e - first[i]) % DRAWS]
                    wrong = wrong or draw >= 0.75 * (1.0 - 0.5 * task[i, SHARED])
            if wrong:
                workers, work = _drop(i, now, marks, times)
                freed += workers
                saved += work
                changed = True
        for j in range(n):
            news[j] = 0
        for i in range(n):
            if marks[i, STATE] == HELD and _missing(i, first, parent, marks) == 0:
                marks[i, STATE] = SOLVED
                news[i] = 1
                changed = True
            elif marks[i, EARLY] == 1 and _missing(i, first, parent, marks) == 0:
                marks[i, EARLY] = 0
    return freed, saved


def _finish(i, strategy, marks, news):
    """End the attempt at `i`; return whether the problem can still be solved."""
    if marks[i, GOOD] == 0:
        marks[i, STATE] = WAITING
        marks[i, TRIES] += 1
        marks[i, EARLY] = 0
        most = 4 if strategy == ADAPTIVE else (6 if strategy == ITERATIVE_REFINE else 3)
        return marks[i, TRIES] < most
    if marks[i, EARLY] == 1:
        marks[i, STATE] = HELD
    else:
        marks[i, STATE] = SOLVED
        news[i] = 1
    return True


def _next_event(strategy, now, marks, times):
    """Return when something happens next: an attempt ends, or for a pipeline is half done."""
    soonest = np.inf
    for i in range(marks.shape[0]):
        if marks[i, STATE] == RUNNING:
            half = 0.5 * (times[i, BEGIN] + times[i, FINISH])
            if strategy == PIPELINE and half > now:
                soonest = min(soonest, half)
            soonest = min(soonest, times[i, FINISH])
    return soonest


def _run(strategy, workers, budget, retry, order, first, parent, task, factor, luck, marks, times, news):
    """Run once; return time, work paid and whether the problem was solved."""
    n = task.shape[0]
    now = 0.0
    spent = 0.0
    free = workers
    for i in range(n):
        marks[i, :] = 0
        marks[i, LEFT] = min(workers, 4)
        news[i] = 0
    while True:
        for guess in range(2 if strategy == SPECULATIVE else 1):
            for k in range(n):
                i = order[k]
                may = _may_begin(i, strategy, now, free, workers, first, parent, task, marks, times)
                if guess == 1 and marks[i, STATE] == WAITING and free > 0:
                    may = 2
                if may > 0:
                    staff, work = _begin(
                        i, strategy, now, free, workers, retry, task, factor, luck, marks, times, may - 1
                    )
                    free -= staff
                    spent += work
                    if spent > budget:
                        return now, budget, 0.0
        now = _next_event(strategy, now, marks, times)
        if now == np.inf:
            return 0.0, spent, 1.0
        for i in range(n):
            if marks[i, STATE] == RUNNING and times[i, FINISH] <= now:
                free += marks[i, STAFF]
                if not _finish(i, strategy, marks, news):
                    return now, spent, 0.0
        freed, saved = _settle(strategy, now, first, parent, task, luck, marks, times, news)
        free += freed
        spent -= saved
        solved = 0
        for i in range(n):
            solved += 1 if marks[i, STATE] == SOLVED else 0
        if solved == n:
            return now, spent, 1.0


# pythran export simulate(int, int, float64, float64, int64[], int64[], int64[], float64[:,:] order(C),
#     float64[:,:,:] order(C), float64[:,:,:] order(C), float64[:,:] order(C))
def simulate(strategy, workers, budget, retry, order, first, parent, task, factor, luck, out):
    """Run a strategy once for each of R draws, into `out` (R, 3): time, work paid, 1 when solved.

    `order` (n,) subproblems by priority; `parent[first[i]:first[i + 1]]` what `i` depends on; `task` (n, 3) effort,
    probability of success, shared state; `factor` (R, n, 12) efforts over their means, `luck` (R, n, 24) uniform draws.
    Times and work share one unit. One worker works strictly in order; `workers` is at least 1.
    """
    n = task.shape[0]
    marks = np.zeros((n, 7), np.int64)
    times = np.zeros((n, 3))
    news = np.zeros(n, np.int64)
    staff = 1 if strategy == SEQUENTIAL else (min(workers, 2) if strategy == ITERATIVE_REFINE else workers)
    for r in range(factor.shape[0]):
        time, spent, solved = _run(
            strategy, staff, budget, retry, order, first, parent, task, factor[r], luck[r], marks, times, news
        )
        out[r, 0] = time
        out[r, 1] = spent
        out[r, 2] = solved
