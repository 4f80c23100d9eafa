"""What transformers and PEFT compute: log-probabilities, loss, gradients, AdamW steps, greedy generations."""

import contextlib
import copy
import math

import numpy as np
import torch


def precision(autocast):
    return torch.autocast("cpu", dtype=torch.bfloat16) if autocast else contextlib.nullcontext()


def logprobs(model, sequence, autocast=False):
    """Log-probability of each target, float32 [tokens]; one sequence at a time, so that nothing is padded."""
    with precision(autocast):
        logits = model(input_ids=torch.tensor([sequence["tokens"]])).logits[0]  # [tokens, vocab]
    targets = torch.tensor(sequence["targets"])
    return torch.log_softmax(logits.float(), -1).gather(1, targets[:, None])[:, 0]


GAMMA, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


def mix(*parts):
    """ai.signal.model.Seeds.mix."""

    def finish(z):
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
        return z ^ z >> 31

    mixed = len(parts)
    for part in parts:
        mixed = finish(finish(mixed + GAMMA & MASK) ^ part)
    return finish(mixed + GAMMA & MASK)


class SeededDropout(torch.nn.Module):
    """Dropout with the mask that Signal draws for a module."""

    def __init__(self, rate, seed):
        super().__init__()
        self.rate, self.seed = rate, seed

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1])
        mask = torch.empty_like(flat).bernoulli_(1 - self.rate, generator=torch.Generator().manual_seed(self.seed))
        return (flat * (mask / (1 - self.rate))).reshape(x.shape)


def drop(model, rate, seed):
    """Puts the model into training mode, with the masks of one packed sequence of which every token has a target."""
    names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    for name, module in model.named_modules():
        if name.endswith(".lora_dropout"):
            place = name.split(".")
            layer, kind = (int(place[4]), names.index(place[-2])) if "layers" in place else (model.config.num_hidden_layers, 0)
            module["default"] = SeededDropout(rate, mix(seed, layer, kind) >> 1)
    return model.train()


def score(model, tokens):
    """What a sequence classification model with one label makes of a sequence: the score of its last token."""
    return model(input_ids=torch.tensor([tokens])).logits[0, 0]


def denominator(sequences):
    return float(sum(np.float64(np.float32(w)) for s in sequences for w in s["weights"]))


def loss_sum(model, sequences, autocast=False):
    """Sums the weighted negative log-probabilities and adds their gradients to the adapter's."""
    total = 0.0
    for sequence in sequences:
        weighted = -(logprobs(model, sequence, autocast) * torch.tensor(sequence["weights"])).sum()
        weighted.backward()
        total += weighted.item()
    return total


def adapter(model):
    """The trainable tensors by the names that PEFT gives them in a saved adapter."""
    return {saved_name(name): p for name, p in model.named_parameters() if p.requires_grad}


def saved_name(name):
    name = name.replace(".modules_to_save.default.", ".").replace("lora_magnitude_vector.default.weight", "lora_magnitude_vector")
    return name.replace(".default.", ".")


def gradients(model, sequences, autocast=False):
    model.zero_grad()
    total = loss_sum(model, sequences, autocast)
    return total, {name: p.grad.clone() for name, p in adapter(model).items()}


def train(model, sequences, cosine, steps=10, learning_rate=5e-3):
    """AdamW over changing subsets of the sequences, clipped at the median norm of an unclipped rehearsal, so in some steps only."""
    settings = dict(beta1=0.9, beta2=0.98, eps=1e-8, weight_decay=0.05)
    plan = []
    for step in range(steps):
        factor = 0.5 + 0.5 * math.cos(math.pi * step / steps) if cosine else 1.0
        plan.append(dict(sequences=[i for i in range(len(sequences)) if (i + step) % 3], learning_rate=learning_rate * factor))
    rehearsal = _steps(copy.deepcopy(model), sequences, plan, settings, math.inf)
    clip = sorted(entry["grad_norm"] for entry in rehearsal)[steps // 2]
    log = _steps(model, sequences, plan, settings, clip)
    assert 2 <= sum(entry["grad_norm"] > clip for entry in log) <= steps - 2, "clipping must act in some steps, not in all"
    return dict(settings, grad_clip=clip), log


def _steps(model, sequences, plan, settings, clip):
    parameters = list(adapter(model).values())
    adam = torch.optim.AdamW(
        parameters,
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["eps"],
        weight_decay=settings["weight_decay"],
    )
    log = []
    for entry in plan:
        chosen = [sequences[i] for i in entry["sequences"]]
        model.zero_grad()
        loss = loss_sum(model, chosen) / denominator(chosen)
        for p in parameters:
            p.grad /= denominator(chosen)
        norm = torch.nn.utils.clip_grad_norm_(parameters, clip).item()
        adam.param_groups[0]["lr"] = entry["learning_rate"]
        adam.step()
        log.append(dict(entry, loss=loss, grad_norm=norm))
    return log


def generate(model, prompt, new_tokens=12):
    """Greedy tokens with their log-probabilities; refuses a near tie, which rounding could turn."""
    model.generation_config.eos_token_id = None
    out = model.generate(
        input_ids=torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        do_sample=False,
        max_new_tokens=new_tokens,
        pad_token_id=0,
        output_logits=True,
        return_dict_in_generate=True,
    )
    tokens = out.sequences[0, len(prompt) :].tolist()
    logp = [torch.log_softmax(step[0].float(), -1) for step in out.logits]
    for step in logp:
        first, second = step.topk(2).values.tolist()
        assert first - second > 1e-3, "near tie: choose another seed"
    return dict(prompt=prompt, tokens=tokens, logprobs=[step[t].item() for step, t in zip(logp, tokens)])
