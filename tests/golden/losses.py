"""Golden vectors of the losses: torch's functions; quantile loss, which torch lacks, from its definition."""
import torch
import torch.nn.functional as F

from common import Random, Topic


def add(topic, case, settings, given, value, function):
    """`function(value, reduction)`; expected: every element's loss, their sum and mean, and the gradients of both."""
    expected = {}
    for reduction in ("none", "sum", "mean"):
        leaf = given[value].clone().requires_grad_()
        loss = function(leaf, reduction)
        expected["loss_" + reduction] = loss
        if reduction != "none":
            expected[f"d{value}_{reduction}"] = torch.autograd.grad(loss, leaf)[0]
    topic.add(case, settings, given, expected)


def cross_entropy(topic):
    C, M = 7, 11
    table = {  # case -> smoothing, class weights, ignored index (None: none), scale of the logits
        "cross_entropy": (0, False, None, 2),
        "cross_entropy_extreme": (0, False, None, 300),
        "cross_entropy_smoothing": (0.125, False, None, 2),
        "cross_entropy_weights": (0, True, None, 2),
        "cross_entropy_ignore": (0, False, 3, 2),
        "cross_entropy_ignore_negative": (0, False, -100, 2),
        "cross_entropy_smoothing_ignore": (0.125, False, 3, 2),
        "cross_entropy_weights_ignore": (0, True, 3, 2),
        "cross_entropy_smoothing_weights": (0.125, True, None, 2),
        "cross_entropy_all": (0.125, True, -100, 2),
    }
    for case, (smoothing, weights, ignore, scale) in table.items():
        r = Random("losses/" + case)
        given = {"logits": r.normal(M, C, scale=scale), "targets": r.integers(0, C, M)}
        if ignore is not None:
            given["targets"][[0, 4, 5]] = ignore
        if weights:
            given["weight"] = r.uniform(0.25, 2, C)

        def loss(logits, reduction):
            return F.cross_entropy(logits, given["targets"], given.get("weight"), reduction=reduction, label_smoothing=smoothing,
                                   **({} if ignore is None else {"ignore_index": ignore}))

        add(topic, case, {"loss": "cross_entropy", "label_smoothing": smoothing, "ignore_index": ignore}, given, "logits", loss)


def bce(topic):
    for case, weighted, scale in (("bce", False, 2), ("bce_extreme", False, 300), ("bce_pos_weight", True, 2)):
        r = Random("losses/" + case)
        given = {"logits": r.normal(11, 3, scale=scale), "targets": r.bernoulli(0.5, 11, 3)}
        if case == "bce":
            given["targets"][0] = 0.25  # a soft target
        if weighted:
            given["pos_weight"] = r.uniform(0.25, 4, 3)
        add(topic, case, {"loss": "bce_with_logits"}, given, "logits",
            lambda logits, reduction: F.binary_cross_entropy_with_logits(logits, given["targets"], pos_weight=given.get("pos_weight"),
                                                                         reduction=reduction))


def regression(topic):
    r = Random("losses/regression")
    given = {"prediction": r.normal(11, 3, scale=2), "targets": r.normal(11, 3)}
    functions = {
        "mse": ({}, F.mse_loss),
        "mae": ({}, F.l1_loss),
        "huber": ({"delta": 1.0}, F.huber_loss),
        "huber_small": ({"delta": 0.25}, lambda p, t, reduction: F.huber_loss(p, t, delta=0.25, reduction=reduction)),
    }
    for case, (settings, function) in functions.items():
        add(topic, case, {"loss": case.split("_")[0]} | settings, given, "prediction",
            lambda p, reduction: function(p, given["targets"], reduction=reduction))


def quantile(topic):
    """Koenker & Bassett 1978: q·e where e = target − prediction ≥ 0, else (q−1)·e; the prediction has one entry a quantile."""
    r = Random("losses/quantile")
    quantiles = torch.tensor([0.125, 0.5, 0.875])
    given = {"prediction": r.normal(11, 3, scale=2), "targets": r.normal(11), "quantiles": quantiles}

    def loss(p, reduction):
        e = given["targets"][:, None] - p
        each = torch.maximum(quantiles * e, (quantiles - 1) * e)
        return each if reduction == "none" else each.sum() if reduction == "sum" else each.mean()

    half = loss(given["prediction"], "none")[:, 1]  # at q = 1/2 it is half the absolute error
    assert (half - 0.5 * (given["prediction"][:, 1] - given["targets"]).abs()).abs().max() < 1e-15
    add(topic, "quantile", {"loss": "quantile"}, given, "prediction", loss)


def make():
    topic = Topic("losses", "losses.py")
    for f in (cross_entropy, bce, regression, quantile):
        f(topic)
    return topic
