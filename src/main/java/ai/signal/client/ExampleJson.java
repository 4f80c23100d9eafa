package ai.signal.client;

import ai.signal.data.DataException;
import ai.signal.data.Example;
import ai.signal.data.Examples;
import ai.signal.spec.KeyHints;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.SpecException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Examples as a notebook writes them: a record of a data file, a completion that was sampled with
 * its advantage, or tokens.
 */
final class ExampleJson {
  private static final RecordBinder BINDER = new RecordBinder(KeyHints.NONE);

  private ExampleJson() {}

  /** As sample returns it, and what it was worth. */
  record Sampled(
      List<Integer> promptTokenIds,
      List<Integer> tokenIds,
      List<Double> logprobs,
      double advantage,
      Optional<JsonNode> prompt,
      Optional<JsonNode> completion,
      Optional<JsonNode> top,
      Optional<JsonNode> promptLogprobs,
      Optional<JsonNode> stopReason) {
    Sampled(
        List<Integer> promptTokenIds,
        List<Integer> tokenIds,
        List<Double> logprobs,
        double advantage) {
      this(
          promptTokenIds,
          tokenIds,
          logprobs,
          advantage,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /** Position i predicts target i; see {@link Example}. */
  record Tokens(
      List<Integer> tokens,
      List<Integer> targetTokens,
      Optional<List<Double>> weights,
      Optional<List<Integer>> lengths,
      Optional<List<Double>> logprobs,
      Optional<List<Double>> advantages) {
    Tokens(List<Integer> tokens, List<Integer> targetTokens) {
      this(
          tokens,
          targetTokens,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    Example example(String id) {
      float[] ones = new float[targetTokens.size()];
      Arrays.fill(ones, 1);
      Example example =
          new Example(
              id,
              ints(tokens),
              ints(targetTokens),
              weights.map(ExampleJson::floats).orElse(ones),
              lengths.map(ExampleJson::ints).orElse(new int[] {tokens.size()}),
              Map.of());
      if (logprobs.isPresent()) {
        example = example.with("logprobs", floats(logprobs.get()));
      }
      return advantages.isPresent()
          ? example.with("advantages", floats(advantages.get()))
          : example;
    }
  }

  /**
   * The examples of a request.
   *
   * @param key of the list
   * @throws SpecException.Value naming the first that is none
   */
  static List<Example> of(AsyncTrainingClient run, String key, List<JsonNode> nodes) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      String path = key + "." + i;
      try {
        examples.add(one(run, nodes.get(i), path));
      } catch (DataException e) {
        throw new SpecException.Value(path, "is refused: " + e.getMessage());
      }
    }
    return examples;
  }

  private static Example one(AsyncTrainingClient run, JsonNode node, String path) {
    if (node.has("tokens")) {
      Tokens tokens = BINDER.bind(Tokens.class, node, path);
      try {
        return tokens.example(path);
      } catch (IllegalArgumentException e) {
        throw new SpecException.Value(path, "is refused: " + e.getMessage());
      }
    }
    if (node.has("advantage")) {
      Sampled sampled = BINDER.bind(Sampled.class, node, path);
      return Examples.ofSampled(
          path,
          ints(sampled.promptTokenIds()),
          ints(sampled.tokenIds()),
          floats(sampled.logprobs()),
          sampled.advantage());
    }
    return run.record(node.toString());
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static float[] floats(List<Double> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return floats;
  }
}
