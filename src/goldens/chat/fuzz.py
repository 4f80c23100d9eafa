"""Random templates through jinja2 and Signal: python fuzz.py --java COMMAND [--seed N] [--count N]"""

import argparse
import random
import warnings

import compare
import oracle
from probes import VARIABLES

NAMES = [name for name in VARIABLES if name not in ("floats", "quotes", "big", "none")] + ["missing", "x", "y", "loop"]
LITERALS = ["0", "1", "-2", "3", "2.5", "true", "false", "none", "''", "'a'", "'Ab c'", "' x '", "[]", "[1, 2]", "{}", "{'a': 1}", "(1, 'b')", "'é😀'", "'l\\nm'"]
METHODS = [
    "strip()", "lstrip()", "rstrip('d \\n')", "split()", "split('o')", "split(' ', 1)", "rsplit(' ', 1)", "upper()", "lower()", "title()", "capitalize()",
    "startswith('H')", "endswith('d')", "replace('o', '0')", "find('l')", "count('l')", "splitlines()", "items()", "keys()", "values()", "get('a')",
    "get('a', 7)", "isdigit()", "join(['p', 'q'])", "index('fig')", "partition(' ')", "a", "name", "items", "age", "index", "last",
]
FILTERS = [
    "trim", "upper", "lower", "length", "first", "last", "list", "string", "int", "float", "join", "join(', ')", "tojson", "tojson(indent=1)", "default('D')",
    "default(1, true)", "reverse", "sort", "unique", "sum", "max", "min", "capitalize", "title", "replace('a', 'b')", "map(attribute='a')", "map('string')",
    "select", "reject", "select('string')", "select('number')", "selectattr('age')", "rejectattr('name', 'equalto', 'bob')", "dictsort", "items", "batch(2)",
    "indent(2)", "abs", "round", "round(1)", "count", "sort(reverse=true)", "map('upper')", "list | length", "list | first", "list | tojson",
]
TESTS = [
    "defined", "undefined", "none", "string", "mapping", "sequence", "iterable", "number", "integer", "boolean", "true", "false", "float", "odd", "even",
    "in [1, 'a']", "equalto(1)", "eq 'a'", "not defined", "not string", "not none", "divisibleby 2", "upper", "lower", "sameas none", "gt 1", "callable",
]
BINARY = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"]
TEXTS = ["a", " ", "\n", "  \n", "\n  ", "x y\n", "\t", "<|im|>", "{", "}", "%", "\n\n  z  \n"]


class Templates:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, items):
        return self.random.choice(items)

    def expression(self, depth):
        kind = self.random.randrange(12 if depth > 0 else 3)
        inner = lambda: self.expression(depth - 1)
        if kind == 0:
            return self.pick(LITERALS)
        if kind <= 2:
            return self.pick(NAMES)
        if kind == 3:
            return f"({inner()}).{self.pick(METHODS)}"
        if kind <= 5:
            return f"{inner()} | {self.pick(FILTERS)}"
        if kind == 6:
            return f"{inner()} is {self.pick(TESTS)}"
        if kind <= 8:
            left, right = inner(), inner()
            operator = self.pick(BINARY)
            return f"({left} {operator} {right})" if self.random.random() < 0.5 else f"{left} {operator} {right}"
        if kind == 9:
            return self.pick(["not ", "-", "not not "]) + inner()
        if kind == 10:
            # jinja2 folds slices of constants by other rules than those of variables.
            return f"{self.pick(NAMES)}[{self.pick(['0', '-1', '1:', ':2', '::-1', '1:3', '-2:', chr(39) + 'a' + chr(39), 'x', '::2', '3:0:-1'])}]"
        return f"({inner()} if {inner()} else {inner()})"

    def open(self):
        return self.pick(["{%", "{%", "{%-", "{%+"])

    def close(self):
        return self.pick(["%}", "%}", "-%}", "+%}"])

    def tag(self, inside):
        return f"{self.open()} {inside} {self.close()}"

    def body(self, depth, in_loop=False):
        return "".join(self.statement(depth, in_loop) for _ in range(self.random.randint(1, 3)))

    def statement(self, depth, in_loop):
        kind = self.random.randrange(12 if depth > 0 else 4)
        if kind <= 1:
            return self.pick(TEXTS)
        if kind == 2:
            return f"{self.pick(['{{', '{{-'])} {self.expression(2)} {self.pick(['}}', '-}}'])}"
        if kind == 3:
            return self.pick([self.tag(f"set {self.pick('xy')} = {self.expression(2)}"), "{# c #}", "{#- c -#}", " {# c\n #}\n"])
        inner = lambda loop=in_loop: self.body(depth - 1, loop)
        if kind <= 6:
            other = self.pick(["", self.tag("else") + inner(), self.tag(f"elif {self.expression(1)}") + inner()])
            return self.tag(f"if {self.expression(2)}") + inner() + other + self.tag("endif")
        if kind <= 9:
            where = self.pick(["", "", f" if {self.expression(1)}"])
            leave = self.tag(f"if {self.expression(1)}") + self.tag(self.pick(["break", "continue"])) + self.tag("endif") if self.random.random() < 0.3 else ""
            other = self.tag("else") + inner() if self.random.random() < 0.3 else ""
            return self.tag(f"for x in {self.expression(1)}{where}") + inner(True) + leave + other + self.tag("endfor")
        if kind == 10:
            return self.tag("set y") + inner(False) + self.tag("endset") + "{{ y }}"
        if self.random.random() < 0.3:
            return self.tag(f"with y = {self.expression(1)}, x = {self.expression(1)}") + inner() + self.tag("endwith")
        return self.tag("macro m(x, y=1)") + inner(False) + self.tag("endmacro") + "{{ m(" + self.expression(1) + ") }}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--java", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--show", type=int, default=10)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    templates = Templates(arguments.seed)
    jobs = []
    for i in range(arguments.count):
        template = "{{ " + templates.expression(3) + " }}" if i % 2 else templates.body(3)
        jobs.append({"template": template, "variables": VARIABLES})
    ours = compare.java(arguments.java, jobs)
    refused = different = 0
    for job, our in zip(jobs, ours):
        their = oracle.render(job["template"], job["variables"])
        if "has no text of its own" in our.get("error", ""):
            continue  # jinja2 prints functions and generators with their address in memory
        refused += "error" in their
        if not compare.same(their, our):
            different += 1
            if different <= arguments.show:
                print(f"{job['template']!r}\n    theirs {their}\n    ours   {our}")
    print(f"{len(jobs)} templates, {refused} refused by jinja2, {different} differ")


if __name__ == "__main__":
    main()
