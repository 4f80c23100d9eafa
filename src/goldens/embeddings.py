"""Hidden states of golden cases with their adapters, pooled, as transformers has them: embeddings.json.

    python embeddings.py ../test/resources/goldens ../test/resources/embeddings
"""

import json
import sys
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

LAYERS = [0, 1, -1, -2]


def main(goldens, directory):
    cases = []
    for name in ["gqa", "biases"]:
        case = Path(goldens, name)
        model = AutoModelForCausalLM.from_pretrained(case / "model", torch_dtype=torch.float32)
        model = PeftModel.from_pretrained(model, case / "adapter").eval()
        sequences = [s["tokens"] for s in json.loads((case / "case.json").read_text())["sequences"]]
        for layer in LAYERS:
            pooled = {"mean": [], "last": [], "cls": []}
            for tokens in sequences:
                with torch.no_grad():
                    out = model(torch.tensor([tokens]), output_hidden_states=True)
                hidden = out.hidden_states[layer][0]
                pooled["mean"].append(hidden.mean(0).tolist())
                pooled["last"].append(hidden[-1].tolist())
                pooled["cls"].append(hidden[0].tolist())
            cases.append({"case": name, "layer": layer, "tokens": sequences, **pooled})
    Path(directory).mkdir(parents=True, exist_ok=True)
    Path(directory, "embeddings.json").write_text(json.dumps({"cases": cases}) + "\n")


main(*sys.argv[1:])
