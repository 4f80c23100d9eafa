"""Writes tokenizers and encoded conversations: python make_tokenization_goldens.py DIRECTORY [CONVERSATIONS]

The mask of a conversation is that of transformers: of return_assistant_tokens_mask where the template has generation
blocks, elsewhere of the tokens that the conversation has in common with each prompt and with the conversation up to the
answer. It has to be the same as that of the tokens with a character that the assistant wrote, but for faults, which are
named; then the latter is written:
start: the first character of a block has no token (trim_offsets), and transformers learns no block from there on;
end: the last character has several tokens, of which transformers learns the first, or none, and it learns all that follows;
border: the tokens of a prompt do not begin those of the whole, since the text that follows changes the last ones.
"""

import collections
import json
import random
import shutil
import sys
from pathlib import Path

import chats
import families
from tokenizers import Tokenizer
from transformers import AutoTokenizer
from transformers.utils import logging
from transformers.utils.chat_template_utils import render_jinja_template

HERE = Path(__file__).parent
STYLES = ["chatml", "headers", "zephyr", "turns", "inst", "blocks"]


def common(one, other):
    n = 0
    while n < min(len(one), len(other)) and one[n] == other[n]:
        n += 1
    return n


def render(tok, messages, **arguments):
    texts, spans = render_jinja_template(
        conversations=[messages],
        chat_template=tok.chat_template,
        return_assistant_tokens_mask=True,
        **tok.special_tokens_map,
        **arguments,
    )
    return texts[0], spans[0]


def exact(tok):
    """The offsets of tokens with the white space that is in them."""
    text = tok.backend_tokenizer.to_str().replace('"trim_offsets":true', '"trim_offsets":false')
    backend = Tokenizer.from_str(text)
    return lambda text: backend.encode(text, add_special_tokens=False).offsets


def overlapping(offsets, spans):
    return [int(any(a < end and start < b for start, end in spans)) for a, b in offsets]


def blocks(tok, offsets, messages):
    """Ids, mask and faults of a template with generation blocks."""
    out = tok.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)
    text, spans = render(tok, messages)
    encoding = tok(text, add_special_tokens=False)
    faults = set()
    for start, end in spans:
        last = [i for i, (a, b) in enumerate(encoding[0].offsets) if a < end <= b]
        if encoding.char_to_token(0, start) is None:
            faults.add("start")
        if len(last) != 1:
            faults.add("end")
    return out["input_ids"], out["assistant_masks"], overlapping(offsets(text), spans), faults


def prefixes(tok, offsets, messages):
    """Ids, mask and faults by the tokens that conversations have in common with prompts."""
    ids = tok.apply_chat_template(messages)
    mask, spans, faults = [0] * len(ids), [], set()
    for i, message in enumerate(messages):
        if message["role"] == "assistant":
            prompt = tok.apply_chat_template(messages[:i], add_generation_prompt=True)
            answered = tok.apply_chat_template(messages[: i + 1])
            start, end = common(prompt, ids), common(answered, ids)
            if start < len(prompt) or end < len(answered):
                faults.add("border")
            mask[start:end] = [1] * (end - start)
            before, _ = render(tok, messages[:i], add_generation_prompt=True)
            spans.append((len(before), len(render(tok, messages[: i + 1])[0])))
    return ids, mask, overlapping(offsets(render(tok, messages)[0]), spans), faults


def pair(tok, rng):
    prompt, completion = chats.text(rng), chats.text(rng)
    ids, whole = tok(prompt)["input_ids"], tok(prompt + completion)["input_ids"]
    return {
        "prompt": prompt,
        "completion": completion,
        "prompt_ids": ids,
        "ids": whole,
        "across": common(ids, whole) < len(ids),
    }


def main(directory, count):
    logging.set_verbosity_error()
    templates = directory / "templates"
    shutil.copytree(HERE / "templates", templates, dirs_exist_ok=True)
    names = list(families.write(directory))
    for name, folder in names:
        rng = random.Random(name)
        tok = AutoTokenizer.from_pretrained(folder)
        offsets = exact(tok)
        met = collections.Counter()
        with open(folder / "conversations.jsonl", "w", encoding="utf-8") as file:
            for i in range(count // len(names) + (names.index((name, folder)) < count % len(names))):
                style = STYLES[i % len(STYLES)]
                tok.chat_template = (templates / f"{style}.jinja").read_text(encoding="utf-8")
                messages = chats.chat(rng)
                ids, theirs, mask, faults = (blocks if style == "blocks" else prefixes)(tok, offsets, messages)
                met[(style, tuple(sorted(faults)) if theirs != mask else ("equal",))] += 1
                assert theirs == mask or faults, messages
                line = {"template": style, "messages": messages, "ids": ids, "mask": "".join(map(str, mask))}
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        print(name, json.dumps([[*key[1], key[0], n] for key, n in sorted(met.items())]))
        with open(folder / "pairs.jsonl", "w", encoding="utf-8") as file:
            for _ in range(max(1, count // 2 // len(names))):
                file.write(json.dumps(pair(tok, rng), ensure_ascii=False, separators=(",", ":")) + "\n")


main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 216)
