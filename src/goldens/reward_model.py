"""Writes what transformers and PEFT compute for a reward model, on the base of the golden case gqa.

    python reward_model.py ../test/resources/goldens/gqa/model ../test/resources/reward

Scores of the last token, the Bradley-Terry loss of pairs with its gradient, and the adapter after five AdamW steps.
"""

import os
import shutil
import sys
from pathlib import Path

if os.environ.get("PYTHONHASHSEED") != "0":  # PEFT writes a Python set into adapter_config.json
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0", "HF_HUB_OFFLINE": "1"})

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from torch.nn.functional import logsigmoid
from transformers import LlamaForSequenceClassification

import reference
from make_goldens import save, to_json

LENGTHS = [(9, 12), (17, 9), (5, 5), (2, 30)]  # tokens of the chosen and of the rejected answer
MARGIN, STEPS, LEARNING_RATE = 0.5, 5, 5e-3


def with_adapter(base, rng):
    model = LlamaForSequenceClassification.from_pretrained(base, num_labels=1, dtype=torch.float32)
    model.name_or_path = "gqa"  # PEFT writes it
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"], task_type="SEQ_CLS")
    model = get_peft_model(model, config)
    for name, p in reference.adapter(model).items():
        scale = (0.5 if ".lora_B." in name else 1.0) / p.shape[1] ** 0.5
        p.data = torch.from_numpy(rng.standard_normal(tuple(p.shape)).astype(np.float32) * np.float32(scale))
    return model.eval()


def loss(model, pairs, margin):
    rewards = [[reference.score(model, tokens) for tokens in pair] for pair in pairs]
    return sum(-logsigmoid(chosen - rejected - margin) for chosen, rejected in rewards)


def main(base, folder):
    rng = np.random.default_rng(31)
    model = with_adapter(base, rng)
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder / "adapter")
    (folder / "adapter" / "README.md").unlink()
    pairs = [[rng.integers(3, 64, n).tolist() for n in pair] for pair in LENGTHS]
    with torch.no_grad():
        scores = [[reference.score(model, tokens).item() for tokens in pair] for pair in pairs]
    total = loss(model, pairs, MARGIN)
    total.backward()
    save(folder / "gradients.safetensors", {name: p.grad for name, p in reference.adapter(model).items()})
    adam = torch.optim.AdamW(reference.adapter(model).values(), lr=LEARNING_RATE, weight_decay=0.05)
    for _ in range(STEPS):
        model.zero_grad()
        (loss(model, pairs, 0.0) / len(pairs)).backward()
        adam.step()
    save(folder / "trained.safetensors", reference.adapter(model))
    notes = dict(margin=MARGIN, loss=total.item(), steps=STEPS, learning_rate=LEARNING_RATE, weight_decay=0.05)
    notes["pairs"] = [dict(chosen=c, rejected=r, scores=s) for (c, r), s in zip(pairs, scores)]
    (folder / "case.json").write_text(to_json(notes))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
