package ai.signal.job;

import ai.signal.client.TrainingClient;
import ai.signal.generate.Completion;
import ai.signal.generate.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Completes prompts as long as the model's context allows. */
final class PromptSampling {
  private PromptSampling() {}

  /**
   * Completions of prompts that leave room for one token at least: all of the first, then all of
   * the second. A completion ends where the context does.
   *
   * @param context tokens that a prompt and its completion may have
   */
  static List<Completion> complete(
      TrainingClient run, List<int[]> prompts, SamplingParams params, int context) {
    TreeMap<Integer, List<Integer>> byLength = new TreeMap<>(); // places of prompts by max_tokens
    for (int i = 0; i < prompts.size(); i++) {
      int most = Math.min(params.maxTokens(), context - prompts.get(i).length);
      byLength.computeIfAbsent(most, length -> new ArrayList<>()).add(i);
    }
    Completion[] all = new Completion[prompts.size() * params.n()];
    byLength.forEach(
        (most, places) -> {
          List<int[]> some = places.stream().map(prompts::get).toList();
          List<Completion> completions = run.sampleTokens(some, params.upTo(most));
          for (int i = 0; i < completions.size(); i++) {
            all[places.get(i / params.n()) * params.n() + i % params.n()] = completions.get(i);
          }
        });
    return List.of(all);
  }
}
