"""transformers' rendering of a template, with time standing still; what it raises becomes {"error"}."""

import copy
import datetime

from transformers.utils import chat_template_utils

NOW = datetime.datetime(2026, 2, 3, 4, 5, 6)


class StoppedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


chat_template_utils.datetime = StoppedClock


def render(template, variables):
    """{"text", "generated"} as `apply_chat_template` renders with a mask, or {"error"}."""
    try:
        compiled = chat_template_utils._compile_jinja_template(template)
        arguments = copy.deepcopy(variables)  # a filter of jinja2 can change lists
        named = [arguments.pop(name, None) for name in ("messages", "tools", "documents", "add_generation_prompt")]
        text, spans = chat_template_utils._render_with_assistant_indices(compiled, *named, **arguments)
    except Exception as e:  # whatever a template can do wrong
        return {"error": f"{type(e).__name__}: {e}"}
    return {"text": text, "generated": [text[start:end] for start, end in spans]}
