"""Prints the log-probabilities that PEFT computes with a saved adapter: python check_adapter.py MODEL_DIR ADAPTER_DIR SEQUENCES.json

Any warning while the adapter loads is an error, and so is a tensor of the adapter that PEFT did not load.
"""

import json
import logging
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import PeftModel
from safetensors import safe_open
from transformers import LlamaForCausalLM

import reference


class Refuse(logging.Handler):
    def emit(self, record):
        raise RuntimeError(record.getMessage())


def main(model_dir, adapter_dir, sequences):
    torch.set_num_threads(1)
    base = LlamaForCausalLM.from_pretrained(model_dir, dtype=torch.float32)
    warnings.simplefilter("error")
    logging.getLogger().addHandler(Refuse(logging.WARNING))
    model = PeftModel.from_pretrained(base, adapter_dir, is_trainable=True).eval()
    loaded = reference.adapter(model)
    with safe_open(os.path.join(adapter_dir, "adapter_model.safetensors"), "pt") as file:
        if set(file.keys()) != set(loaded):
            raise RuntimeError(f"PEFT made {sorted(loaded)} of {sorted(file.keys())}")
        for name, p in loaded.items():
            if not torch.equal(p, file.get_tensor(name)):
                raise RuntimeError(f"PEFT did not load {name}")
    with open(sequences) as file, torch.no_grad():
        print(json.dumps([reference.logprobs(model, s).tolist() for s in json.load(file)]))


if __name__ == "__main__":
    main(*sys.argv[1:])
