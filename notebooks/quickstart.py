# A notebook in cells (# %%): a small model learns to turn statements into questions.
#
# Needs pyspark 3.5.5 on JDK 17 and Signal's jar: `mvn package -Dmaven.test.skip` makes target/signal-spark.jar. On a cluster that runs notebooks
# the session is there already, started with the jar. Spark Connect has no `_jvm` and cannot be used.

# %%
import json

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.jars", "target/signal-spark.jar")
    .config("spark.driver.memory", "3g")
    .getOrCreate()
)
signal = spark._jvm.ai.signal.client.Signal.on(spark._jsparkSession)


# %% Every operation takes JSON and gives JSON.
def call(operation, *arguments):
    texts = [a if isinstance(a, (str, int, float)) else json.dumps(a) for a in arguments]
    try:
        return json.loads(getattr(signal, operation)(*texts))
    except Py4JJavaError as e:
        raise RuntimeError(signal.error(e.java_exception)) from None


# %%
call("models")

# %% A run: a LoRA adapter on a base model. Keys are those of a job spec.
run = call(
    "createRun",
    {
        "name": "notebook",
        "model": {"base": "builtin:tiny"},
        "lora": {
            "rank": 16,
            "alpha": 32,
            "targets": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj", "lm_head"],
        },
        "seed": 7,
    },
)["run_id"]

# %% Examples come from any DataFrame whose rows have prompt and completion, or text, or messages.
rows = spark.read.json("jobs/data/quickstart-train.jsonl")
examples = [json.loads(row) for row in rows.toJSON().collect()]
prompts = [
    "At the bakery Tilda sold a black key to Jonas on Wednesday.\nQuestion:",
    "Nils gave a white hat to Olga at the inn on Friday.\nQuestion:",
]


def answers():
    completions = call("sample", run, {"prompts": prompts, "max_tokens": 48})["completions"]
    return [completion["completion"] for completion in completions]


before = answers()

# %% One step by hand ...
optimizer = {"name": "adamw", "learning_rate": 0.004, "beta2": 0.95, "weight_decay": 0.0}
step = call("trainBatch", run, {"batch": examples[:16], "optimizer": optimizer})
print(step["forward_backward"]["loss"], step["optim_step"]["grad_norm"])

# %% ... and 120 more, while Python does something else.
training = call(
    "submit",
    "train",
    run,
    {
        "examples": examples,
        "optimizer": optimizer,
        "schedule": {"name": "linear", "warmup_steps": 10},
        "batch_size": 16,
        "steps": 120,
    },
)["future_id"]
while not signal.done(training):
    try:
        call("result", training, 10)
    except RuntimeError:  # timed_out: it goes on
        now = call("progress", training)
        print("step {step}/{steps} · {seconds_left:.0f} s left".format(**now) if now else "preparing")
print(call("result", training, 60))

# %%
for prompt, old, new in zip(prompts, before, answers()):
    print(prompt, "\n  before", old, "\n  after ", new)

# %% The history of the run, a row for each step: pandas.DataFrame(call("metrics", run)["steps"])
print([round(step["loss"], 3) for step in call("metrics", run)["steps"]])

# %% What is wrong is said, with what is allowed.
try:
    call("forward", run, {"batch": examples[:1], "loss": {"name": "ppoo"}})
except RuntimeError as e:
    print(json.loads(str(e))["message"])

# %%
import tempfile

print(call("saveState", run, {"path": tempfile.mkdtemp() + "/adapter"}))
signal.close()
spark.stop()
