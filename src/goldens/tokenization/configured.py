"""Writes configured.json: how the files next to tokenizer.json change tokens: python configured.py DIRECTORY

DIRECTORY holds the families' tokenizers. Each case is files of a model directory: those that replace the family's own, and
members that replace those of its tokenizer.json.
"""

import json
import sys
import tempfile
from pathlib import Path

from transformers import AutoTokenizer
from transformers.utils import logging

FAST = {"tokenizer_class": "PreTrainedTokenizerFast"}
LLAMA = {"tokenizer_class": "LlamaTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
GPT2 = {"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}
CONFIG, MAP, ADDED = "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"
TEXTS = [
    "<s>Hello <|user|> you</s> man",
    " <|im_start|>user\n<|im_end|> x",
    "<|endoftext|>Paris <tool> it's",
    "the<pad>man <extra> [INST] no",
    "",
]


def decoder(**tokens):
    return {"added_tokens_decoder": tokens}


def token(content, **flags):
    return {"content": content, "lstrip": False, "rstrip": False, "single_word": False, "normalized": False, **flags}


def level(prefix):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": True}


CASES = [
    ("processor absent, flag on", "llama2", {"post_processor": None}, {CONFIG: {**LLAMA, "add_bos_token": True}}),
    ("processor absent, class default", "llama2", {"post_processor": None}, {CONFIG: LLAMA}),
    ("processor present, flag off", "llama2", {}, {CONFIG: {**LLAMA, "add_bos_token": False}}),
    ("both flags", "llama2", {}, {CONFIG: {**LLAMA, "add_bos_token": True, "add_eos_token": True}}),
    ("flags of a class without them", "llama2", {}, {CONFIG: {**LLAMA, **FAST, "add_bos_token": False}}),
    ("defaults of Gemma", "gemma", {"post_processor": None}, {CONFIG: {"tokenizer_class": "GemmaTokenizerFast"}}),
    ("another bos", "llama2", {}, {CONFIG: {**LLAMA, "bos_token": "</s>"}}),
    ("additional, in the vocabulary", "gpt2", {}, {CONFIG: {**GPT2, "additional_special_tokens": ["man", "Paris"]}}),
    ("additional, new", "gpt2", {}, {CONFIG: {**GPT2, "additional_special_tokens": ["<|user|>", "<tool>", "<|im_end|>"]}}),
    ("additional, objects", "gpt2", {}, {CONFIG: {**GPT2, "additional_special_tokens": [{"__type": "AddedToken", **token("<|user|>", lstrip=True, rstrip=True)}]}}),
    ("pad and extra", "llama2", {}, {CONFIG: {**LLAMA, "pad_token": "<pad>", "extra_special_tokens": {"x_token": "<extra>"}}}),
    ("decoder adds", "llama2", {}, {CONFIG: {**LLAMA, **decoder(**{"700": token("<|user|>", special=True), "900": token("<tool>", normalized=True)})}}),
    ("decoder changes flags", "metaspace", {}, {CONFIG: {**FAST, **LLAMA, **FAST, **decoder(**{"700": token("<|user|>", lstrip=True, rstrip=True, special=True)})}}),
    ("decoder is not special, eos is", "llama2", {}, {CONFIG: {**LLAMA, "eos_token": "<tool>", **decoder(**{"700": token("<tool>", special=False)})}}),
    ("decoder hides the map", "llama2", {}, {CONFIG: {**LLAMA, **decoder(**{"1": token("<s>", special=True)})}, MAP: {"pad_token": "<pad>"}}),
    ("map alone", "llama2", {}, {CONFIG: LLAMA, MAP: {"pad_token": "<pad>", "additional_special_tokens": ["<|user|>", token("<tool>", rstrip=True)]}}),
    ("added_tokens.json", "llama2", {}, {CONFIG: {**LLAMA, "pad_token": "<pad>"}, ADDED: {"<pad>": 700, "<tool>": 701, "<|user|>": 702}}),
    ("added without special", "gpt2", {}, {CONFIG: GPT2, ADDED: {"<|im_start|>": 701, "man": 5}}),
    ("no added tokens in the file", "llama2", {"added_tokens": []}, {CONFIG: LLAMA}),
    ("prefix space off", "gpt2", {"pre_tokenizer": level(True)}, {CONFIG: GPT2}),
    ("prefix space on", "gpt2", {"pre_tokenizer": level(False)}, {CONFIG: {**GPT2, "add_prefix_space": True}}),
]  # fmt: skip


def encode(families, family, members, files):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokenizer = json.loads((families / family / "tokenizer.json").read_text(encoding="utf-8"))
        (folder / "tokenizer.json").write_text(json.dumps({**tokenizer, **members}), encoding="utf-8")
        for file, content in files.items():
            (folder / file).write_text(json.dumps(content), encoding="utf-8")
        tok = AutoTokenizer.from_pretrained(folder)
        return [[tok(text, add_special_tokens=framed)["input_ids"] for framed in (False, True)] for text in TEXTS]


def main(families):
    logging.set_verbosity_error()
    cases = [
        {
            "name": name,
            "family": family,
            "members": members,
            "files": files,
            "ids": encode(families, family, members, files),
        }
        for name, family, members, files in CASES
    ]
    text = json.dumps({"texts": TEXTS, "cases": cases}, ensure_ascii=False, indent=0).replace(",\n", ", ")
    (families / "configured.json").write_text(text + "\n", encoding="utf-8")


main(Path(sys.argv[1]))
