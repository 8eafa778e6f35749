"""Golden vectors of the linear-chain CRF: sums over tags by a plain loop in log space, everything else by autograd."""
import itertools

import torch

from common import Random, Topic, assert_close

FORBIDDEN = -1e30  # exp of it is 0; with -inf, autograd would give NaN


def log_sum(scores, transition, start, end):
    """ln Z of one sequence: scores [T,K]."""
    alpha = start + scores[0]
    for row in scores[1:]:
        alpha = torch.logsumexp(alpha[:, None] + transition, 0) + row
    return torch.logsumexp(alpha + end, 0)


def path_score(scores, tags, transition, start, end):
    steps = scores[range(len(tags)), tags].sum()
    return start[tags[0]] + steps + transition[tags[:-1], tags[1:]].sum() + end[tags[-1]]


def allowed_path(r, length, follow, begin, end):
    """Tags that the rules allow, drawn until they end as they may."""
    while True:
        tags = []
        for _ in range(length):
            may = (begin if not tags else follow[tags[-1]]).nonzero()[:, 0]
            tags.append(int(may[int(r.integers(0, len(may), 1))]))
        if end[tags[-1]]:
            return tags


def add(topic, case, lengths, tags, scale=2.0, rules=False):
    r = Random("crf/" + case)
    steps, batch = max(lengths), len(lengths)
    given = {"scores": r.normal(steps, batch, tags, scale=scale), "transition": r.normal(tags, tags),
             "start": r.normal(tags), "end": r.normal(tags), "lengths": torch.tensor(lengths),
             "follow": torch.ones(tags, tags, dtype=torch.int64), "begin": torch.ones(tags, dtype=torch.int64),
             "may_end": torch.ones(tags, dtype=torch.int64), "tags": torch.zeros(steps, batch, dtype=torch.int64)}
    if rules:  # as of IOB2: O, B-x, I-x, B-y, I-y, …; and the last tag may not end
        for j in range(2, tags, 2):
            given["begin"][j] = 0
            given["follow"][[i for i in range(tags) if i not in (j - 1, j)], j] = 0
        given["may_end"][tags - 1] = 0
    for n, length in enumerate(lengths):
        if length:
            path = allowed_path(r, length, given["follow"], given["begin"], given["may_end"])
            given["tags"][:length, n] = torch.tensor(path)
    leaves = {k: given[k].clone().requires_grad_() for k in ("scores", "transition", "start", "end")}
    a = leaves["transition"].masked_fill(given["follow"] == 0, FORBIDDEN)
    first = leaves["start"].masked_fill(given["begin"] == 0, FORBIDDEN)
    last = leaves["end"].masked_fill(given["may_end"] == 0, FORBIDDEN)
    sums = torch.zeros(batch)
    nats = torch.zeros(batch)
    for n, length in enumerate(lengths):
        if length == 0:
            continue
        scores = leaves["scores"][:length, n]
        sums[n] = log_sum(scores, a, first, last)
        nats[n] = sums[n] - path_score(scores, given["tags"][:length, n], a, first, last)
    loss = nats.sum() / sum(lengths)
    expected = {"log_sums": sums, "nats": nats, "loss": loss}
    expected["marginals"] = torch.autograd.grad(sums.sum(), leaves["scores"], retain_graph=True)[0]
    for name, g in zip(leaves, torch.autograd.grad(loss, list(leaves.values()))):
        expected["d" + name] = g
    topic.add(case, {"tags": tags}, given, expected)
    if tags ** max(lengths) < 5000:  # the sum, term by term
        for n, length in enumerate(lengths):
            if length:
                paths = itertools.product(range(tags), repeat=length)
                terms = [path_score(leaves["scores"][:length, n], list(p), a, first, last) for p in paths]
                assert_close({"Z": torch.logsumexp(torch.stack(terms), 0)}, {"Z": sums[n]}, case)


def make():
    topic = Topic("crf", "crf.py")
    add(topic, "free", [4, 0, 6, 1], 4)
    add(topic, "rules", [4, 0, 5, 1], 5, rules=True)
    add(topic, "wide", [7, 3, 12], 37)
    add(topic, "wide_rules", [9, 2, 1, 14], 21, rules=True)
    add(topic, "sure", [6, 6, 2], 5, scale=40.0, rules=True)
    add(topic, "one_step", [1], 3)
    add(topic, "two_tags", [30, 8], 2)
    return topic
