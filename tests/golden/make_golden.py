#!/usr/bin/env python3
"""Writes the golden vectors of tests/golden/ (see README.md). Needs python3-torch and python3-numpy of Debian 12.

    /usr/bin/python3 tests/golden/make_golden.py [TOPIC…]        # all topics without an argument
"""
import os
import sys

import attention
import cells
import crf
import layers
import losses
import optimizers


def main(wanted):
    here = os.path.dirname(os.path.abspath(__file__))
    topics = {name: (lambda name=name: cells.make(name)) for name in cells.CELLS}
    topics |= {"attention": attention.make, "crf": crf.make, "layers": layers.make, "losses": losses.make, "optimizers": optimizers.make}
    unknown = set(wanted) - set(topics)
    if unknown:
        sys.exit(f"unknown topic {', '.join(sorted(unknown))}; there are {', '.join(topics)}")
    cells.self_check()
    for name in wanted or topics:
        topic = topics[name]()
        path = topic.write(here)
        print(f"{os.path.basename(path):32}{os.path.getsize(path):>9} bytes  {len(topic.metadata) - 3} cases")


if __name__ == "__main__":
    main(sys.argv[1:])
