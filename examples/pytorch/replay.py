#!/usr/bin/env python3
"""Reads a recur model file with numpy and PyTorch alone, runs it, and compares with its golden outputs."""
import json, struct, sys
try:
    import numpy as np, torch
except ImportError as error:
    print(f"skipped: {error} (apt install python3-torch)")
    sys.exit(77)

def read_safetensors(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header, base = json.loads(data[8:8 + length]), 8 + length
    types = {"F32": np.float32, "I32": np.int32, "U8": np.uint8, "BF16": np.uint16}
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, t in header.items():
        values = np.frombuffer(data, types[t["dtype"]], offset=base + t["data_offsets"][0], count=int(np.prod(t["shape"])))
        if t["dtype"] == "BF16":  # the upper half of a float
            values = (values.astype(np.uint32) << 16).view(np.float32)
        tensors[name] = torch.from_numpy(values.reshape(t["shape"]).copy())
    return metadata, tensors

def build(config, w):
    kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[config["cell"]]
    layers = []
    for l, hidden in enumerate(config["hidden_size"]):
        layer = kind(w[f"encoder.weight_ih_l{l}"].shape[1], hidden)
        bias, gates = w[f"encoder.bias_l{l}"].reshape(-1, hidden), w[f"encoder.weight_ih_l{l}"].shape[0] // hidden
        bias_hh = torch.zeros(gates, hidden)
        if config["cell"] == "gru":  # one bias a gate here; PyTorch's n has two, and m is the second
            bias_hh[2] = bias[3]
        layer.load_state_dict({"weight_ih_l0": w[f"encoder.weight_ih_l{l}"], "weight_hh_l0": w[f"encoder.weight_hh_l{l}"],
                               "bias_ih_l0": bias[:gates].flatten(), "bias_hh_l0": bias_hh.flatten()})
        layers.append(layer)
    return layers

def main(path):
    metadata, w = read_safetensors(path)
    config = json.loads(metadata["recur.config"])["model"]
    x = w["embedding.weight"][w["golden.tokens"].long()]
    for layer in build(config, w):
        x, _ = layer(x)
    for i in range(len(config["head"]) + 1):
        x = torch.nn.functional.linear(torch.relu(x) if i else x, w.get(f"head.{i}.weight", w["embedding.weight"]),  # tied
                                       w[f"head.{i}.bias"])
    difference = (x - w["golden.logits"]).abs().max().item()
    print(f"{path}: largest difference from the golden outputs {difference:.2e}")
    return 0 if difference < 1e-5 else 1

if __name__ == "__main__":
    with torch.no_grad():
        sys.exit(main(sys.argv[1]))
