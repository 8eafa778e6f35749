"""Writes conlleval.txt: random tags beside random answers, and what conlleval.pl (Tjong Kim Sang, version 2004-01-26, as
the CoNLL shared tasks published it) says of them.

    python3 tests/metrics/conlleval.py CONLLEVAL.pl > tests/metrics/conlleval.txt

A case is a line "case NAME", the lines "word truth answer" with empty lines between sentences, and behind a line "---" what
the script printed.
"""
import random
import subprocess
import sys

PLACES = {"iob2": "BI", "iob1": "IIIB", "stray": "BBIII"}


def tags(rng, length, scheme, types):
    """Any order of places: chunks that begin with I-, that change their type half way, that touch."""
    out, kind = [], rng.choice(types)
    for _ in range(length):
        if rng.random() < 0.3:
            kind = rng.choice(types)
        out.append("O" if rng.random() < 0.3 else rng.choice(PLACES[scheme]) + "-" + kind)
    return out


def main(script):
    for number, (scheme, types, sentences) in enumerate(
            [("iob2", ["NP"], 6), ("iob2", ["NP", "VP", "A-B"], 12), ("iob1", ["PER", "LOC"], 12), ("stray", ["x", "y", "z"], 25)]):
        rng = random.Random(number)
        lines = []
        for _ in range(sentences):
            length = rng.randint(1, 14)
            truth = tags(rng, length, scheme, types)
            noise = tags(rng, length, scheme, types)
            answer = [t if rng.random() < 0.8 else n for t, n in zip(truth, noise)]
            lines += [f"w {t} {a}" for t, a in zip(truth, answer)] + [""]
        text = "\n".join(lines) + "\n"
        print(f"case {scheme}-{number}\n{text}---\n{subprocess.run(['perl', script], input=text, text=True, capture_output=True, check=True).stdout}")


if __name__ == "__main__":
    main(sys.argv[1])
