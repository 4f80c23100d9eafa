package ai.signal.job;

import ai.signal.data.DataSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A data set that a stage of a job reads.
 *
 * @param key of the data set in the spec, such as {@code stages.2.sample.prompts}
 * @param data as the spec has it
 * @param stage that reads it
 * @param index of that stage in the spec
 */
record JobInput(String key, StageData data, StageSpec stage, int index) {
  /** All of them, in the order of the spec. */
  static List<JobInput> of(JobSpec spec) {
    List<JobInput> inputs = new ArrayList<>();
    for (int i = 0; i < spec.stages().size(); i++) {
      int at = i;
      StageSpec stage = spec.stages().get(i);
      String key = "stages.%d.%s.".formatted(i, StageSpec.name(stage.getClass()));
      if (stage instanceof TrainStage train) {
        inputs.add(new JobInput(key + "data", train.data(), stage, i));
        train
            .evaluate()
            .ifPresent(
                held -> inputs.add(new JobInput(key + "evaluate.data", held.data(), stage, at)));
      } else if (stage instanceof EvaluateStage evaluate) {
        inputs.add(new JobInput(key + "data", evaluate.data(), stage, i));
      } else if (stage instanceof ReinforceStage reinforce) {
        inputs.add(new JobInput(key + "prompts", reinforce.prompts(), stage, i));
      } else if (stage instanceof SampleStage sample) {
        inputs.add(new JobInput(key + "prompts", sample.prompts(), stage, i));
      }
    }
    return inputs;
  }

  /** Whether prompts are read, and not examples. */
  boolean isPrompts() {
    return data instanceof PromptData;
  }

  /** What is read: a loss says which records it learns, and what they have to bring. */
  DataSpec spec() {
    if (data instanceof PromptData prompts) {
      return prompts.spec();
    }
    if (stage instanceof TrainStage train) {
      return data.spec(train.loss().name().records(data.format()), train.loss().loss().inputs());
    }
    return ((EvaluationData) data).spec();
  }
}
