"""Writes the adapter directories of src/test/resources/peft with PEFT itself.

    HF_HUB_OFFLINE=1 python src/goldens/peft_adapters.py src/test/resources/peft

Made with torch 2.7.1, transformers 4.56.2, peft 0.17.1 and safetensors 0.6.2. The base is a random Llama in the shape of
the tests' LlamaFiles.CONFIG. Every tensor holds ((7 i + length of its name) mod 101 - 50) / 64 at place i, which is exact
in float16 and bfloat16 too. Only the order of target_modules, which PEFT takes from a set, is made the same every time.
"""

import json
import sys
import warnings
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification

from reference import saved_name

ADAPTERS = {
    "attention-f32": (["q_proj", "k_proj", "v_proj"], torch.float32, {}),
    "all-linear-bf16": ("all-linear", torch.bfloat16, {}),
    "head-f16": (["mlp.gate_proj", "lm_head"], torch.float16, {}),
    "rslora-f32": (["q_proj"], torch.float32, dict(use_rslora=True)),
    "dora-f32": (["q_proj", "v_proj"], torch.float32, dict(use_dora=True)),
    "modules-f32": (["q_proj"], torch.float32, dict(modules_to_save=["embed_tokens", "lm_head"])),
    "score-f32": (["q_proj"], torch.float32, dict(task_type="SEQ_CLS")),
}


def write(directory: Path, targets, dtype, options) -> None:
    torch.manual_seed(0)
    task = options.get("task_type", "CAUSAL_LM")
    base = (LlamaForCausalLM if task == "CAUSAL_LM" else LlamaForSequenceClassification)(
        LlamaConfig(
            num_labels=1,
            vocab_size=20,
            hidden_size=8,
            intermediate_size=12,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=64,
        )
    )
    config = LoraConfig(r=3, lora_alpha=6, lora_dropout=0.1, target_modules=targets, **{"task_type": task, **options})
    model = get_peft_model(base, config)
    config.base_model_name_or_path = "models/tiny-\u0442"
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            key = saved_name(name)
            values = (7 * torch.arange(weight.numel()) + len(key)) % 101 - 50
            weight.data = (values / 64).reshape(weight.shape).to(dtype)
    model.save_pretrained(directory)
    (directory / "README.md").unlink()
    config_file = directory / "adapter_config.json"
    written = json.loads(config_file.read_text())
    written["target_modules"].sort()
    config_file.write_text(json.dumps(written, indent=2, sort_keys=True))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for adapter, settings in ADAPTERS.items():
        write(Path(sys.argv[1]) / adapter, *settings)
