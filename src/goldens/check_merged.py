"""Compares a merged model that Signal saved with PEFT: python check_merged.py MODEL_DIR ADAPTER_DIR MERGED_DIR SEQUENCES.json

The merged model has to load without a weight too many or too few, in the dtype of its config, and its tokenizer has to be the base's.
Prints as JSON, against PEFT with the adapter in float32: the largest difference of log-probabilities or scores, and whether greedy generations are
equal; against merge_and_unload in float32 or the base's dtype, rounded to the merged model's: the share of weights with other bits, and the largest
difference, as part of the largest weight of its tensor.
"""

import glob
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer, logging

import reference

TEXTS = ["Anna has a red cup.", " Über 1234 <3>\n\n", "<7> <9>"]


def load(directory, classifier, dtype, **more):
    if classifier:
        return AutoModelForSequenceClassification.from_pretrained(directory, num_labels=1, dtype=dtype, **more)
    return AutoModelForCausalLM.from_pretrained(directory, dtype=dtype, **more)


def greedy(model, tokens):
    model.generation_config.eos_token_id = None
    ids = torch.tensor([tokens])
    return model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=16, pad_token_id=0)[0].tolist()


def same_tokenizer(a, b):
    a, b = AutoTokenizer.from_pretrained(a), AutoTokenizer.from_pretrained(b)
    return a.chat_template == b.chat_template and all(a(text).input_ids == b(text).input_ids for text in TEXTS)


def stored(directory):
    weights = {}
    for file in glob.glob(os.path.join(directory, "*.safetensors")):
        weights.update(load_file(file))
    return weights


def main(model_dir, adapter_dir, merged_dir, sequences):
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    with open(os.path.join(adapter_dir, "adapter_config.json")) as file:
        classifier = json.load(file)["task_type"] == "SEQ_CLS"
    with open(sequences) as file:
        sequences = json.load(file)
    merged, info = load(merged_dir, classifier, "auto", output_loading_info=True)
    if any(info[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs")):
        raise RuntimeError(f"The merged model does not load whole: {info}")
    dtype = AutoConfig.from_pretrained(merged_dir).dtype
    if {p.dtype for p in merged.parameters()} != {dtype} or {p.dtype for p in stored(merged_dir).values()} != {dtype}:
        raise RuntimeError(f"The merged model's config says {dtype}")

    merged = load(merged_dir, classifier, torch.float32).eval()
    peft = PeftModel.from_pretrained(load(model_dir, classifier, torch.float32), adapter_dir).eval()
    with torch.no_grad():
        if classifier:
            pairs = [(reference.score(merged, s["tokens"]), reference.score(peft, s["tokens"])) for s in sequences]
        else:
            pairs = [(reference.logprobs(merged, s), reference.logprobs(peft, s)) for s in sequences]
        generations = classifier or all(greedy(merged, s["tokens"][:5]) == greedy(peft, s["tokens"][:5]) for s in sequences)

    base = load(model_dir, classifier, dtype if dtype == torch.float32 else "auto")
    unloaded = PeftModel.from_pretrained(base, adapter_dir).merge_and_unload().to(dtype).state_dict()
    own, other, count, largest = stored(merged_dir), 0, 0, 0.0
    if set(unloaded) - set(own) - {"lm_head.weight"} or set(own) - set(unloaded):
        raise RuntimeError(f"PEFT has {sorted(unloaded)}, the merged model {sorted(own)}")
    for name, weight in own.items():
        difference = (weight.double() - unloaded[name].double()).abs()
        other, count = other + (difference > 0).sum().item(), count + weight.numel()
        largest = max(largest, (difference.max() / unloaded[name].double().abs().max()).item())
    print(
        json.dumps(
            dict(
                difference=max((a - b).abs().max().item() for a, b in pairs),
                generations=generations,
                tokenizer=same_tokenizer(model_dir, merged_dir),
                other_bits=other / count,
                weights=largest,
            )
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
