"""Trains a small tokenizer of each family and writes it as a model directory."""

import json
import random

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

WORDS = (
    "the a an of to and in is it you that he was for on are with as his they be at one have this from or had by hot but "
    "some what there we can out other were all your when up use word how said each she which do their time if will way "
    "about many then them would write like so these her long make thing see him two has look more day could go come did "
    "my sound no most number who over know water than call first people may down side been now find any new work part "
    "take get place made live where after back little only round man year came show every good me give our under name "
    "Hello Paris Question Answer Yes No Thanks user assistant system model print return def function class value true false "
    "Grüße für über straße été déjà niño señor город привет мир 世界 你好 東京 こんにちは 한국 안녕"
).split()
MARKS = ["<|user|>", "<|assistant|>", "<|system|>", "<|tool|>", "[INST]", "[/INST]", "<|im_start|>", "<|im_end|>"]
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
VOCABULARY = 700


def corpus():
    rng = random.Random(1)
    lines = []
    for _ in range(4000):
        line = " ".join(rng.choice(WORDS) for _ in range(rng.randint(2, 12)))
        lines.append(line + rng.choice([".", "!", "?", "\n", "  ", ", ", ":\n", "\n\n", " 12", " 2024", "({[", "'s"]))
    return lines + MARKS * 20


def special(*tokens, **flags):
    return [AddedToken(t, normalized=False, special=True, **flags) for t in tokens]


def framed(bos, bos_id):
    return processors.TemplateProcessing(single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, bos_id)])


def byte_level(tokens, split=None, normalizer=None, trim=True):
    tok = Tokenizer(models.BPE())
    if normalizer:
        tok.normalizer = normalizer
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=trim, use_regex=split is None)
    tok.pre_tokenizer = (
        pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated"), level]) if split else level
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tok.train_from_iterator(
        corpus(), trainers.BpeTrainer(vocab_size=VOCABULARY, initial_alphabet=alphabet, show_progress=False)
    )
    tok.decoder = decoders.ByteLevel()
    tok.add_special_tokens(special(*tokens))
    tok.post_processor = processors.ByteLevel(trim_offsets=trim)
    return tok


def without_bytes(tok, tokens):
    """The byte tokens of SentencePiece's byte fallback are no added tokens."""
    json_ = json.loads(tok.to_str())
    json_["added_tokens"] = [a for a in json_["added_tokens"] if a["content"] in tokens]
    return Tokenizer.from_str(json.dumps(json_))


def sentencepiece(tokens, first_only):
    tok = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    if first_only:
        tok.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    else:
        tok.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    own = ["<unk>", "<s>", "</s>"]
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    # Words apart, or BPE learns whole sentences: merges across spaces need none of them here.
    words = [w for line in corpus() for w in line.split()] + ["▁" + w for line in corpus() for w in line.split()]
    tok.train_from_iterator(
        words, trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=own + bytes_, show_progress=False)
    )
    tok = without_bytes(tok, own)
    tok.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tok.add_special_tokens(special(*tokens))
    tok.post_processor = framed("<s>", tok.token_to_id("<s>"))
    return tok


def unigram(tokens):
    own = ["<pad>", "<eos>", "<bos>", "<unk>"]
    bytes_ = [f"<0x{i:02X}>" for i in range(256)]
    tok = Tokenizer(models.Unigram())
    tok.normalizer = normalizers.Replace(" ", "▁")
    tok.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tok.train_from_iterator(
        corpus(),
        trainers.UnigramTrainer(
            vocab_size=VOCABULARY, special_tokens=own + bytes_, unk_token="<unk>", show_progress=False
        ),
    )
    json_ = json.loads(tok.to_str())
    json_["model"]["byte_fallback"] = True
    tok = without_bytes(Tokenizer.from_str(json.dumps(json_)), own)
    tok.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tok.add_special_tokens(special(*tokens))
    tok.post_processor = framed("<bos>", tok.token_to_id("<bos>"))
    return tok


def families():
    """Name to tokenizer and tokenizer_config.json."""
    base = {"clean_up_tokenization_spaces": False}
    fast = {"tokenizer_class": "PreTrainedTokenizerFast", **base}
    end = "<|endoftext|>"
    yield "gpt2", byte_level([end]), {
        **base,
        "tokenizer_class": "GPT2Tokenizer",
        "bos_token": end,
        "eos_token": end,
        "unk_token": end,
    }
    heads = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    tok = byte_level(heads, LLAMA3)
    tok.post_processor = processors.Sequence(
        [processors.ByteLevel(trim_offsets=True), framed(heads[0], tok.token_to_id(heads[0]))]
    )
    yield "llama3", tok, {**fast, "bos_token": heads[0], "eos_token": "<|eot_id|>"}
    tok = byte_level([end, "<|im_start|>", "<|im_end|>"], QWEN2, normalizers.NFC(), trim=False)
    yield "qwen2", tok, {
        **base,
        "tokenizer_class": "Qwen2Tokenizer",
        "add_prefix_space": False,
        "bos_token": None,
        "eos_token": "<|im_end|>",
        "pad_token": end,
    }
    llama = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    yield "llama2", sentencepiece([], False), {
        **base,
        **llama,
        "tokenizer_class": "LlamaTokenizer",
        "add_bos_token": True,
        "add_eos_token": False,
        "legacy": False,
    }
    yield "metaspace", sentencepiece(["<|user|>", "<|assistant|>", "<|system|>"], True), {**fast, **llama}
    yield "gemma", unigram(["<start_of_turn>", "<end_of_turn>"]), {
        **base,
        "tokenizer_class": "GemmaTokenizer",
        "bos_token": "<bos>",
        "eos_token": "<eos>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
    }


def write(directory):
    """Tokenizers that are there already stay: the trainer of Unigram is not the same on every run."""
    for name, tok, config in families():
        folder = directory / name
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "tokenizer.json").exists():
            tok.save(str(folder / "tokenizer.json"), pretty=False)
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
        yield name, folder
