"""The workloads of `recur bench` in PyTorch, as its documentation writes them. Reads names from standard input, a line
each, and answers with the seconds of one run: the best within a turn of TURN seconds (argument 1)."""

import sys
import time

import torch
from torch import nn


class Tokens(nn.Module):
    """Embedding, recurrent layers, linear to the vocabulary at every step."""

    def __init__(self, kind, vocabulary, width, layers):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = kind(width, width, layers)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, x):
        return self.head(self.layers(self.embedding(x))[0])


def language_model(kind, vocabulary, width, batch, steps, adam):
    model = Tokens(kind, vocabulary, width, 2)
    x = torch.randint(vocabulary, (steps, batch))
    y = torch.randint(vocabulary, (steps * batch,))
    loss = nn.CrossEntropyLoss()
    return training(model, lambda: loss(model(x).reshape(-1, vocabulary), y), adam)


def imdb():
    embedding, layers, head = nn.Embedding(10000, 100), nn.LSTM(100, 128, bidirectional=True), nn.Linear(256, 1)
    model = nn.ModuleList([embedding, layers, head])
    x, y = torch.randint(10000, (200, 32)), torch.rand(32, 1)
    loss = nn.BCEWithLogitsLoss()
    return training(model, lambda: loss(head(layers(embedding(x))[0].mean(0)), y), True)


def forecast(kind, features, hidden, count, steps):
    layers, head = kind(features, hidden, count), nn.Linear(hidden, 1)
    model = nn.ModuleList([layers, head])
    x, y = torch.randn(steps, 32, features), torch.rand(32, 1)
    loss = nn.MSELoss()
    return training(model, lambda: loss(head(layers(x)[0][-1]), y), True)


def seq2seq():
    source, target = nn.Embedding(10000, 256), nn.Embedding(10000, 256)
    encoder, decoder, head = nn.LSTM(256, 256), nn.LSTM(256, 256), nn.Linear(256, 10000)
    model = nn.ModuleList([source, target, encoder, decoder, head])
    x, y = torch.randint(10000, (20, 64)), torch.randint(10000, (20, 64))
    loss = nn.CrossEntropyLoss()

    def forward():
        state = encoder(source(x))[1]
        return loss(head(decoder(target(y), state)[0]).reshape(-1, 10000), y.reshape(-1))

    return training(model, forward, True)


def training(model, loss, adam):
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters) if adam else torch.optim.SGD(parameters, 1e-3)

    def step():
        optimizer.zero_grad()
        loss().backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()

    return step


def layer(kind, width, batch, steps):
    model = kind(width, width)
    x = torch.randn(steps, batch, width, requires_grad=True)
    dy = torch.randn(steps, batch, width)

    def step():
        model.zero_grad()
        model(x)[0].backward(dy)

    return step


def inference(width, batch):
    model = nn.LSTM(width, width)
    x = torch.randn(100, batch, width)

    def step():
        with torch.no_grad():
            model(x)

    return step


KINDS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
WORKLOADS = {
    "train/ptb-small-2x200-b20-t20": lambda: language_model(nn.LSTM, 10000, 200, 20, 20, False),
    "train/ptb-medium-2x650-b20-t35": lambda: language_model(nn.LSTM, 10000, 650, 20, 35, False),
    "train/imdb-bilstm-128-b32-t200": imdb,
    "train/forecast-lstm-2x50-b32-t60": lambda: forecast(nn.LSTM, 1, 50, 2, 60),
    "train/forecast-gru-1x32-b32-t24": lambda: forecast(nn.GRU, 7, 32, 1, 24),
    "train/seq2seq-256-b64-t20": seq2seq,
}
for name, kind in KINDS.items():
    WORKLOADS[f"train/charlm-{name}-2x256-b32-t64"] = lambda kind=kind: language_model(kind, 65, 256, 32, 64, True)
    for steps, batch, width in ((64, 32, 256), (35, 20, 650), (50, 50, 512), (20, 20, 200), (60, 32, 50)):
        WORKLOADS[f"layer/{name}-{width}-b{batch}-t{steps}"] = (
            lambda kind=kind, w=width, b=batch, t=steps: layer(kind, w, b, t)
        )
for width in (128, 256, 512):
    for batch in (1, 4, 32):
        WORKLOADS[f"infer/lstm-{width}-b{batch}-t100"] = lambda w=width, b=batch: inference(w, b)


def main():
    turn, threads = float(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    prepared = {}
    for line in sys.stdin:
        name = line.strip()
        if name == "version":
            print(torch.__version__, flush=True)
            continue
        if name not in WORKLOADS:
            print("none", flush=True)
            continue
        if name not in prepared:
            prepared.clear()
            prepared[name] = WORKLOADS[name]()
            prepared[name]()
        best, spent = float("inf"), 0.0
        while spent < turn:
            begin = time.perf_counter()
            prepared[name]()
            took = time.perf_counter() - begin
            best, spent = min(best, took), spent + took
        print(best, flush=True)


main()
