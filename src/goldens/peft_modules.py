"""Writes adapters whose modules differ in rank, alpha or presence, and what PEFT computes with them.

    HF_HUB_OFFLINE=1 python src/goldens/peft_modules.py src/test/resources/goldens/gqa src/test/resources/peft-modules

Made with torch 2.7.1, transformers 4.56.2, peft 0.17.1 and safetensors 0.6.2. The base is the model of the golden case
gqa; logprobs.safetensors holds the log-probabilities of the targets of its sequences. Every adapter tensor is normal with a
standard deviation of 0.2.
"""

import json
import sys
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

from reference import logprobs

ADAPTERS = {
    "regex": (dict(target_modules=r".*\.(0|1)\.self_attn\.(q|v)_proj"), {}),
    "regex-partly": (dict(target_modules=r"(?P<list>.*layers)\.1\.(self_attn\.o_proj|mlp\..*_proj)"), {}),
    "patterns": (
        dict(
            target_modules=["q_proj", "v_proj", "down_proj", "lm_head"],
            rank_pattern={"layers.0.self_attn.q_proj": 5, "lm_head": 2, "down_proj": 1},
            alpha_pattern={r".*\.1\..*_proj": 9, "lm_head": 1.5, "q_proj": 4},
        ),
        {},
    ),
    "patterns-rslora-dora": (
        dict(
            target_modules="all-linear",
            rank_pattern={"^model.layers.0.self_attn.q_proj": 5, "v_proj": 2},
            alpha_pattern={"down_proj": 9},
            use_rslora=True,
            use_dora=True,
        ),
        {},
    ),
    "layers": (dict(target_modules=["k_proj", "model.layers.0.mlp.up_proj"], layers_to_transform=1), {}),
    "layers-pattern": (dict(target_modules=["o_proj"], layers_to_transform=[0], layers_pattern="layers"), {}),
    "exclude": (dict(target_modules="all-linear", exclude_modules=["mlp.up_proj", "model.layers.0.self_attn.k_proj"]), {}),
    "exclude-regex": (dict(target_modules=["q_proj", "gate_proj"], exclude_modules=r".*\.0\.mlp.*"), {}),
    "embeddings": (dict(target_modules=["q_proj"], init_lora_weights="orthogonal"), dict(save_embedding_layers=True)),
}


def write(golden: Path, directory: Path, options, saving) -> None:
    torch.manual_seed(0)
    base = LlamaForCausalLM.from_pretrained(golden / "model", dtype=torch.float32)
    config = LoraConfig(**{"r": 4, "lora_alpha": 6, "task_type": "CAUSAL_LM", **options})
    model = get_peft_model(base, config).eval()
    config.base_model_name_or_path = "models/gqa"
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            weight.data = 0.2 * torch.randn(weight.shape) + ("magnitude" in name)
    model.save_pretrained(directory, **saving)
    (directory / "README.md").unlink()
    sequences = json.loads((golden / "case.json").read_text())["sequences"]
    with torch.no_grad():
        values = torch.cat([logprobs(model, sequence) for sequence in sequences])
    save_file({"logprobs": values}, directory / "logprobs.safetensors")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for adapter, settings in ADAPTERS.items():
        write(Path(sys.argv[1]), Path(sys.argv[2]) / adapter, *settings)
