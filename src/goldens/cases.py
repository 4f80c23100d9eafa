"""The shapes that the goldens cover: one entry, one folder."""

from dataclasses import dataclass, field

import torch

SEVEN = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LENGTHS = [40, 17, 2, 9, 17, 1, 31]


@dataclass(frozen=True)
class Case:
    name: str
    seed: int
    config: dict  # LlamaConfig arguments that differ from BASE
    targets: list = field(default_factory=lambda: SEVEN)
    rank: int = 4
    alpha: int = 8
    lengths: list = field(default_factory=lambda: LENGTHS)
    stored: torch.dtype = torch.float32  # dtype of the weight file
    autocast: bool = False
    shard: str = "1GB"
    cosine: bool = False
    rslora: bool = False
    dora: bool = False
    modules: list = None  # modules_to_save
    dropout: float = 0.0  # of a further gradient, of the first sequence alone with weights of 1

    @property
    def scaling(self):
        return self.alpha / (self.rank**0.5 if self.rslora else self.rank)


BASE = dict(
    vocab_size=64,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    tie_word_embeddings=False,
    bos_token_id=1,
    eos_token_id=2,
)

# Head dimension 16 and theta 10000 give wavelengths of 6, 20, 63, 199 ... positions: with an original context of 32 the first stays,
# the second is blended, and the others are stretched.
LLAMA3 = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32
)

CASES = [
    Case("gqa", 1, {}),
    Case(
        "mha_tied_qv",
        20,
        dict(hidden_size=48, num_key_value_heads=4, tie_word_embeddings=True, rms_norm_eps=1e-3),
        targets=["q_proj", "v_proj"],
        alpha=16,
        shard="30KB",
        cosine=True,
    ),
    Case("biases", 3, dict(attention_bias=True, mlp_bias=True, tie_word_embeddings=True), cosine=True),
    Case("rope_linear", 4, dict(rope_scaling=dict(rope_type="linear", factor=4.0), rope_theta=500.0)),
    Case("rope_llama3", 5, dict(hidden_size=64, rope_scaling=LLAMA3, tie_word_embeddings=True), cosine=True),
    Case("head_dim", 16, dict(head_dim=16)),
    Case("lm_head", 7, dict(vocab_size=128), targets=SEVEN + ["lm_head"], rank=3, alpha=5, cosine=True),
    Case("many_half", 8, dict(num_key_value_heads=1), lengths=[16] * 256, rank=4, alpha=2, stored=torch.float16),
    Case("bfloat16", 11, {}, stored=torch.bfloat16, autocast=True),
    Case("rslora", 22, {}, targets=["q_proj", "v_proj"], rank=5, alpha=3, lengths=[17, 9, 17, 2, 30], rslora=True),
    Case(
        "dora",
        23,
        dict(attention_bias=True),
        targets=SEVEN + ["lm_head"],
        lengths=[17, 9, 17, 2, 30],
        dora=True,
        dropout=0.3,
        stored=torch.bfloat16,
        autocast=True,
    ),
    Case("trained_embedding_and_head", 14, {}, targets=["q_proj", "down_proj"], modules=["embed_tokens", "lm_head"]),
    Case(
        "trained_embedding_tied",
        15,
        dict(tie_word_embeddings=True),
        targets=["o_proj"],
        lengths=[17, 9, 17, 2, 30],
        modules=["embed_tokens"],
        stored=torch.bfloat16,
        autocast=True,
    ),
]
