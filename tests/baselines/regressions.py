"""The numbers that ngram_regression_test.cpp and softmax_regression_test.cpp expect: the same minima found by Newton's
method on dense matrices, with numpy. Run: python3 regressions.py"""
import numpy as np

np.set_printoptions(precision=12)


def newton(gradient_and_hessian, size):
    w = np.zeros(size)
    for _ in range(100):
        g, h = gradient_and_hessian(w)
        w -= np.linalg.solve(h, g)
        if np.abs(g).max() < 1e-13:
            break
    return w


def ngram_regression(texts, belongs, queries, alpha=1.0, C=1.0, beta=0.25):
    grams = lambda t: {tuple(t[i : i + n]) for n in (1, 2) for i in range(len(t) - n + 1)}
    names = sorted(set().union(*map(grams, texts)))
    F = np.array([[n in grams(t) for n in names] for t in texts], float)
    y = np.where(belongs, 1.0, -1.0)
    p, q = alpha + F[y > 0].sum(0), alpha + F[y < 0].sum(0)
    r = np.log(p / p.sum()) - np.log(q / q.sum())
    X = np.hstack([F * r, np.ones((len(F), 1))])
    penalty = np.diag([1.0] * len(names) + [0.0])

    def step(w):
        s = 1 / (1 + np.exp(y * (X @ w)))
        return penalty @ w - C * X.T @ (y * s), penalty + C * (X.T * (s * (1 - s))) @ X

    w = newton(step, len(names) + 1)
    v = (1 - beta) * np.abs(w[:-1]).mean() + beta * w[:-1]
    for t in queries:
        g = grams(t)
        print(t, sum(r[j] * v[j] for j, n in enumerate(names) if n in g) + w[-1])


texts = [[0, 1, 2], [0, 1, 3], [4, 1, 2], [4, 5], [5, 4, 3, 3], [2, 5, 4], []]
label = np.array([1, 1, 1, 0, 0, 0, 0], bool)
queries = [[0, 1, 2], [4, 5], [3], [9, 0], []]
print("two classes")
ngram_regression(texts, label, queries)
print("three labels, the first")
ngram_regression(texts, np.array([1, 0, 0, 1, 0, 0, 1], bool), queries)

rows = np.array([[0.5, -1.0], [1.5, 0.0], [-0.5, 2.0], [-1.0, 1.0], [0.0, 0.25], [2.0, -2.0]])
labels = np.array([0, 0, 1, 1, 2, 2])
X = np.hstack([rows, np.ones((6, 1))])
strength = 2.0
T = np.eye(3)[labels]


def softmax(w):
    a = np.exp(X @ w.reshape(3, 3).T)
    return a / a.sum(1, keepdims=True)


def step(w):
    P = softmax(w)
    penalty = np.tile([1 / strength, 1 / strength, 0], 3)
    g = ((P - T).T @ X).ravel() + penalty * w
    H = np.diag(penalty)
    for x, p in zip(X, P):
        H += np.kron(np.diag(p) - np.outer(p, p), np.outer(x, x))
    return g, H + 1e-12 * np.eye(9)  # the biases are free up to a common shift


print("softmax")
print(softmax(newton(step, 9)))
