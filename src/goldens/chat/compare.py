"""Renders every template of a folder with transformers and with Signal, and reports what differs.

python compare.py TEMPLATES [--java COMMAND]

COMMAND runs ai.signal.chat.RenderLines; see docs/chat-templates.md.
"""

import argparse
import collections
import json
import shlex
import subprocess
import sys
from pathlib import Path

import oracle
from conversations import all_cases


def java(command, jobs):
    """What Signal makes of the jobs, in their order."""
    lines = "".join(json.dumps(job) + "\n" for job in jobs)
    result = subprocess.run(shlex.split(command), input=lines, capture_output=True, encoding="utf-8")
    if result.returncode:
        sys.exit(result.stderr)
    return [json.loads(line) for line in result.stdout.split("\n") if line]


def same(theirs, ours):
    """Equal texts and generated parts; or both refuse, with the template's own words if it has any."""
    if "error" not in theirs or "error" not in ours:
        return theirs == ours
    kind, _, message = theirs["error"].partition(": ")
    return kind != "TemplateError" or message in ours["error"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("templates", type=Path)
    parser.add_argument("--java", required=True)
    parser.add_argument("--show", type=int, default=20)
    arguments = parser.parse_args()
    files = sorted(arguments.templates.rglob("*.jinja*"))
    jobs, names = [], []
    for file in files:
        template = file.read_bytes().decode("utf-8")
        for name, variables in all_cases():
            jobs.append({"template": template, "variables": variables})
            names.append((file.name, name))
    ours = java(arguments.java, jobs)
    theirs = [oracle.render(job["template"], job["variables"]) for job in jobs]
    counts = collections.Counter()
    different = collections.defaultdict(list)
    for (file, case), job, their, our in zip(names, jobs, theirs, ours):
        counts["errors" if "error" in their else "texts"] += 1
        counts["with generation"] += bool(their.get("generated"))
        if not same(their, our):
            different[file].append((case, their, our))
    for file, cases in list(different.items())[: arguments.show]:
        print(f"{file}: {len(cases)} differ")
        for case, their, our in cases[:1]:
            print(f"  {case}\n    theirs {json.dumps(their, ensure_ascii=False)[-600:]}\n    ours   {json.dumps(our, ensure_ascii=False)[-600:]}")
    print(
        f"{len(files)} templates, {len(jobs)} renderings ({counts['texts']} texts, {counts['errors']} refusals, "
        f"{counts['with generation']} with generation blocks), {sum(map(len, different.values()))} differ in {len(different)} templates"
    )
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
