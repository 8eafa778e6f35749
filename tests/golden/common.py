"""What all golden topics share: seeded float32 inputs held as float64, and a collector of named cases.

Inputs are rounded to float32 first and everything is then computed from those values in float64, so an expected value
carries no rounding of its own: a float implementation is compared at float tolerance, a double one at double tolerance.
"""
import json
import zlib

import numpy as np
import torch

import safetensors_write

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)  # the same bytes again on the same machine


class Random:
    """Inputs of one case, seeded by its name: adding a case changes no other."""

    def __init__(self, name):
        self.numpy = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))

    def _tensor(self, a):
        return torch.from_numpy(np.asarray(a, np.float32).astype(np.float64))

    def normal(self, *shape, scale=1.0, mean=0.0):
        return self._tensor(mean + scale * self.numpy.standard_normal(shape))

    def uniform(self, low, high, *shape):
        return self._tensor(self.numpy.uniform(low, high, shape))

    def bernoulli(self, p, *shape):
        """1 with probability p, else 0"""
        return self._tensor(self.numpy.random(shape) < p)

    def integers(self, low, high, *shape):
        return torch.from_numpy(self.numpy.integers(low, high, shape, np.int64))


class Topic:
    """One golden file: `case/tensor`, inputs as F32 or I64, expected values as F64; metadata `case` -> its settings as JSON."""

    def __init__(self, name, script):
        self.name, self.tensors = name, {}
        self.metadata = {"torch": torch.__version__, "numpy": np.__version__, "script": f"tests/golden/{script}"}

    def add(self, case, settings, inputs, expected):
        assert case not in self.metadata, case
        self.metadata[case] = json.dumps(settings)
        for name, t in inputs.items():
            a = t.detach().numpy()
            if a.dtype == np.float64:
                a = a.astype(np.float32)
                assert (a.astype(np.float64) == t.detach().numpy()).all(), f"{case}/{name} is not exactly float32"
            self.tensors[f"{case}/{name}"] = a
        for name, t in expected.items():
            a = t.detach().numpy()
            assert a.dtype in (np.float64, np.int64) and np.isfinite(a).all(), f"{case}/{name}"
            assert f"{case}/{name}" not in self.tensors, f"{case}/{name}"
            self.tensors[f"{case}/{name}"] = a

    def write(self, folder):
        path = f"{folder}/{self.name}.safetensors"
        safetensors_write.write(path, self.tensors, self.metadata)
        back, metadata = safetensors_write.read(path)
        assert metadata == self.metadata and back.keys() == self.tensors.keys()
        assert all((back[k] == v).all() and back[k].shape == v.shape for k, v in self.tensors.items())
        return path


def assert_close(found, expected, what, tolerance=1e-12):
    """Two ways to compute the same thing in float64 agree."""
    assert found.keys() == expected.keys(), (what, found.keys() ^ expected.keys())
    for name in expected:
        a, b = found[name], expected[name]
        assert a.shape == b.shape, (what, name, a.shape, b.shape)
        error = ((a - b).abs() / (1 + b.abs())).max().item() if a.numel() else 0.0
        assert error <= tolerance, f"{what}: {name} differs by {error:.2e}"


def gradients(outputs, upstream, leaves):
    """d Σ_k <outputs[k], upstream['d'+k]> / d leaves, as {'d'+name: tensor}"""
    loss = sum((outputs[k] * upstream["d" + k]).sum() for k in outputs)
    grads = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
    return {"d" + k: torch.zeros_like(v) if g is None else g for (k, v), g in zip(leaves.items(), grads)}
