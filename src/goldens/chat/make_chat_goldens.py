"""Writes probes.json and conversations.json: python make_chat_goldens.py DIRECTORY"""

import itertools
import json
import sys
from pathlib import Path

import oracle  # first: it stops the clock
import probes
from conversations import CHATS, EXTRAS, TOOLS
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

HERE = Path(__file__).parent
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
WITH_TOOLS = ["one", "system", "calls", "two_calls", "ipython"]
WITH_EXTRAS = ["calls", "reasoning", "system"]


def write(file, value):
    file.write_text(json.dumps(value, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def probe(template):
    result = oracle.render(template, probes.VARIABLES)
    return {"template": template, **result}


def cases():
    """Messages, tools and other variables: as a caller of apply_chat_template gives them."""
    null = {"role": "assistant", "content": None, "tool_calls": None, "reasoning": "hm"}
    chats = {**CHATS, "nulls": [*CHATS["one"], null, *CHATS["one"]]}
    for name, messages in chats.items():
        yield {"name": name, "messages": messages}
    for name, tools in itertools.product(WITH_TOOLS, ("tools", "no_tools")):
        yield {"name": f"{name}/{tools}", "messages": chats[name], "tools": TOOLS[tools]}
    for name, extra in itertools.product(WITH_EXTRAS, ("thinking_off", "dated")):
        yield {"name": f"{name}/{extra}", "messages": chats[name], "tools": TOOLS["one_tool"], "variables": EXTRAS[extra]}


def apply(tokenizer, case, prompt):
    arguments = dict(tools=case.get("tools"), add_generation_prompt=prompt, **case.get("variables", {}))
    try:
        text = tokenizer.apply_chat_template(case["messages"], tokenize=False, **arguments)
    except Exception as e:  # whatever a template can do wrong
        return {"error": f"{type(e).__name__}: {e}"}
    again, spans = chat_template_utils.render_jinja_template(
        conversations=[chat_template_utils._normalize_chat_messages(case["messages"])],
        chat_template=tokenizer.chat_template,
        return_assistant_tokens_mask=True,
        **TOKENS,
        **arguments,
    )
    assert again == [text]
    return {"text": text, "generated": [text[start:end] for start, end in spans[0]]}


def tokenizer(template):
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), **TOKENS)
    tokenizer.chat_template = template
    return tokenizer


def main(directory):
    write(directory / "probes.json", {"variables": probes.VARIABLES, "probes": [probe(template) for template in probes.ALL]})
    renderings = {}
    all_cases = list(cases())
    templates = {file.stem: file.read_text(encoding="utf-8") for file in sorted((HERE / "templates").glob("*.jinja"))}
    for name, template in templates.items():
        rendered = renderings[name] = []
        for case, prompt in itertools.product(all_cases, (False, True)):
            rendered.append(apply(tokenizer(template), case, prompt))
    write(directory / "conversations.json", {"tokens": TOKENS, "templates": templates, "cases": all_cases, "renderings": renderings})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
