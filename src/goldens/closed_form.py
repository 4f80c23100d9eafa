"""A Llama with LoRA in numpy and float64, written from the papers: the independent check of the reference itself."""

import math

import numpy as np


def inverse_frequencies(config, head_dim):
    base = 1.0 / config.rope_theta ** (np.arange(0, head_dim, 2) / head_dim)
    scaling = config.rope_scaling
    if scaling is None:
        return base
    if scaling["rope_type"] == "linear":
        return base / scaling["factor"]
    turns = scaling["original_max_position_embeddings"] * base / (2 * math.pi)
    low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
    keep = np.clip((turns - low) / (high - low), 0.0, 1.0)
    return base * keep + base / scaling["factor"] * (1 - keep)


class ClosedForm:
    """`frozen` is the adapter whose norms DoRA takes: its gradient does not pass through them."""

    def __init__(self, config, weights, adapter, scaling, frozen=None):
        self.config, self.weights, self.adapter, self.scaling = config, weights, adapter, scaling
        self.frozen = adapter if frozen is None else frozen

    def weight(self, module):
        stored = "model.embed_tokens" if module == "lm_head" and self.config.tie_word_embeddings else module
        return self.adapter.get(f"base_model.model.{module}.weight", self.weights.get(stored + ".weight"))

    def merged(self, module, adapter):
        a, b = (adapter[f"base_model.model.{module}.lora_{factor}.weight"] for factor in "AB")
        return self.weight(module) + self.scaling * b @ a

    def linear(self, module, x):
        w = self.weight(module)
        if f"base_model.model.{module}.lora_A.weight" in self.adapter:
            w = self.merged(module, self.adapter)
            magnitude = self.adapter.get(f"base_model.model.{module}.lora_magnitude_vector")
            if magnitude is not None:
                norm = np.sqrt((self.merged(module, self.frozen) ** 2).sum(1))
                w = w * (magnitude / norm)[:, None]
        return x @ w.T + self.weights.get(module + ".bias", 0.0)

    def norm(self, name, x):
        return self.weights[name + ".weight"] * x / np.sqrt((x * x).mean(-1, keepdims=True) + self.config.rms_norm_eps)

    def attention(self, layer, x):
        heads, groups, size = self.config.num_attention_heads, self.config.num_key_value_heads, self.config.head_dim
        n = len(x)
        angle = np.arange(n)[:, None] * inverse_frequencies(self.config, size)[None, :]  # [n, size / 2]
        turn = np.exp(1j * angle)

        def rotated(name, count):
            y = self.linear(f"{layer}.self_attn.{name}", x).reshape(n, count, 2, size // 2)
            z = (y[:, :, 0] + 1j * y[:, :, 1]) * turn[:, None, :]
            return np.concatenate([z.real, z.imag], -1)

        q, k = rotated("q_proj", heads), rotated("k_proj", groups)
        v = self.linear(f"{layer}.self_attn.v_proj", x).reshape(n, groups, size)
        out = np.empty((n, heads, size))
        for h in range(heads):
            g = h * groups // heads
            score = q[:, h] @ k[:, g].T / math.sqrt(size) + np.triu(np.full((n, n), -np.inf), 1)
            weight = np.exp(score - score.max(-1, keepdims=True))
            out[:, h] = weight / weight.sum(-1, keepdims=True) @ v[:, g]
        return self.linear(f"{layer}.self_attn.o_proj", out.reshape(n, heads * size))

    def mlp(self, layer, x):
        gate = self.linear(f"{layer}.mlp.gate_proj", x)
        return self.linear(f"{layer}.mlp.down_proj", gate / (1 + np.exp(-gate)) * self.linear(f"{layer}.mlp.up_proj", x))

    def logprobs(self, tokens, targets):
        x = self.weight("model.embed_tokens")[tokens]  # [n, hidden]
        for i in range(self.config.num_hidden_layers):
            layer = f"model.layers.{i}"
            x = x + self.attention(layer, self.norm(f"{layer}.input_layernorm", x))
            x = x + self.mlp(layer, self.norm(f"{layer}.post_attention_layernorm", x))
        logits = self.linear("lm_head", self.norm("model.norm", x))  # [n, vocab]
        logits = logits - logits.max(-1, keepdims=True)
        return logits[np.arange(len(tokens)), targets] - np.log(np.exp(logits).sum(-1))
