"""Conversations that templates are rendered with: [(name, variables)]."""

import itertools

TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a place.\nSecond line with \"quotes\", <tags> & 'apostrophes'.",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "City — e.g. Zürich or 東京"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
                "days": {"type": ["integer", "null"], "minimum": 1, "maximum": 14},
                "exact": {"type": "boolean"},
            },
            "required": ["place"],
        },
        "return": {"type": "number", "description": "Degrees"},
    },
}
PLAN = {
    "type": "function",
    "function": {
        "name": "plan",
        "description": "Plans steps",
        "parameters": {
            "type": "object",
            "properties": {
                "steps": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"title": {"type": "string"}, "weight": {"type": "number"}},
                        "required": ["title"],
                    },
                },
                "options": {"type": "object", "additionalProperties": {"type": "string"}},
                "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            },
        },
    },
}
BARE = {"type": "function", "function": {"name": "now", "description": "Time", "parameters": {"type": "object", "properties": {}}}}


def user(content):
    return {"role": "user", "content": content}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def system(content):
    return {"role": "system", "content": content}


def call(name, arguments, id="call00001"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def tool(content, **more):
    return {"role": "tool", "content": content, "name": "get_weather", "tool_call_id": "call00001", **more}


ARGUMENTS = {"place": "Zürich <b>&'\"", "unit": "celsius", "days": 3, "exact": True, "none": None, "x": 1.5, "list": [1, "a", {"k": []}]}

CHATS = {
    "one": [user("Hello")],
    "two": [user("Hello"), assistant("Hi there.")],
    "system": [system("You are terse."), user("Hello"), assistant("Hi."), user("And?")],
    "developer": [{"role": "developer", "content": "Be kind."}, user("Hello")],
    "long": [system("  padded  "), user(" a "), assistant(" b\n"), user("\nc"), assistant("d\n\n"), user("e"), assistant("f")],
    "unicode": [system("Grüße 😀"), user("你好，世界 𝔘 \u00a0\u3000"), assistant("naïve ‘quotes’ \u2028 end 😀")],
    "markup": [user("<|im_start|>{{ x }} {% if %} </s> \\n \\ \t"), assistant("`code`\n```\n{'a': 1}\n```")],
    "empty": [system(""), user(""), assistant(""), user("")],
    "thinking": [user("q"), assistant("<think>\nhm\n</think>\n\nanswer"), user("r"), assistant("<think>\nho\n</think>\n\nfinal")],
    "reasoning": [user("q"), assistant("answer", reasoning_content="because"), user("r"), assistant("s", reasoning_content="so\n")],
    "spaces": [user("tail \n\n"), assistant("\n\nlead"), user("\ttab\t")],
    "calls": [user("Weather?"), assistant("", tool_calls=[call("get_weather", ARGUMENTS)]), tool("21.5 °C"), assistant("It is 21.5."), user("Thanks")],
    "call_only": [user("Weather?"), {"role": "assistant", "tool_calls": [call("get_weather", {"place": "Bern"})]}, tool("{\"t\": 3}")],
    "two_calls": [
        system("Use tools."),
        user("Both?"),
        assistant("Let me see.", tool_calls=[call("get_weather", {"place": "A"}), call("plan", {"steps": [{"title": "x", "weight": 0.1}]}, "call00002")]),
        tool("1"),
        tool("2", tool_call_id="call00002", name="plan"),
        assistant("Done."),
    ],
    "string_arguments": [user("W?"), assistant("", tool_calls=[call("get_weather", "{\"place\": \"Bern\"}")]), tool("x"), assistant("y")],
    "flat_calls": [user("W?"), assistant("", tool_calls=[{"name": "get_weather", "arguments": {"place": "Bern"}}]), tool("x")],
    "ipython": [user("W?"), assistant("", tool_calls=[call("now", {})]), {"role": "ipython", "content": {"output": [1, 2]}}],
    "parts": [
        system([{"type": "text", "text": "Sys"}]),
        user([{"type": "text", "text": "Look: "}, {"type": "text", "text": "twice"}]),
        assistant([{"type": "text", "text": "Seen"}]),
    ],
    "image": [user([{"type": "image"}, {"type": "text", "text": "What is it?"}]), assistant("A cat")],
    "image_url": [user([{"type": "image_url", "image_url": {"url": "x.png"}}, {"type": "text", "text": "?"}, {"type": "video"}, {"type": "audio"}])],
    "tool_parts": [user("W?"), assistant("", tool_calls=[call("now", {})]), tool([{"type": "text", "text": "noon"}]), user("ok")],
    "assistant_first": [assistant("I begin"), user("ok")],
    "same_role": [user("a"), user("b"), assistant("c"), assistant("d")],
    "late_system": [user("a"), system("late"), assistant("b")],
    "unknown_role": [user("a"), {"role": "critic", "content": "b"}],
    "no_content": [user("a"), {"role": "assistant"}],
    "number_content": [user(3), assistant(2.50)],
    "names": [{"role": "user", "content": "x", "name": "Ann"}, assistant("y", name="Bot", weight=0)],
}
TOOLS = {"tools": [WEATHER, PLAN], "one_tool": [BARE], "no_tools": []}
EXTRAS = {
    "thinking_off": {"enable_thinking": False},
    "thinking_on": {"enable_thinking": True, "thinking": True, "reasoning_effort": "high"},
    "dated": {"date_string": "1 January 2026", "tools_in_user_message": False, "custom_tools": [WEATHER], "builtin_tools": ["brave_search", "code_interpreter"]},
    "documents": {"documents": [{"title": "T", "text": "body"}, {"title": "U", "text": "more"}]},
    "keep": {"preserve_thinking": True, "clear_thinking": False, "xml_tools": ["<tool/>"], "python_tools": ["def f(): pass"], "system_message": "S", "add_vision_id": True, "keep_past_thinking": True},
}


def aliased(messages):
    """The names for reasoning that transformers adds."""
    return [{"thinking": m["reasoning_content"], **m} if "reasoning_content" in m else m for m in messages]


def variables(messages, tools, prompt, **more):
    return {**TOKENS, "messages": aliased(messages), "tools": tools, "documents": None, "add_generation_prompt": prompt, **more}


def all_cases():
    for (name, messages), prompt in itertools.product(CHATS.items(), (False, True)):
        yield f"{name}/{prompt}", variables(messages, None, prompt)
    for name, tools in TOOLS.items():
        for chat, prompt in itertools.product(("one", "system", "calls", "two_calls", "ipython", "parts", "thinking", "string_arguments"), (False, True)):
            yield f"{chat}/{name}/{prompt}", variables(CHATS[chat], tools, prompt)
    for name, extra in EXTRAS.items():
        for chat, prompt in itertools.product(("one", "system", "calls", "thinking", "reasoning", "image"), (False, True)):
            yield f"{chat}/{name}/{prompt}", variables(CHATS[chat], [PLAN] if chat == "calls" else None, prompt, **extra)
