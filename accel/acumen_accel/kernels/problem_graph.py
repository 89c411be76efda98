"""What a graph of subproblems is like: its order, and the numbers a selector reads."""

import numpy as np

STRATEGIES = 8
DIVIDE_CONQUER = 3
ITERATIVE_REFINE = 5
PORTFOLIO_RACE = 6


# pythran export arrange(int64[], int64[], float64[], int64[], float64[], int64[])
def arrange(first, parent, effort, level, rank, order):
    """Order a graph and return how many subproblems neither lie on a cycle nor depend on one.

    Fills, each (n,), `level` the longest way there in steps, `rank` the longest way to the end in effort, and `order`
    the subproblems by falling rank, none before what it depends on.
    """
    n = effort.shape[0]
    missing = np.zeros(n, np.int64)
    begin = np.zeros(n + 1, np.int64)
    for i in range(n):
        missing[i] = first[i + 1] - first[i]
        for e in range(first[i], first[i + 1]):
            begin[parent[e] + 1] += 1
    for i in range(n):
        begin[i + 1] += begin[i]
    child = np.zeros(parent.shape[0], np.int64)
    at = begin.copy()
    for i in range(n):
        for e in range(first[i], first[i + 1]):
            child[at[parent[e]]] = i
            at[parent[e]] += 1
    tail = 0
    for i in range(n):
        level[i] = 0
        if missing[i] == 0:
            order[tail] = i
            tail += 1
    head = 0
    while head < tail:
        i = order[head]
        head += 1
        for k in range(begin[i], begin[i + 1]):
            j = child[k]
            level[j] = max(level[j], level[i] + 1)
            missing[j] -= 1
            if missing[j] == 0:
                order[tail] = j
                tail += 1
    for t in range(tail):
        i = order[tail - 1 - t]
        longest = 0.0
        for k in range(begin[i], begin[i + 1]):
            longest = max(longest, rank[child[k]])
        rank[i] = effort[i] + longest
    for t in range(1, tail):
        i = order[t]
        k = t
        while k > 0 and rank[order[k - 1]] < rank[i]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = i
    return tail


# pythran export expected(float64[:,:] order(C), int, float64, float64[:,:] order(C))
def expected(task, workers, retry, out):
    """Fill (8, n): the effort of each subproblem under each strategy with its repeated attempts, on average.

    `task` (n, 4) effort, probability of success, shared state, coefficient of variation; `retry` effort of an attempt
    after a failed one.
    """
    for i in range(task.shape[0]):
        q = 1.0 - task[i, 1]
        for s in range(STRATEGIES):
            fails = q ** min(3, workers) if s == PORTFOLIO_RACE else q
            again = fails + fails * fails
            if s == ITERATIVE_REFINE:
                again = q + 0.5 * q * q
                out[s, i] = task[i, 0] * (1.0 + 0.3 * again) + retry * again
            elif s == DIVIDE_CONQUER:
                out[s, i] = task[i, 0] * (1.0 + 0.5 * again) + retry * again
            else:
                out[s, i] = task[i, 0] * (1.0 + again) + retry * again


# pythran export summary(float64[:,:] order(C), int64[], float64[], int, int, float64[], float64[])
def summary(task, level, rank, edges, workers, context, out):
    """Fill (32,) with what the graph is like, free of scale; names in `acumen_accel.problem_graph.NAMES`.

    `context` (9,) deadline, budget, retry effort, weights of time, cost and risk, shares of cv, p and shared not given.
    """
    n = task.shape[0]
    width = np.zeros(n, np.int64)
    for i in range(n):
        width[level[i]] += 1
    effort = task[:, 0].copy()
    q = 1.0 - task[:, 1]
    depth = np.max(level) + 1
    widest = np.max(width) * 1.0
    total = np.sum(effort)
    mean = total / n
    critical = np.max(rank)
    shared = np.sum(effort * task[:, 2]) / total
    out[0] = np.log(n * 1.0)
    out[1] = np.log(workers * 1.0)
    out[2] = np.log(total / critical)
    out[3] = np.log(total / critical / workers)
    out[4] = depth * 1.0 / n
    out[5] = widest / n
    out[6] = np.log(widest / workers)
    out[7] = edges * 1.0 / n
    out[8] = np.max(effort) / total
    out[9] = np.sqrt(np.sum((effort - mean) ** 2) / n) / mean
    out[10] = np.sum(effort * task[:, 3]) / total
    out[11] = np.sqrt(np.sum((effort * task[:, 3]) ** 2)) / total
    out[12] = np.sum(effort * q) / total
    out[13] = np.max(q)
    out[14] = np.log(0.001 + np.sum(q))
    out[15] = np.log(0.001 - np.sum(np.log(1.0 - q**3)))
    out[16] = np.log(0.001 - np.sum(np.log(1.0 - q**4)))
    out[17] = np.log(0.001 - np.sum(np.log(1.0 - q**6 / 32768.0)))
    out[18] = np.sum(effort * (1.0 + q + q * q)) / total
    out[19] = shared
    out[20] = np.max(task[:, 2])
    out[21] = shared * shared * (min(workers * 1.0, total / critical) - 1.0)
    out[22] = np.log(context[0] / critical)
    out[23] = np.log(context[0] / total)
    out[24] = np.log(context[1] / total)
    out[25] = np.log(1.0 + context[2] / mean)
    for k in range(6):
        out[26 + k] = context[3 + k]
