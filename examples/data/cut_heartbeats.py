#!/usr/bin/env python3
"""Cuts heartbeats.train.ts and heartbeats.test.ts from an electrocardiogram:

    cut_heartbeats.py MBA_ECG805_data.csv

The record holds a value and a label a line, 128 a second; each labelled stretch begins 0.25 s before an ectopic beat.
A beat is the highest value within 0.28 s, at least 0.8 mV above the median of the two seconds around it. It is
"ectopic" where a labelled stretch began 0.15 to 0.35 s before, "normal" outside of all stretches; others, which follow
an ectopic beat within its stretch, are left out, and so are two of three normal beats, to keep the files small. Of each
there are 0.75 s, the beat at 0.31 s, 64 values a second. The last third of the record is the test: later in time, so
that no beat stands in both.
"""
import pathlib
import statistics
import sys

RATE = 128                      # values a second
NEAR = 36                       # no other beat within so many values
BEFORE, AFTER = 40, 56          # values of a cut, before and from the beat
THIRD = 3                       # of so many normal beats one is kept


def beats(values):
    """Where the beats are."""
    for at in range(RATE, len(values) - RATE):
        here = values[at]
        if (here > max(values[at - NEAR:at]) and here >= max(values[at + 1:at + NEAR + 1])
                and here - statistics.median(values[at - RATE:at + RATE]) > 0.8):
            yield at


def kind(labels, at):
    """The label of a beat, or None."""
    if not labels[at]:
        return "normal"
    begin = at
    while labels[begin - 1]:
        begin -= 1
    return "ectopic" if 0.15 * RATE <= at - begin <= 0.35 * RATE else None


def main():
    values, labels = [], []
    for line in open(sys.argv[1], encoding="ascii"):
        value, label = line.split(",")
        values.append(float(value))
        labels.append(float(label) > 0)
    rows = {"train": [], "test": []}
    normal = 0
    for at in beats(values):
        label = kind(labels, at)
        if label is None:
            continue
        if label == "normal":
            normal += 1
            if normal % THIRD:
                continue
        cut = values[at - BEFORE:at + AFTER]
        halves = [(a + b) / 2 for a, b in zip(cut[::2], cut[1::2])]
        part = "train" if at < len(values) * 2 // 3 else "test"
        rows[part].append(",".join(f"{v:.2f}" for v in halves) + ":" + label)
    for part, lines in rows.items():
        head = ["# Heartbeats: 0.75 s each, millivolts, 64 values a second. See NOTICE; cut_heartbeats.py made this.",
                "@problemName heartbeats", "@timeStamps false", "@missing false", "@univariate true",
                "@equalLength true", f"@seriesLength {(BEFORE + AFTER) // 2}", "@classLabel true normal ectopic",
                "@data"]
        path = pathlib.Path(__file__).parent / f"heartbeats.{part}.ts"
        path.write_text("\n".join(head + lines) + "\n", encoding="ascii")


main()
