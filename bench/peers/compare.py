"""recur beside its peers, in turns within one run: prints a table of ratios and writes bench/results.md.

usage: compare.py RECUR [--only NAME,…] [--turns N] [--seconds S]

Each peer runs at the best of its settings: PyTorch on all cores as installed, and with the kernels that OpenBLAS
should have chosen, on all cores and on one. A ratio is the peer's seconds over recur's of the same turn; the table has
the median."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


class Peer:
    """A program that answers a workload's name with seconds."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError("it stopped")
        return answer

    def close(self):
        self.process.kill()


def pytorch_peers(cores, seconds):
    python = next((p for p in ("/usr/bin/python3", sys.executable) if has_torch(p)), None)
    if python is None:
        print("PyTorch: not installed (Debian: python3-torch); left out")
        return {}
    script = [python, str(HERE / "pytorch.py"), str(seconds)]
    tuned = {"OPENBLAS_CORETYPE": "SKYLAKEX", "OMP_WAIT_POLICY": "passive"}
    return {
        f"as installed, {cores} threads": Peer(script + [str(cores)], {}),
        f"tuned, {cores} threads": Peer(script + [str(cores)], tuned),
        "tuned, 1 thread": Peer(script + ["1"], {**tuned, "OPENBLAS_NUM_THREADS": "1"}),
    }


def has_torch(python):
    return subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0


def recur_result(program, name, seconds):
    command = [program, "bench", "--only", name, "--seconds", str(seconds), "--json"]
    results = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return next(r for r in results["results"] if r["name"] == name), results["machine"]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("recur")
    arguments.add_argument("--only", default="train,layer,infer")
    arguments.add_argument("--turns", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=0.1)
    options = arguments.parse_args()
    wanted = tuple(options.only.split(","))
    listed = subprocess.run([options.recur, "bench", "--list"], check=True, capture_output=True, text=True).stdout
    names = [n for n in listed.split() if n.startswith(wanted)]
    peers = pytorch_peers(os.cpu_count(), options.seconds)
    version = next(iter(peers.values())).ask("version") if peers else "none"

    rows, machine = [], {}
    for name in names:
        ours, fractions, theirs = [], [], {label: [] for label in peers}
        for _ in range(options.turns):
            for label, peer in list(peers.items()):
                answer = peer.ask(name)
                if answer != "none":
                    theirs[label].append(float(answer))
            result, machine = recur_result(options.recur, name, options.seconds / 5)
            ours.append(result["seconds"])
            fractions.append(result["peak_fraction"])
        best = min((label for label in theirs if theirs[label]), key=lambda l: statistics.median(theirs[l]), default=None)
        row = [name, f"{1e3 * statistics.median(ours):.3f}", f"{statistics.median(fractions):.2f}"]
        if best is None:
            row += ["", "", ""]
        else:
            ratio = statistics.median(t / o for t, o in zip(theirs[best], ours))
            row += [f"{1e3 * statistics.median(theirs[best]):.3f}", f"{ratio:.2f}", best]
        rows.append(row)
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, (44, 10, 6, 10, 6, 24))), flush=True)
    for peer in peers.values():
        peer.close()
    write_results(rows, machine, version)


def write_results(rows, machine, version):
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    lines = [
        "# recur beside its peers",
        "",
        f"{datetime.date.today()}, {cpu}, {os.cpu_count()} cores, {machine.get('isa')}; recur {machine.get('version')}, "
        f"peak by {machine.get('peak_by')}, PyTorch {version}. Medians of turns within one run, by `./go bench`.",
        "",
        "| workload | recur, ms | of peak | PyTorch at its best, ms | PyTorch / recur | its settings |",
        "|-|-|-|-|-|-|",
    ]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    (HERE.parent / "results.md").write_text("\n".join(lines) + "\n")


main()
