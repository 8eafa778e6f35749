"""Golden vectors of attention: a plain loop over queries, its gradients by autograd."""
import torch

from common import Random, Topic


def score_of(kind, query, step, p):
    if kind == "additive":
        hidden = torch.tanh(p["query.weight"] @ query + p["query.bias"] + p["memory.weight"] @ step)
        return p["score.weight"][0] @ hidden
    if kind == "dot":
        return query @ step
    return query @ (p["memory.weight"] @ step)


def add(topic, case, kind, query, memory, size, lengths, sequences):
    r = Random("attention/" + case)
    shapes = {"additive": {"query.weight": (size, query), "query.bias": (size,), "memory.weight": (size, memory),
                           "score.weight": (1, size)},
              "dot": {}, "general": {"memory.weight": (query, memory)}}[kind]
    given = {name: r.normal(*shape) for name, shape in shapes.items()}
    given |= {"encoded": r.normal(sum(lengths), memory), "queries": r.normal(len(sequences), query),
              "dcontext": r.normal(len(sequences), memory)}
    leaves = {name: value.clone().requires_grad_() for name, value in given.items() if name != "dcontext"}
    begin = [sum(lengths[:n]) for n in range(len(lengths))]
    contexts, weights = [], []
    for q, n in enumerate(sequences):
        steps = leaves["encoded"][begin[n]:begin[n] + lengths[n]]
        if lengths[n] == 0:
            contexts.append(torch.zeros(memory))
            continue
        scores = torch.stack([score_of(kind, leaves["queries"][q], step, leaves) for step in steps])
        alpha = torch.exp(scores - scores.max()) / torch.exp(scores - scores.max()).sum()
        weights.append(alpha)
        contexts.append(sum(a * step for a, step in zip(alpha, steps)))
    context = torch.stack(contexts)
    expected = {"context": context, "weights": torch.cat(weights)}
    gradients = torch.autograd.grad((context * given["dcontext"]).sum(), list(leaves.values()))
    expected |= {"d" + name: g for name, g in zip(leaves, gradients)}
    given |= {"lengths": torch.tensor(lengths), "sequences": torch.tensor(sequences)}
    topic.add(case, {"score": kind, "query": query, "memory": memory, "size": size}, given, expected)


def make():
    topic = Topic("attention", "attention.py")
    for kind in ("additive", "dot", "general"):
        query = 6 if kind == "dot" else 5
        add(topic, kind, kind, query, 6, 7, [3, 0, 5, 1], [2, 0, 3, 2, 1, 0, 2])
        add(topic, kind + "_wide", kind, 21 if kind == "dot" else 18, 21, 19, [17, 2], [1, 0, 0, 1, 0])
    return topic
