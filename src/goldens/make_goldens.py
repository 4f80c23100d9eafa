"""Writes the golden files of every case, or of those named: python make_goldens.py DIRECTORY [CASE ...]"""

import copy
import json
import os
import shutil
import sys
import warnings
from pathlib import Path

if os.environ.get("PYTHONHASHSEED") != "0":  # PEFT writes a Python set into adapter_config.json
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0", "HF_HUB_OFFLINE": "1"})

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

import reference
from cases import BASE, CASES
from closed_form import ClosedForm

DROPOUT_SEED = 42

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def save_base(case, folder, rng):
    """Saves a Llama whose random weights are large enough that attention, norms and biases all matter."""
    model = LlamaForCausalLM(LlamaConfig(**{**BASE, **case.config}))
    for name, p in model.named_parameters():
        value = rng.standard_normal(tuple(p.shape)).astype(np.float32)
        if name.endswith("norm.weight"):
            value = 1 + np.float32(0.2) * value
        elif name.endswith("bias"):
            value = np.float32(0.3) * value
        elif "embed" not in name or case.config.get("tie_word_embeddings"):
            value = value * np.float32(p.shape[1] ** -0.5)
        p.data = torch.from_numpy(value)
    model.tie_weights()
    model.to(case.stored).save_pretrained(folder, max_shard_size=case.shard)
    words = {f"<{i}>": i for i in range(model.config.vocab_size)}  # token 7 is the word <7>
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<0>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<0>", eos_token="<2>").save_pretrained(folder)


def with_adapter(case, folder, dtype, rng):
    """Loads the base as users do: `model.to(dtype)` would round the rotary frequencies too."""
    base = LlamaForCausalLM.from_pretrained(folder, dtype=dtype)
    base.name_or_path = case.name  # PEFT writes it
    config = LoraConfig(
        r=case.rank,
        lora_alpha=case.alpha,
        lora_dropout=0.0,
        target_modules=case.targets,
        task_type="CAUSAL_LM",
        use_rslora=case.rslora,
        use_dora=case.dora,
        modules_to_save=case.modules,
    )
    model = get_peft_model(base, config)
    for name, p in reference.adapter(model).items():
        noise = rng.standard_normal(tuple(p.shape)).astype(np.float32)
        if ".lora_A." in name or ".lora_B." in name:
            assert p.dtype == torch.float32, name
            scale = (1.0 if ".lora_A." in name else 0.5) / p.shape[1] ** 0.5
            p.data = torch.from_numpy(noise * np.float32(scale))
        elif "magnitude" in name:
            p.data = p.data.float() * torch.from_numpy(1 + np.float32(0.2) * noise)
        else:
            value = p.data.float() + torch.from_numpy(noise * np.float32(0.3 / p.shape[1] ** 0.5))
            p.data = value.to(p.dtype)  # a copy of the base's module, which PEFT leaves in its dtype
    return model.eval()


def sequences(case, vocab, rng):
    """Text with the uneven frequencies of language. Prompts weigh 0; the rest weighs 1, or a fraction in every second sequence."""
    frequencies = 1 / np.arange(1, vocab - 2)
    out = []
    for i, n in enumerate(case.lengths):
        text = rng.choice(np.arange(3, vocab), n + 1, p=frequencies / frequencies.sum()).tolist()
        prompt = int(rng.integers(0, n // 2 + 1))
        fractions = [float(w) for w in rng.choice([0.1, 0.25, 0.5, 0.7, 1.5], n)]
        weights = [0.0 if j < prompt else (fractions[j] if i % 2 else 1.0) for j in range(n)]
        out.append(dict(tokens=text[:-1], targets=text[1:], weights=weights))
    return out


def check(case, model, batch, logprobs, gradient):
    """Holds the reference to the closed form: log-probabilities, and the gradient along a random direction."""
    config = model.config
    prefix, base = "base_model.model.", {}
    for name, p in model.named_parameters():
        if ".lora_" not in name and ".modules_to_save." not in name:
            name = name.removeprefix(prefix).replace(".base_layer", "").replace(".original_module", "")
            base[name] = p.detach().double().numpy()
    theta = {name: p.detach().double().numpy() for name, p in reference.adapter(model).items()}
    rng = np.random.default_rng(case.seed)
    direction = {name: rng.standard_normal(p.shape) for name, p in theta.items()}

    def all_logprobs(step):
        moved = {name: theta[name] + step * direction[name] for name in theta}
        form = ClosedForm(config, base, moved, case.scaling, theta)
        return np.concatenate([form.logprobs(s["tokens"], s["targets"]) for s in batch])

    weights = np.concatenate([s["weights"] for s in batch])
    error = np.abs(all_logprobs(0.0) - logprobs.double().numpy()).max()
    slope = -(weights * (all_logprobs(1e-5) - all_logprobs(-1e-5))).sum() / 2e-5
    expected = sum((gradient[name].double().numpy() * direction[name]).sum() for name in theta)
    scale = np.sqrt(sum((gradient[name].double().numpy() ** 2).sum() for name in theta))
    print(f"{case.name}: log-probabilities off by {error:.1e}, slope by {abs(slope - expected) / scale:.1e} of the gradient")
    assert error < 1e-5 and abs(slope - expected) < 1e-5 * scale
    for key in ("rope_scaling", "rms_norm_eps", "attention_bias", "mlp_bias"):
        if case.config.get(key):
            other = copy.copy(config)
            if key in ("rope_scaling", "rms_norm_eps"):
                setattr(other, key, getattr(LlamaConfig(), key))
            part = {"attention_bias": "self_attn", "mlp_bias": "mlp"}.get(key, "nothing")
            plain = {n: 0 * w if part in n and n.endswith("bias") else w for n, w in base.items()}
            form = ClosedForm(other, plain, theta, case.scaling)
            without = np.concatenate([form.logprobs(s["tokens"], s["targets"]) for s in batch])
            assert np.abs(without - logprobs.numpy()).max() > 0.01, f"{key} does not matter in {case.name}"


def save(path, tensors):
    save_file({name: t.detach().float().contiguous() for name, t in tensors.items()}, path)


def write(case, root):
    folder = root / case.name
    save_base(case, folder / "model", np.random.default_rng(1000 + case.seed))
    model = with_adapter(case, folder / "model", torch.float32, np.random.default_rng(2000 + case.seed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PEFT says that it saves the output head beside its adapter
        model.save_pretrained(folder / "adapter")
    (folder / "adapter" / "README.md").unlink()
    batch = sequences(case, model.config.vocab_size, np.random.default_rng(3000 + case.seed))

    scores, loss, gradient = scored(model, batch, False)
    check(case, model, batch, scores, gradient)
    frequencies = model.base_model.model.model.rotary_emb.inv_freq.tolist()
    notes = dict(loss=loss, inverse_frequencies=frequencies, sequences=batch)
    expected = dict(logprobs=scores)
    if case.autocast:
        mixed = with_adapter(case, folder / "model", case.stored, np.random.default_rng(2000 + case.seed))
        expected["logprobs_autocast"], notes["loss_autocast"], gradient_autocast = scored(mixed, batch, True)
        save(folder / "gradients_autocast.safetensors", gradient_autocast)
    save(folder / "logprobs.safetensors", expected)
    save(folder / "gradients.safetensors", gradient)
    if case.dropout:
        dropped = reference.drop(copy.deepcopy(model), case.dropout, DROPOUT_SEED)
        ones = dict(batch[0], weights=[1.0] * len(batch[0]["tokens"]))
        notes["loss_dropout"], gradient_dropout = reference.gradients(dropped, [ones])
        save(folder / "gradients_dropout.safetensors", gradient_dropout)
    prompts = [batch[i]["tokens"][: 3 + 2 * i] for i in (0, 1, 4)]
    notes["generations"] = [reference.generate(model, prompt) for prompt in prompts]
    double = copy.deepcopy(model).double()
    reference.train(double, batch, case.cosine)
    notes["optimizer"], notes["steps"] = reference.train(model, batch, case.cosine)
    for name, p in reference.adapter(double).items():
        drift = (reference.adapter(model)[name] - p).norm() / p.norm()
        assert drift < 5e-6, f"Adam turned rounding into a step, choose another seed: {name} {drift:.1e}"
    save(folder / "trained.safetensors", reference.adapter(model))
    (folder / "case.json").write_text(to_json(notes))


def scored(model, batch, autocast):
    with torch.no_grad():
        scores = torch.cat([reference.logprobs(model, s, autocast) for s in batch])
    total, gradient = reference.gradients(model, batch, autocast)
    return scores, total / reference.denominator(batch), gradient


def to_json(notes):
    """One line per sequence, step and generation: small, and a diff can be read."""
    parts = []
    for key, value in notes.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            value = "[\n    " + ",\n    ".join(json.dumps(v) for v in value) + "\n  ]"
        else:
            value = json.dumps(value)
        parts.append(f'  "{key}": {value}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    root = Path(sys.argv[1])
    for case in [case for case in CASES if case.name in sys.argv[2:] or not sys.argv[2:]]:
        shutil.rmtree(root / case.name, ignore_errors=True)
        write(case, root)
