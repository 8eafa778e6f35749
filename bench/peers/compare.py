"""recur beside its peers, in turns within one run: prints a table of ratios and writes bench/results.md.

usage: compare.py RECUR [--onednn PROGRAM] [--only NAME,…] [--turns N] [--seconds S]

Each peer runs at the best of its settings: PyTorch on all cores as installed, and with the kernels that OpenBLAS
should have chosen, on all cores and on one; oneDNN's recurrent primitives (onednn.cpp, built) on all cores and on one.
A ratio is the peer's seconds over recur's of the same turn; the table has the median."""

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


def onednn_peers(program, cores, seconds):
    if program is None or not pathlib.Path(program).exists():
        print("oneDNN: its peer is not built (Debian: libdnnl-dev); left out")
        return {}
    return {f"{n} thread{'s' if n > 1 else ''}": Peer([program, str(seconds)], {"OMP_NUM_THREADS": str(n)})
            for n in sorted({1, cores}, reverse=True)}


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


class Group:
    """One peer with its settings, and how long it took under each, turn by turn."""

    def __init__(self, name, settings):
        self.name, self.settings = name, settings
        self.version = next(iter(settings.values())).ask("version") if settings else "left out"
        self.seconds = {}

    def measure(self, workload):
        for label, peer in self.settings.items():
            answer = peer.ask(workload)
            if answer != "none":
                self.seconds.setdefault(label, []).append(float(answer))

    def cells(self, ours):
        """Milliseconds and ratio at the best of the settings, and which that is."""
        measured, self.seconds = self.seconds, {}
        if not measured:
            return ["", "", ""]
        best = min(measured, key=lambda label: statistics.median(measured[label]))
        ratio = statistics.median(t / o for t, o in zip(measured[best], ours))
        return [f"{1e3 * statistics.median(measured[best]):.3f}", f"{ratio:.2f}", best]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("recur")
    arguments.add_argument("--onednn")
    arguments.add_argument("--only", default="train,layer,infer")
    arguments.add_argument("--turns", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=0.1)
    options = arguments.parse_args()
    wanted = tuple(options.only.split(","))
    listed = subprocess.run([options.recur, "bench", "--list"], check=True, capture_output=True, text=True).stdout
    names = [n for n in listed.split() if n.startswith(wanted)]
    cores = os.cpu_count()
    groups = [Group("PyTorch", pytorch_peers(cores, options.seconds)),
              Group("oneDNN", onednn_peers(options.onednn, cores, options.seconds))]

    header = ["workload", "recur, ms", "of peak"]
    for group in groups:
        header += [f"{group.name} at its best, ms", f"{group.name} / recur", "its settings"]
    rows, machine = [], {}
    show(header)
    for name in names:
        ours, fractions = [], []
        for _ in range(options.turns):
            for group in groups:
                group.measure(name)
            result, machine = recur_result(options.recur, name, options.seconds / 5)
            ours.append(result["seconds"])
            fractions.append(result["peak_fraction"])
        row = [name, f"{1e3 * statistics.median(ours):.3f}", f"{statistics.median(fractions):.2f}"]
        for group in groups:
            row += group.cells(ours)
        rows.append(row)
        show(row)
    for group in groups:
        for peer in group.settings.values():
            peer.close()
    write_results(header, rows, machine, groups)


def show(row):
    widths = (44, 10, 8) + (24, 15, 24) * 2
    print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip(), flush=True)


def write_results(header, rows, machine, groups):
    cpu = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    versions = ", ".join(f"{group.name} {group.version}" for group in groups)
    lines = [
        "# recur beside its peers",
        "",
        f"{datetime.date.today()}, {cpu}, {os.cpu_count()} cores, {machine.get('isa')}; recur {machine.get('version')}, "
        f"peak by {machine.get('peak_by')}, {versions}. Medians of turns within one run, by `./go bench`.",
        "",
        "| " + " | ".join(header) + " |",
        "|" + "-|" * len(header),
    ]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    (HERE.parent / "results.md").write_text("\n".join(lines) + "\n")


main()
