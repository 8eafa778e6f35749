"""Golden vectors of the layers that are not recurrent: torch's modules; pooling over time as loops over each sequence."""
import torch

from common import Random, Topic, assert_close, gradients

LENGTHS = [4, 0, 6, 1]


def add(topic, case, settings, inputs, function, leaves, random, masks=()):
    """Runs `function(inputs)` -> {'y': …}, draws the upstream gradients and adds values and gradients of `leaves`."""
    tensors = {k: inputs[k].clone().requires_grad_() for k in leaves}
    out = function(inputs | tensors)
    upstream = {"dy": random.normal(*out["y"].shape)}
    expected = out | gradients({"y": out["y"]}, upstream, tensors)
    topic.add(case, settings, inputs | upstream, expected)
    return expected


def embedding(topic):
    for case, padding in (("embedding", None), ("embedding_padding", 2)):
        r = Random("layers/" + case)
        inputs = {"ids": r.integers(0, 7, 6, 4), "weight": r.normal(7, 5)}
        inputs["ids"][1, 1] = inputs["ids"][2, 1] = inputs["ids"][0, 3] = 2  # a row that is read several times
        module = torch.nn.Embedding(7, 5, padding_idx=padding)

        def run(t):
            return {"y": torch.nn.functional.embedding(t["ids"], t["weight"], padding_idx=module.padding_idx)}

        add(topic, case, {"layer": "embedding", "padding_idx": padding}, inputs, run, ["weight"], r)


def linear(topic):
    for case, bias in (("linear", True), ("linear_no_bias", False)):
        r = Random("layers/" + case)
        inputs = {"x": r.normal(6, 4, 19), "weight": r.normal(7, 19, scale=0.3)} | ({"bias": r.normal(7)} if bias else {})
        add(topic, case, {"layer": "linear", "bias": bias}, inputs,
            lambda t: {"y": torch.nn.functional.linear(t["x"], t["weight"], t.get("bias"))}, list(inputs), r)


def layer_norm(topic):
    for case, rows, spread in (("layer_norm", 6, 1.0), ("layer_norm_small", 3, 1e-3)):  # small: the eps is felt
        r = Random("layers/" + case)
        inputs = {"x": r.normal(rows, 4, 19, scale=spread, mean=spread * 2), "weight": r.normal(19, mean=1, scale=0.3), "bias": r.normal(19)}
        add(topic, case, {"layer": "layer_norm", "eps": 1e-5}, inputs,
            lambda t: {"y": torch.nn.functional.layer_norm(t["x"], (19,), t["weight"], t["bias"], eps=1e-5)}, list(inputs), r)


def batch_norm(topic):
    """Training (batch statistics, running ones updated) and evaluation. Ragged: only rows before the end take part."""
    eps, momentum = 1e-5, 0.1
    for case, training, ragged in (("batch_norm_training", True, False), ("batch_norm_eval", False, False),
                                   ("batch_norm_training_ragged", True, True)):
        r = Random("layers/" + case)
        inputs = {"x": r.normal(6, 4, 7, mean=0.5), "weight": r.normal(7, mean=1, scale=0.3), "bias": r.normal(7),
                  "running_mean": r.normal(7), "running_var": r.uniform(0.5, 2, 7)}
        if ragged:
            inputs["lengths"] = torch.tensor(LENGTHS)

        def run(t):
            module = torch.nn.BatchNorm1d(7, eps=eps, momentum=momentum).train(training)
            module.running_mean.copy_(t["running_mean"])
            module.running_var.copy_(t["running_var"])
            for k in ("weight", "bias"):
                delattr(module, k)
                setattr(module, k, t[k])
            rows = t["x"].reshape(24, 7)
            alive = (torch.arange(6)[:, None] < t.get("lengths", torch.full((4,), 6))).flatten().nonzero().flatten()
            y = torch.zeros(24, 7).index_copy(0, alive, module(rows[alive]))
            return {"y": y.reshape(6, 4, 7), "new_running_mean": module.running_mean, "new_running_var": module.running_var}

        add(topic, case, {"layer": "batch_norm", "training": training, "ragged": ragged, "eps": eps, "momentum": momentum},
            inputs, run, ["x", "weight", "bias"], r)


def pool_rows(kind, t):
    """The definition: each sequence alone, cut to its length. x [T,N,H] -> y [N,H]; length 0 -> 0"""
    T, N, H = t["x"].shape
    y = []
    for n in range(N):
        length = int(t["lengths"][n]) if "lengths" in t else T
        x = t["x"][:length, n]
        if length == 0:
            y.append(torch.zeros(H))
        elif kind == "last":
            y.append(x[-1])
        elif kind == "mean":
            y.append(x.mean(0))
        elif kind == "max":
            y.append(x.max(0).values)
        else:
            score = torch.tanh(x @ t["weight"].T + t["bias"]) @ t["weight_v"]
            y.append(torch.softmax(score, 0) @ x)
    return {"y": torch.stack(y)}


def pool_attention_masked(t):
    """Attention pooling once more, as a masked softmax over the padded batch (rows of length 0 left out)."""
    score = torch.tanh(torch.nn.functional.linear(t["x"], t["weight"], t["bias"])) @ t["weight_v"]
    score = score.masked_fill(torch.arange(6)[:, None] >= t["lengths"], -torch.inf)
    rows = t["lengths"].nonzero().flatten()
    y = torch.einsum("tn,tnh->nh", torch.softmax(score[:, rows], 0), t["x"][:, rows])
    return {"y": torch.zeros(4, 7).index_copy(0, rows, y)}


def pooling(topic):
    for kind in ("last", "mean", "max", "attention"):
        for ragged in (False, True):
            case = f"pool_{kind}" + ("_ragged" if ragged else "")
            r = Random("layers/" + case)
            inputs = {"x": r.normal(6, 4, 7)}
            if kind == "attention":
                inputs |= {"weight": r.normal(5, 7, scale=0.5), "bias": r.normal(5, scale=0.5), "weight_v": r.normal(5)}
            leaves = list(inputs)
            if ragged:
                inputs["lengths"] = torch.tensor(LENGTHS)
            expected = add(topic, case, {"layer": "pool", "pool": kind, "ragged": ragged}, inputs,
                           lambda t: pool_rows(kind, t), leaves, r)
            if kind == "attention" and ragged:
                assert_close({"y": expected["y"]}, pool_attention_masked(inputs), "attention pooling")


def make():
    topic = Topic("layers", "layers.py")
    for f in (embedding, linear, layer_norm, batch_norm, pooling):
        f(topic)
    return topic
