"""Golden vectors of every cell: torch's own module where it has one, else the loop below, written from the paper.

The loops know nothing of recur: one gate is one matrix product, one time step one Python iteration, and gradients come
from autograd. Where torch has a module (RNN, LSTM, GRU; LSTM with proj_size), the loop is checked against it, so that it is
trusted for what torch lacks; cells that torch lacks are checked by identities (see check_identities).
"""
from dataclasses import dataclass, field

import torch
from torch import sigmoid, tanh
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from common import Random, Topic, assert_close, gradients

LAYER_NORM_EPS = 1e-5


# ---------------------------------------------------------------------------------------------------------------------
# The cells. `a(gate, x, h)` is the pre-activation b + W x + U h of a gate; a source that is None is left out.

def rnn_tanh(a, x, s, p):
    return {"h": tanh(a("a", x, s["h"]))}


def rnn_relu(a, x, s, p):
    return {"h": torch.relu(a("a", x, s["h"]))}


def lstm(a, x, s, p):
    """Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000."""
    h, c = s["h"], s["c"]
    i, f, g, o = sigmoid(a("i", x, h)), sigmoid(a("f", x, h)), tanh(a("g", x, h)), sigmoid(a("o", x, h))
    c = f * c + i * g
    return {"h": o * tanh(c), "c": c}


def lstm_peephole(a, x, s, p):
    """Gers & Schmidhuber 2000, "Recurrent nets that time and count": i and f look at the old c, o at the new one."""
    h, c = s["h"], s["c"]
    i = sigmoid(a("i", x, h) + p["i"] * c)
    f = sigmoid(a("f", x, h) + p["f"] * c)
    g = tanh(a("g", x, h))
    c = f * c + i * g
    o = sigmoid(a("o", x, h) + p["o"] * c)
    return {"h": o * tanh(c), "c": c}


def lstm_coupled(a, x, s, p):
    """Greff et al. 2017, "LSTM: a search space odyssey", variant CIFG: f = 1 - i."""
    h, c = s["h"], s["c"]
    i, g, o = sigmoid(a("i", x, h)), tanh(a("g", x, h)), sigmoid(a("o", x, h))
    c = (1 - i) * c + i * g
    return {"h": o * tanh(c), "c": c}


def gru(a, x, s, p):
    """Reset after the product (PyTorch, cuDNN): the candidate's h-part is a gate m of its own, with its own bias."""
    h = s["h"]
    r, z = sigmoid(a("r", x, h)), sigmoid(a("z", x, h))
    n = tanh(a("n", x, None) + r * a("m", None, h))
    return {"h": (1 - z) * n + z * h}


def gru_reset_before(a, x, s, p):
    """Cho et al. 2014, with PyTorch's direction of z (1 keeps the old h): the candidate sees r * h."""
    h = s["h"]
    r, z = sigmoid(a("r", x, h)), sigmoid(a("z", x, h))
    n = tanh(a("n", x, r * h))
    return {"h": (1 - z) * n + z * h}


def mingru(a, x, s, p):
    """Feng et al. 2024, "Were RNNs all we needed?", algorithm of minGRU with linear candidate."""
    z, n = sigmoid(a("z", x, None)), a("n", x, None)
    return {"h": (1 - z) * s["h"] + z * n}


def minlstm(a, x, s, p):
    """The same paper, minLSTM with normalised gates and linear candidate."""
    f, i, g = sigmoid(a("f", x, None)), sigmoid(a("i", x, None)), a("g", x, None)
    return {"h": f / (f + i) * s["h"] + i / (f + i) * g}


@dataclass
class Cell:
    """`x`, `h`: the gates that read each source; rows of weight_ih and weight_hh are stacked in this order."""
    step: object
    gates: str                       # order of the bias
    x: str
    h: str
    states: tuple = ("h",)
    peepholes: str = ""              # rows of weight_unit
    reads_h: bool = False            # the formula itself reads h, so that h cannot be projected
    torch_module: object = None


CELLS = {
    "rnn_tanh": Cell(rnn_tanh, "a", "a", "a", torch_module=lambda *a, **k: torch.nn.RNN(*a, **k, nonlinearity="tanh")),
    "rnn_relu": Cell(rnn_relu, "a", "a", "a", torch_module=lambda *a, **k: torch.nn.RNN(*a, **k, nonlinearity="relu")),
    "lstm": Cell(lstm, "ifgo", "ifgo", "ifgo", ("h", "c"), torch_module=torch.nn.LSTM),
    "lstm_peephole": Cell(lstm_peephole, "ifgo", "ifgo", "ifgo", ("h", "c"), peepholes="ifo"),
    "lstm_coupled": Cell(lstm_coupled, "igo", "igo", "igo", ("h", "c")),
    "gru": Cell(gru, "rznm", "rzn", "rzm", reads_h=True, torch_module=torch.nn.GRU),
    "gru_reset_before": Cell(gru_reset_before, "rzn", "rzn", "rzn", reads_h=True),
    "mingru": Cell(mingru, "zn", "zn", "", reads_h=True),
    "minlstm": Cell(minlstm, "fig", "fig", "", reads_h=True),
}


@dataclass
class Case:
    """What is computed. Sizes are awkward for vectors on purpose."""
    T: int = 6
    N: int = 4
    input_size: int = 5
    hidden_size: list = field(default_factory=lambda: [7])
    lengths: list = None
    bidirectional: bool = False
    merge: str = "concat"            # concat | sum | ave | mul
    initial_state: bool = True       # False: no h_0, which means zeros
    residual: bool = False           # a layer above the first adds its input to its output where the widths are equal
    layer_norm: bool = False
    zoneout: float = 0.0
    zoneout_training: bool = False   # with the given masks; False: the expectation
    recurrent_dropout: float = 0.0   # with the given masks
    proj_size: int = 0

    def directions(self):
        return ["", "_reverse"] if self.bidirectional else [""]

    def state_width(self, state, hidden):
        return self.proj_size if state == "h" and self.proj_size else hidden

    def output_width(self, hidden):
        h = self.state_width("h", hidden)
        return 2 * h if self.bidirectional and self.merge == "concat" else h


# ---------------------------------------------------------------------------------------------------------------------
# One layer, one direction.

class PreActivation:
    """b + W x + U h of one gate, with layer norm of W x and of U h, each over the units of the gate, before the sum."""

    def __init__(self, cell, case, hidden, w, mask):
        self.cell, self.case, self.hidden, self.w, self.mask = cell, case, hidden, w, mask

    def __call__(self, gate, x, h):
        a = self.rows("bias", self.cell.gates, gate)
        if x is not None:
            a = a + self.norm("weight_ln_x", self.cell.x, gate, x @ self.rows("weight_ih", self.cell.x, gate).T)
        if h is not None:
            if self.case.recurrent_dropout:
                h = h * self.mask
            a = a + self.norm("weight_ln_h", self.cell.h, gate, h @ self.rows("weight_hh", self.cell.h, gate).T)
        return a

    def rows(self, name, gates, gate):
        k = gates.index(gate)
        return self.w[name][k * self.hidden:(k + 1) * self.hidden]

    def norm(self, name, gates, gate, v):
        if not self.case.layer_norm:
            return v
        mean = v.mean(-1, keepdim=True)
        variance = ((v - mean) ** 2).mean(-1, keepdim=True)
        return (v - mean) / torch.sqrt(variance + LAYER_NORM_EPS) * self.rows(name, gates, gate)


def loop_direction(cell, case, hidden, w, x, s, reverse):
    """x [T,N,I], s: state -> [N,·]. -> y [T,N,·] (0 past the end), final states (held past the end)"""
    T, N = x.shape[:2]
    lengths = torch.tensor(case.lengths if case.lengths is not None else [T] * N)
    pre = PreActivation(cell, case, hidden, w, w.get("recurrent_dropout_mask"))
    peepholes = {g: w["weight_unit"][k] for k, g in enumerate(cell.peepholes)}
    y = [None] * T
    for t in (reversed(range(T)) if reverse else range(T)):
        new = cell.step(pre, x[t], s, peepholes)
        if case.proj_size:
            new["h"] = new["h"] @ w["weight_hr"].T
        if case.zoneout:  # after the formula: the new h was computed from the new c as it was before zoneout
            for k in new:
                keep = w[f"zoneout_mask_{k}"][t] if case.zoneout_training else case.zoneout
                new[k] = keep * s[k] + (1 - keep) * new[k]
        alive = (t < lengths)[:, None]
        s = {k: torch.where(alive, new[k], s[k]) for k in s}
        y[t] = torch.where(alive, s["h"], torch.zeros_like(s["h"]))
    return torch.stack(y), s


def loop_layer(cell, case, hidden, weights, x, states):
    """weights, states: one dict a direction. -> one (y, final states) a direction"""
    return [loop_direction(cell, case, hidden, w, x, s, reverse=k == 1) for k, (w, s) in enumerate(zip(weights, states))]


def torch_layer(cell, case, hidden, weights, x, states):
    """The same by torch's module, ragged by pack_padded_sequence (which wants no empty sequence: those are put back here)."""
    module = cell.torch_module(x.shape[2], hidden, bidirectional=case.bidirectional,
                               **({"proj_size": case.proj_size} if case.proj_size else {}))
    flat = []
    for w in weights:
        bias_hh = torch.zeros_like(w["bias"])
        bias_ih = w["bias"]
        if cell.step is gru:  # our rows r,z,n,m: torch keeps b_m as the n-part of bias_hh
            bias_hh = torch.cat([bias_hh[:2 * hidden], w["bias"][3 * hidden:]])
            bias_ih = w["bias"][:3 * hidden]
        flat += [w["weight_ih"], w["weight_hh"], bias_ih, bias_hh] + ([w["weight_hr"]] if case.proj_size else [])
    assert [tuple(p.shape) for p in module._flat_weights] == [tuple(p.shape) for p in flat]
    module._flat_weights = flat  # the graph goes on into our tensors

    T, N = x.shape[:2]
    lengths = torch.tensor(case.lengths if case.lengths is not None else [T] * N)
    rows = lengths.nonzero().flatten()
    start = {k: torch.stack([s[k] for s in states]) for k in cell.states}
    hx = tuple(start[k][:, rows] for k in cell.states)
    packed = pack_padded_sequence(x[:, rows], lengths[rows], enforce_sorted=False) if case.lengths is not None else x
    out, final = module(packed, hx if len(hx) > 1 else hx[0])
    if case.lengths is not None:
        out = pad_packed_sequence(out, total_length=T)[0]
    final = final if isinstance(final, tuple) else (final,)

    y = torch.zeros(T, N, out.shape[2]).index_copy(1, rows, out)
    end = {k: start[k].index_copy(1, rows, v) for k, v in zip(cell.states, final)}
    width = out.shape[2] // len(weights)
    return [(y[:, :, d * width:(d + 1) * width], {k: v[d] for k, v in end.items()}) for d in range(len(weights))]


# ---------------------------------------------------------------------------------------------------------------------
# A stack of layers, forward and backward.

MERGE = {
    "concat": lambda a, b: torch.cat([a, b], -1),
    "sum": lambda a, b: a + b,
    "ave": lambda a, b: (a + b) / 2,
    "mul": lambda a, b: a * b,
}

MASKS = ("recurrent_dropout_mask", "zoneout_mask_")


def stack(cell, case, layer, inputs):
    """-> {'y': …, 'h_n_l0': …, …}"""
    x, out = inputs["x"], {}
    for k, hidden in enumerate(case.hidden_size):
        weights, states = [], []
        for d in case.directions():
            suffix = f"_l{k}{d}"
            weights.append({n[:-len(suffix)]: v for n, v in inputs.items() if n.endswith(suffix)})
            states.append({s: inputs.get(f"{s}_0{suffix}", torch.zeros(case.N, case.state_width(s, hidden)))
                           for s in cell.states})
        results = layer(cell, case, hidden, weights, x, states)
        for d, (_, final) in zip(case.directions(), results):
            out |= {f"{s}_n_l{k}{d}": v for s, v in final.items()}
        y = MERGE[case.merge](results[0][0], results[1][0]) if case.bidirectional else results[0][0]
        x = x + y if case.residual and k > 0 and x.shape == y.shape else y
    return {"y": x} | out


def make_inputs(name, cell, case):
    """Everything that goes in, upstream gradients apart; also what `stack` and autograd need no gradient for: the masks."""
    random, inputs = Random(name), {}
    inputs["x"] = random.normal(case.T, case.N, case.input_size)
    width = case.input_size
    for k, hidden in enumerate(case.hidden_size):
        for d in case.directions():
            suffix = f"_l{k}{d}"
            h_width = case.state_width("h", hidden)
            shapes = {"weight_ih": (len(cell.x) * hidden, width)}
            if cell.h:
                shapes["weight_hh"] = (len(cell.h) * hidden, h_width)
            shapes["bias"] = (len(cell.gates) * hidden,)
            if cell.peepholes:
                shapes["weight_unit"] = (len(cell.peepholes), hidden)
            if case.proj_size:
                shapes["weight_hr"] = (case.proj_size, hidden)
            for n, shape in shapes.items():
                scale = 1.2 / shape[1] ** 0.5 if len(shape) == 2 and n != "weight_unit" else 0.5
                inputs[n + suffix] = random.normal(*shape, scale=scale)
            if case.layer_norm:
                inputs["weight_ln_x" + suffix] = random.normal(len(cell.x) * hidden, mean=1, scale=0.3)
                if cell.h:
                    inputs["weight_ln_h" + suffix] = random.normal(len(cell.h) * hidden, mean=1, scale=0.3)
            for s in cell.states:
                if case.initial_state:
                    inputs[f"{s}_0{suffix}"] = random.normal(case.N, case.state_width(s, hidden), scale=0.7)
            if case.recurrent_dropout:  # what h is multiplied with: 0 or 1/(1-p)
                keep = 1 - case.recurrent_dropout
                inputs["recurrent_dropout_mask" + suffix] = random.bernoulli(keep, case.N, h_width) / keep
            if case.zoneout_training:   # 1: the unit keeps its old value
                for s in cell.states:
                    inputs[f"zoneout_mask_{s}{suffix}"] = random.bernoulli(
                        case.zoneout, case.T, case.N, case.state_width(s, hidden))
        width = case.output_width(hidden)
    return inputs, random


def torch_has(cell, case):
    return (cell.torch_module and not case.layer_norm and not case.zoneout and not case.recurrent_dropout
            and (not case.proj_size or cell.torch_module is torch.nn.LSTM))


def compute(cell, case, layer, inputs, upstream):
    leaves = {n: v.clone().requires_grad_() for n, v in inputs.items() if not n.startswith(MASKS)}
    outputs = stack(cell, case, layer, inputs | leaves)
    return outputs | gradients(outputs, upstream, leaves)


# ---------------------------------------------------------------------------------------------------------------------
# The cases.

RAGGED = [4, 0, 6, 1]


def cases(name, cell):
    """name -> Case, for one cell. Options of the scan alone, which no formula sees, are shown with few cells only."""
    c = {
        "plain": Case(),
        "zero_state": Case(initial_state=False),
        "one_step": Case(T=1, N=1),
        "wide": Case(hidden_size=[19]),
        "ragged": Case(lengths=RAGGED),
        "bidirectional": Case(lengths=RAGGED, bidirectional=True),
        "stacked": Case(hidden_size=[7, 11]),
        "stacked_bidirectional": Case(hidden_size=[7, 5], lengths=RAGGED, bidirectional=True),
        "layer_norm": Case(lengths=RAGGED, layer_norm=True),
        "zoneout_inference": Case(lengths=RAGGED, zoneout=0.25),
        "zoneout_training": Case(lengths=RAGGED, zoneout=0.25, zoneout_training=True),
    }
    options = dict(layer_norm=True, zoneout=0.25, zoneout_training=True)
    if cell.h:
        c["layer_norm_zero_state"] = Case(initial_state=False, layer_norm=True)  # the norm of U·0 is 0
        c["recurrent_dropout"] = Case(lengths=RAGGED, recurrent_dropout=0.5)
        options |= dict(recurrent_dropout=0.5)
    if not cell.reads_h:
        c["projection"] = Case(proj_size=3)
        c["projection_bidirectional"] = Case(proj_size=3, lengths=RAGGED, bidirectional=True)
        options |= dict(proj_size=3)
    c["all_options"] = Case(hidden_size=[7, 7, 7], lengths=RAGGED, bidirectional=True, residual=True, **options)
    if name in ("lstm", "gru", "mingru"):
        for merge in ("sum", "ave", "mul"):
            c["merge_" + merge] = Case(lengths=RAGGED, bidirectional=True, merge=merge)
        c["residual"] = Case(hidden_size=[7, 7, 7], lengths=RAGGED, residual=True)
        c["residual_bidirectional"] = Case(hidden_size=[7, 7], lengths=RAGGED, bidirectional=True, residual=True)
        c["empty_batch_rows"] = Case(lengths=[0, 0, 0, 0])
    return c


def make(name):
    """-> the golden file of one cell"""
    cell, topic = CELLS[name], Topic(name, "cells.py")
    for case_name, case in cases(name, cell).items():
        inputs, random = make_inputs(f"{name}/{case_name}", cell, case)
        shapes = {k: v.shape for k, v in stack(cell, case, loop_layer, inputs).items()}
        upstream = {"d" + k: random.normal(*shape) for k, shape in shapes.items()}
        expected = compute(cell, case, loop_layer, inputs, upstream)
        source = "loop"
        if torch_has(cell, case) and any(case.lengths or [1]):
            by_torch = compute(cell, case, torch_layer, inputs, upstream)
            assert_close(expected, by_torch, f"{name}/{case_name}: loop against torch")
            expected, source = by_torch, "torch"
        given = inputs | upstream
        if case.lengths is not None:
            given["lengths"] = torch.tensor(case.lengths)
        settings = {"cell": name, "source": source, "T": case.T, "N": case.N, "input_size": case.input_size,
                    "hidden_size": case.hidden_size, "ragged": case.lengths is not None, "initial_state": case.initial_state,
                    "bidirectional": case.bidirectional, "merge": case.merge, "residual": case.residual,
                    "layer_norm": case.layer_norm, "zoneout": case.zoneout, "zoneout_training": case.zoneout_training,
                    "recurrent_dropout": case.recurrent_dropout, "proj_size": case.proj_size}
        topic.add(case_name, settings, given, expected)
    return topic


# ---------------------------------------------------------------------------------------------------------------------
# Self-checks of what torch has no module for.

def check_stack():
    """`stack` and its layers of different widths against torch's num_layers, where the widths are equal."""
    for name in ("rnn_tanh", "lstm", "gru"):
        cell, case = CELLS[name], Case(hidden_size=[7, 7], lengths=[4, 2, 6, 1], bidirectional=True)
        inputs, _ = make_inputs("check_stack/" + name, cell, case)
        found = stack(cell, case, loop_layer, inputs)
        module = cell.torch_module(5, 7, num_layers=2, bidirectional=True)
        with torch.no_grad():
            for k, p in module.named_parameters():
                kind, suffix = k[:k.index("_l")], k[k.index("_l"):]
                b = inputs["bias" + suffix]
                if name == "gru":
                    zeros = torch.zeros(14)
                    value = {"bias_ih": b[:21], "bias_hh": torch.cat([zeros, b[21:]])}
                else:
                    value = {"bias_ih": b, "bias_hh": torch.zeros_like(b)}
                p.copy_(value[kind] if kind in value else inputs[k])
        suffixes = ["_l0", "_l0_reverse", "_l1", "_l1_reverse"]
        hx = tuple(torch.stack([inputs[f"{s}_0{x}"] for x in suffixes]) for s in cell.states)
        out, final = module(pack_padded_sequence(inputs["x"], case.lengths, enforce_sorted=False), hx if len(hx) > 1 else hx[0])
        final = final if isinstance(final, tuple) else (final,)
        expected = {"y": pad_packed_sequence(out, total_length=case.T)[0]}
        expected |= {f"{s}_n{x}": v[k] for s, v in zip(cell.states, final) for k, x in enumerate(suffixes)}
        assert_close(found, expected, f"stack of {name} against num_layers=2")


def check_identities():
    """Where a cell that torch lacks coincides with one that it has, or has a closed form."""
    case = Case()

    def run(name, **changes):
        cell = CELLS[name]
        return stack(cell, case, loop_layer, base | changes)

    def blocks(t, *order):
        """Rows of gate blocks of 7; a negative entry -k-1 is the negated block k."""
        return torch.cat([t[7 * k:7 * k + 7] if k >= 0 else -t[7 * (-k - 1):7 * (-k - 1) + 7] for k in order])

    def rearrange(*order):
        return {n + "_l0": blocks(base[n + "_l0"], *order) for n in ("weight_ih", "weight_hh", "bias")}

    # Peepholes of zero leave the LSTM.
    base, _ = make_inputs("identity/lstm_peephole", CELLS["lstm_peephole"], case)
    assert_close(run("lstm_peephole", weight_unit_l0=torch.zeros(3, 7)), run("lstm"), "peepholes of 0")
    # In a single step of a single sequence they are biases: p*c_0 of i and f, p*c_1 of o.
    step = {"x": base["x"][:1, :1], "h_0_l0": base["h_0_l0"][:1], "c_0_l0": base["c_0_l0"][:1]}
    case = Case(T=1, N=1)
    shift = torch.cat([base["weight_unit_l0"][0] * step["c_0_l0"][0], base["weight_unit_l0"][1] * step["c_0_l0"][0], torch.zeros(7)])
    c_new = run("lstm_peephole", **step)["c_n_l0"][0]
    shift = torch.cat([shift, base["weight_unit_l0"][2] * c_new])
    assert_close(run("lstm_peephole", **step), run("lstm", bias_l0=base["bias_l0"] + shift, **step), "peepholes as biases")

    # f = 1 - i is an LSTM whose forget gate is the negated input gate, since sigmoid(-a) = 1 - sigmoid(a).
    case = Case()
    base, _ = make_inputs("identity/lstm_coupled", CELLS["lstm_coupled"], case)
    assert_close(run("lstm_coupled"), run("lstm", **rearrange(0, -1, 1, 2)), "coupled gates")

    # With one and the same r for all units, r * (U h) = U (r * h): reset before and reset after coincide if b_m = 0.
    base, _ = make_inputs("identity/gru_reset_before", CELLS["gru_reset_before"], case)
    mask = torch.cat([torch.zeros(7), torch.ones(14)])
    base |= {"weight_ih_l0": base["weight_ih_l0"] * mask[:, None], "weight_hh_l0": base["weight_hh_l0"] * mask[:, None],
             "bias_l0": base["bias_l0"] * mask + 0.3 * (1 - mask)}
    assert_close(run("gru_reset_before"), run("gru", bias_l0=torch.cat([base["bias_l0"], torch.zeros(7)])), "constant reset")
    # If U_n is a multiple of the identity they coincide too, now with an r of its own for each unit.
    base, _ = make_inputs("identity/gru_reset_before_diagonal", CELLS["gru_reset_before"], case)
    base["weight_hh_l0"] = torch.cat([base["weight_hh_l0"][:14], 0.8 * torch.eye(7)])
    assert_close(run("gru_reset_before"), run("gru", bias_l0=torch.cat([base["bias_l0"], torch.zeros(7)])), "diagonal U_n")

    # Gates that do not see h: h_T is a sum over time with known coefficients.
    for name in ("mingru", "minlstm"):
        base, _ = make_inputs("identity/" + name, CELLS[name], case)
        a = base["x"] @ base["weight_ih_l0"].T + base["bias_l0"]
        if name == "mingru":
            keep, add = 1 - sigmoid(a[..., :7]), sigmoid(a[..., :7]) * a[..., 7:]
        else:
            f, i = sigmoid(a[..., :7]), sigmoid(a[..., 7:14])
            keep, add = f / (f + i), i / (f + i) * a[..., 14:]
        closed = keep.prod(0) * base["h_0_l0"] + sum(keep[t + 1:].prod(0) * add[t] for t in range(case.T))
        assert_close({"h": run(name)["h_n_l0"]}, {"h": closed}, f"closed form of {name}")

    # Layer norm of a gate is torch's own.
    case = Case(layer_norm=True)
    cell = CELLS["rnn_tanh"]
    base, _ = make_inputs("identity/layer_norm", cell, case)
    h, ys = base["h_0_l0"], []
    for t in range(case.T):
        h = tanh(torch.nn.functional.layer_norm(base["x"][t] @ base["weight_ih_l0"].T, (7,), base["weight_ln_x_l0"])
                 + torch.nn.functional.layer_norm(h @ base["weight_hh_l0"].T, (7,), base["weight_ln_h_l0"]) + base["bias_l0"])
        ys.append(h)
    assert_close(run("rnn_tanh"), {"y": torch.stack(ys), "h_n_l0": h}, "layer norm")


def self_check():
    check_stack()
    check_identities()
