"""What transformers' logits processors leave of a distribution: warps.json.

    python warps.py ../test/resources/warps
"""

import json
import sys
from pathlib import Path

import torch
from transformers import LogitsProcessorList, MinPLogitsWarper, RepetitionPenaltyLogitsProcessor
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

VOCABULARY = 40
PLAIN = dict(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, repetition=1.0, presence=0.0, frequency=0.0)
SETTINGS = [
    {},
    {"temperature": 0.6},
    {"top_k": 5},
    {"top_p": 0.7},
    {"min_p": 0.15},
    {"repetition": 1.7},
    {"repetition": 0.6},
    {"presence": 0.9},
    {"frequency": 0.4},
    {"temperature": 1.4, "top_k": 20, "top_p": 0.9},
    {"temperature": 0.8, "top_p": 0.95, "min_p": 0.1},
    {"temperature": 1.2, "top_k": 30, "top_p": 0.97, "min_p": 0.02, "repetition": 1.3, "presence": -0.2, "frequency": 0.3},
]


def expected(logits, prompt, completion, banned, s):
    scores = logits.clone()
    scores[:, banned] = -float("inf")
    seen = torch.tensor([prompt + completion])
    if s["repetition"] != 1:
        scores = RepetitionPenaltyLogitsProcessor(s["repetition"])(seen, scores)
    counts = torch.bincount(torch.tensor(completion), minlength=VOCABULARY).float()
    scores = scores - s["presence"] * (counts > 0) - s["frequency"] * counts  # as OpenAI documents them
    warpers = LogitsProcessorList([TemperatureLogitsWarper(s["temperature"])])
    if s["top_k"]:
        warpers.append(TopKLogitsWarper(s["top_k"]))
    if s["top_p"] < 1:
        warpers.append(TopPLogitsWarper(s["top_p"]))
    if s["min_p"]:
        warpers.append(MinPLogitsWarper(s["min_p"]))
    return torch.softmax(warpers(seen, scores).double(), -1)[0]


def main(directory):
    torch.manual_seed(11)
    cases = []
    for i, settings in enumerate(SETTINGS):
        s = PLAIN | settings
        logits = torch.randn(1, VOCABULARY) * 2
        prompt = torch.randint(VOCABULARY, (9,)).tolist()
        completion = torch.randint(VOCABULARY, (14,)).tolist()
        banned = [int(logits.argmax())] if i % 3 == 2 else []
        p = expected(logits, prompt, completion, banned, s)
        cases.append({"name": str(settings), **s, "logits": logits[0].tolist(), "prompt": prompt,
                      "completion": completion, "banned": banned, "probabilities": p.tolist()})
    Path(directory).mkdir(parents=True, exist_ok=True)
    Path(directory, "warps.json").write_text(json.dumps({"cases": cases}) + "\n")


main(sys.argv[1])
