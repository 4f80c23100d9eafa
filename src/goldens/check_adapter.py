"""Prints the log-probabilities that PEFT computes with a saved adapter: python check_adapter.py MODEL_DIR ADAPTER_DIR SEQUENCES.json

Of an adapter with a score head it prints the score of each sequence, whose tokens are all there.
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
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, logging as transformers_logging

import reference


class Refuse(logging.Handler):
    def emit(self, record):
        raise RuntimeError(record.getMessage())


def main(model_dir, adapter_dir, sequences):
    torch.set_num_threads(1)
    with open(os.path.join(adapter_dir, "adapter_config.json")) as file:
        classifier = json.load(file)["task_type"] == "SEQ_CLS"
    if classifier:
        transformers_logging.set_verbosity_error()  # the base has no score head, and says so
        base = AutoModelForSequenceClassification.from_pretrained(model_dir, num_labels=1, dtype=torch.float32)
    else:
        base = AutoModelForCausalLM.from_pretrained(model_dir, dtype=torch.float32)
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
        sequences = json.load(file)
        if classifier:
            print(json.dumps([reference.score(model, s["tokens"]).item() for s in sequences]))
        else:
            print(json.dumps([reference.logprobs(model, s).tolist() for s in sequences]))


if __name__ == "__main__":
    main(*sys.argv[1:])
