"""Writes a safetensors file (https://github.com/huggingface/safetensors#format); reads one back for the self-check."""
import json
import struct

import numpy as np

DTYPES = {"float32": "F32", "float64": "F64", "int64": "I64"}


def write(path, tensors, metadata):
    """tensors: name -> numpy array; metadata: str -> str. The widest types come first, so that every tensor is aligned."""
    order = sorted(tensors, key=lambda name: (-tensors[name].dtype.itemsize, name))
    header, offset = {"__metadata__": dict(sorted(metadata.items()))}, 0
    for name in order:
        a = tensors[name]
        header[name] = {"dtype": DTYPES[a.dtype.name], "shape": list(a.shape), "data_offsets": [offset, offset + a.nbytes]}
        offset += a.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            f.write(np.ascontiguousarray(tensors[name]).astype(tensors[name].dtype.newbyteorder("<")).tobytes())


def read(path):
    """-> (tensors, metadata)"""
    names = {v: k for k, v in DTYPES.items()}
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})
    body = data[8 + size:]
    return {k: np.frombuffer(body[v["data_offsets"][0]:v["data_offsets"][1]], names[v["dtype"]]).reshape(v["shape"])
            for k, v in header.items()}, metadata
