"""Golden trajectories of torch's optimisers, gradient clipping and learning-rate schedules."""
import warnings

import torch
from torch.optim import lr_scheduler

from common import Random, Topic

STEPS = 5
warnings.filterwarnings("ignore", "The epoch parameter")  # SequentialLR of torch 1.13 provokes it itself

OPTIMIZERS = {  # case -> torch class, its arguments
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sgd_weight_decay": (torch.optim.SGD, dict(lr=0.1, weight_decay=0.05)),
    "sgd_momentum": (torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    "sgd_momentum_weight_decay": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=0.05)),
    "sgd_nesterov": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True)),
    "sgd_nesterov_weight_decay": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-8)),
    "rmsprop_momentum": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.99, eps=1e-8, momentum=0.9)),
    "rmsprop_centered": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-8, centered=True)),
    "rmsprop_weight_decay": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-8, weight_decay=0.05)),
    "adagrad": (torch.optim.Adagrad, dict(lr=0.1, eps=1e-10)),
    "adagrad_initial": (torch.optim.Adagrad, dict(lr=0.1, eps=1e-10, initial_accumulator_value=0.1)),
    "adagrad_weight_decay": (torch.optim.Adagrad, dict(lr=0.1, eps=1e-10, weight_decay=0.05)),
    "adam": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8)),
    "adam_betas": (torch.optim.Adam, dict(lr=0.01, betas=(0.5, 0.75), eps=1e-3)),
    "adam_weight_decay": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)),
    "adam_amsgrad": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.75), eps=1e-8, amsgrad=True)),
    "adamw": (torch.optim.AdamW, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)),
    "adamw_rates": (torch.optim.AdamW, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)),
}


def parameters(r):
    return {"a": r.normal(3, 7), "b": r.normal(5)}


def optimizer(topic, case, cls, arguments):
    """Given gradients, one a step, so that no model is involved. `adamw_rates`: a learning rate of its own each step."""
    r = Random("optimizers/" + case)
    start = parameters(r)
    given = start | {"grad_" + k: r.normal(STEPS, *p.shape) for k, p in start.items()}
    given["grad_b"][:, 0] = 0                          # a parameter without gradient
    given["grad_b"][:, 1] = float(torch.tensor(1e-6, dtype=torch.float32))  # a tiny one: eps is felt
    given["grad_b"][2] = 0                             # a step without gradient
    if case == "adamw_rates":
        given["rates"] = r.uniform(0.001, 0.02, STEPS)
    tensors = {k: p.clone().requires_grad_() for k, p in start.items()}
    opt = cls(list(tensors.values()), **arguments)
    path = {k: [] for k in tensors}
    for t in range(STEPS):
        if "rates" in given:
            opt.param_groups[0]["lr"] = float(given["rates"][t])
        for k, p in tensors.items():
            p.grad = given["grad_" + k][t].clone()
        opt.step()
        for k, p in tensors.items():
            path[k].append(p.detach().clone())
    topic.add(case, {"optimizer": cls.__name__.lower()} | arguments, given, {"path_" + k: torch.stack(v) for k, v in path.items()})


def clipping(topic):
    r = Random("optimizers/clip")
    given = {"grad_" + k: g for k, g in parameters(r).items()}
    given["grad_a"][0, 0] = 5
    for case, function, setting in (
            ("clip_norm", torch.nn.utils.clip_grad_norm_, {"max_norm": 1.0}),
            ("clip_norm_not_reached", torch.nn.utils.clip_grad_norm_, {"max_norm": 100.0}),
            ("clip_value", torch.nn.utils.clip_grad_value_, {"clip_value": 0.5})):
        tensors = {k: torch.zeros_like(g).requires_grad_() for k, g in given.items()}
        for k, p in tensors.items():
            p.grad = given[k].clone()
        norm = function(list(tensors.values()), **setting)
        expected = {k.replace("grad", "clipped"): p.grad for k, p in tensors.items()}
        topic.add(case, setting, given, expected | ({} if norm is None else {"norm": norm.detach()}))


def schedules(topic):
    """Learning rates of steps 0, 1, … (plateau: after 0, 1, … epochs with the given losses)."""
    rate, warmup, total = 0.5, 4, 24

    def run(make, warm, losses=None):
        opt = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
        schedule = make(opt)
        if warm:  # steps 0 to 3 have 1/4, 2/4, 3/4 and all of the rate; the schedule's own step 0 is step 4
            rise = lr_scheduler.LinearLR(opt, 1 / warmup, total_iters=warmup - 1)
            schedule = lr_scheduler.SequentialLR(opt, [rise, schedule], [warmup])
        rates = [opt.param_groups[0]["lr"]]
        for k in range(total if losses is None else len(losses)):
            opt.step()
            schedule.step() if losses is None else schedule.step(losses[k])
            rates.append(opt.param_groups[0]["lr"])
        return torch.tensor(rates)

    makers = {
        "constant": (lambda o: lr_scheduler.ConstantLR(o, 1.0), {}),
        "step": (lambda o: lr_scheduler.StepLR(o, 5, 0.5), {"every": 5, "factor": 0.5}),
        "exponential": (lambda o: lr_scheduler.ExponentialLR(o, 0.9), {"every": 1, "factor": 0.9}),
        "cosine": (lambda o: lr_scheduler.CosineAnnealingLR(o, 20, 0.01), {"period": 20, "min_rate": 0.01}),
    }
    for name, (make, settings) in makers.items():
        for warm in (False, True):
            rates = run(make, warm)
            if name == "cosine":  # torch goes up again after its period; ours stays
                rates = rates[:21 + (warmup if warm else 0)]
            topic.add(f"schedule_{name}" + ("_warmup" if warm else ""),
                      {"schedule": name, "learning_rate": rate, "warmup": warmup if warm else 0} | settings, {}, {"rates": rates})

    losses = torch.tensor([2.0, 1.5, 1.5, 1.49995, 1.4999, 1.6, 1.2, 1.3, 1.3, 1.3, 1.3, 1.3, 1.3, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1],
                          dtype=torch.float32).double()
    settings = {"factor": 0.25, "patience": 2, "threshold": 1e-4, "min_lr": 0.02}
    rates = run(lambda o: lr_scheduler.ReduceLROnPlateau(o, **settings), False, losses.tolist())
    topic.add("schedule_plateau", {"schedule": "plateau", "learning_rate": rate} | settings, {"losses": losses}, {"rates": rates})


def make():
    topic = Topic("optimizers", "optimizers.py")
    for case, (cls, arguments) in OPTIMIZERS.items():
        optimizer(topic, case, cls, arguments)
    clipping(topic)
    schedules(topic)
    return topic
