"""Random conversations and prompts, the same for the same seed."""

from families import MARKS, WORDS

ODD = [
    "", " ", "\n", "\n\n", "  ", "\t", "\r\n", "\u00a0", "\u3000", "e\u0301", "é", "ﬁ", "가\u11a8", "Å", "\u200d", "▁", "▁▁a",
    "😀", "👩‍🚀", "🇩🇪", "𝔘", "<s>", "</s>", "<bos>", "<eos>", "<|endoftext|>", "<|eot_id|>", "<start_of_turn>", "<unk>",
    "<0x0A>", "1234567", "3.14", "it's", "don't", "  x  ", "{\"a\": [1, 2]}", "```\nprint('x')\n```", "Ġ", "\u0000", "###",
    *MARKS,
]  # fmt: skip
CALL = {
    "type": "function",
    "function": {"name": "weather", "arguments": {"place": "Zürich", "days": 2}},
}


def text(rng):
    if rng.random() < 0.06:
        return rng.choice(["", " ", "\n", "  \n "])
    parts = []
    for _ in range(rng.randint(1, 7)):
        parts.append(rng.choice(ODD) if rng.random() < 0.3 else rng.choice(WORDS))
        parts.append(rng.choice(["", " ", " ", " ", " ", ", ", ".\n", "  "]))
    before = rng.choice(["", "", "", "", " ", "\n", "  "])
    return before + "".join(parts).strip(" ") + rng.choice(["", "", "", "", " ", "\n", ".", "  \n"])


def chat(rng):
    messages = []
    if rng.random() < 0.3:
        messages.append({"role": "system", "content": text(rng)})
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        messages.append({"role": "user", "content": text(rng)})
        if rng.random() < 0.12:
            messages.append({"role": "assistant", "content": rng.choice(["", text(rng)]), "tool_calls": [CALL]})
            messages.append({"role": "tool", "content": text(rng)})
        messages.append({"role": "assistant", "content": text(rng)})
    if rng.random() < 0.1:
        messages.append({"role": "user", "content": text(rng)})
    return messages
