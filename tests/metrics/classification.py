"""The numbers that classification_test.cpp expects, computed with numpy from the textbook definitions, class by class
(precision TP/(TP+FP), recall TP/(TP+FN), F1 their harmonic mean), and Wilson's interval as the roots of
(p - q)^2 = z^2 q (1 - q) / n. Run: python3 classification.py"""
import numpy as np

truth = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 3])
guess = np.array([0, 0, 1, 2, 1, 1, 0, 2, 2, 2])


def scores(t, g):
    tp, fp, fn = (t & g).sum(0), (~t & g).sum(0), (t & ~g).sum(0)
    with np.errstate(all="ignore"):
        p, r = np.nan_to_num(tp / (tp + fp)), np.nan_to_num(tp / (tp + fn))
        f = np.nan_to_num(2 * p * r / (p + r))
    P, R = tp.sum() / (tp + fp).sum(), tp.sum() / (tp + fn).sum()
    print("precision", p, "recall", r, "f1", f)
    print("macro", f[(tp + fp + fn) > 0].mean(), "micro", 2 * P * R / (P + R), "accuracy", (t == g).all(1).mean())


np.set_printoptions(precision=17)
hot = np.eye(5, dtype=bool)  # class 4 never occurs
scores(hot[truth], hot[guess])
matrix = np.zeros((5, 5), int)
np.add.at(matrix, (truth, guess), 1)
print(matrix)
scores(np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 0]], bool), np.array([[1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 0, 0]], bool))
for correct, count in [(0, 10), (7, 10), (10, 10), (812, 1000)]:
    z, p = 1.959963984540054, correct / count
    print(correct, count, sorted(np.roots([1 + z * z / count, -(2 * p + z * z / count), p * p])))
