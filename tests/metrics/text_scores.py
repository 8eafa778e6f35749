"""Writes text_scores.json: sentences, and what sacreBLEU 2.6.0 and Google's rouge_score (google-research/rouge, without
stemming) say of them.

    PYTHONPATH=…/sacrebleu:…/rouge_score /usr/bin/python3 tests/metrics/text_scores.py > tests/metrics/text_scores.json

Both need only what Debian 12 has: python3-regex, python3-nltk, python3-absl, python3-portalocker, python3-tabulate,
python3-colorama, python3-lxml.
"""
import json
import random

from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF

WORDS = """the a dog cat runs sits over under two 2 1,000 3.5 U.S. it's well-known "quoted" (aside) end. done, yes! no? e.g.
1990-2000 50% $5 a/b x=y [sic] Straße café ÉCOLE ΟΔΟΣ Σίσυφος ΣΑΣ İstanbul naïve — … “so” »ja« 100€ 5°C m² ½ № 东京 タワー
&quot;hi&quot; R&amp;D &lt;b&gt; <skipped> don't O'Neil -- - co-op 9-to-5 7, .5 ,, ... a..b Kelvin K Å ﬁne ǅ""".split()

LINES = ["", " ", ".", "a", "a.", ".a", "1.", ".1", "1.5.", "a..b", "a,,b", ",.,.", "1,2,3", "1-2", "a-b", "1-", "-1-", "--1--",
         "foo-\nbar", "foo-\n", "foo\nbar", "a\tb", "a\u00a0b", "a\u2028b", "a\u200bb", "a\x1fb", "3.14159.", "It's $5.00, isn't it?",
         "http://x.org/a-b?c=1&d=2", "&amp;quot;", "&quot;&lt;&gt;", "<skipped>x<skipped>", "x ΟΔΟΣ. Σ Σα αΣ' ΑΣ.Α", "5°C±2",
         "“Hello”—he said…", "¡Hola! ¿Qué?", "中文。句子,1", "a¹b²", "€5,5", "№5.", "e\u0301.e\u0301", "{~}[`]@:/(+)*^_|\\"]


def sentence(rng, longest):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, longest)))


def changed(rng, text):
    words = text.split(" ")
    out = []
    for word in words:
        if rng.random() < 0.12:
            continue
        if rng.random() < 0.15:
            out.append(rng.choice(WORDS))
        out.append(word.swapcase() if rng.random() < 0.05 else word)
    return " ".join(out)


def unversioned(signature):
    return str(signature).rsplit("|", 1)[0]


def bleu_case(hypotheses, references, streams, options):
    metric = BLEU(**options, force=True)
    score = metric.corpus_score(hypotheses, streams)
    signature = unversioned(metric.get_signature())
    sentences = BLEU(**options, force=True, effective_order=True)
    return {"options": options, "line": score.format(signature=signature), "score": score.score,
            "sentences": [sentences.sentence_score(h, r).score for h, r in zip(hypotheses, references)]}


def chrf_case(hypotheses, references, streams, options):
    metric = CHRF(**options)
    score = metric.corpus_score(hypotheses, streams)
    return {"options": options, "signature": unversioned(metric.get_signature()), "score": score.score,
            "sentences": [metric.sentence_score(h, r).score for h, r in zip(hypotheses, references)]}


def rouge_case(hypothesis, references):
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    scores = [scorer.score(r, hypothesis) for r in references]
    return [max(s[kind].fmeasure for s in scores) for kind in ("rouge1", "rouge2", "rougeL")]


def main():
    corpora = []
    for number, (count, longest, most, varying) in enumerate(
            [(20, 30, 1, False), (15, 20, 3, False), (15, 12, 3, True), (4, 3, 1, False), (3, 2, 2, True), (1, 60, 1, False)]):
        rng = random.Random(number)
        hypotheses, references = [], []
        for _ in range(count):
            text = sentence(rng, longest)
            references.append([changed(rng, text) for _ in range(rng.randint(1, most) if varying else most)])
            hypotheses.append(changed(rng, text))
        streams = [[r[i] if i < len(r) else None for r in references] for i in range(max(map(len, references)))]
        args = (hypotheses, references, streams)
        corpora.append({
            "hypotheses": hypotheses, "references": references,
            "bleu": [bleu_case(*args, {"tokenize": t, "lowercase": lower}) for t in ("13a", "intl", "none") for lower in (False, True)],
            "chrf": [chrf_case(*args, {"word_order": words, "lowercase": lower}) for words in (0, 2) for lower in (False, True)],
            "rouge": [rouge_case(h, r) for h, r in zip(hypotheses, references)]})
    tokens = {t: [BLEU(tokenize=t).tokenizer(line.rstrip()).split() for line in LINES + WORDS] for t in ("13a", "intl", "none")}
    lines = LINES + WORDS
    print(json.dumps({"lines": lines, "lower": [line.lower() for line in lines], "tokens": tokens, "corpora": corpora},
                     ensure_ascii=False, indent=0))


if __name__ == "__main__":
    main()
