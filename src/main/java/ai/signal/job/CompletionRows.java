package ai.signal.job;

import ai.signal.data.Prompt;
import ai.signal.generate.Completion;
import ai.signal.generate.TextLogprobs;
import ai.signal.model.TopTokens;
import ai.signal.spec.Names;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Completions as JSON lines: {@code {prompt, completion, token_ids, logprobs, stop_reason}},
 * log-probabilities of other tokens where they were asked for, and the other fields of the prompt's
 * record under their own names. A field that is called like one of ours has the prefix {@code
 * input_}.
 */
final class CompletionRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** All that a row may have, whether or not it was asked for. */
  private static final Set<String> OURS =
      Set.of(
          "prompt",
          "completion",
          "token_ids",
          "logprobs",
          "top_logprobs",
          "prompt_token_ids",
          "prompt_logprobs",
          "top_prompt_logprobs",
          "stop_reason");

  private CompletionRows() {}

  /**
   * Writes a row for each completion.
   *
   * @param completions the same number of each prompt, in the order of prompts
   */
  static void write(
      OutputDirectory output, String name, List<Prompt> prompts, List<Completion> completions)
      throws IOException {
    int n = completions.size() / prompts.size();
    output.write(
        name,
        out -> {
          for (int i = 0; i < completions.size(); i++) {
            ObjectNode row = row(prompts.get(i / n), completions.get(i));
            out.write(row.toString().getBytes(StandardCharsets.UTF_8));
            out.write('\n');
          }
        });
  }

  private static ObjectNode row(Prompt given, Completion completion) {
    ObjectNode row = JSON.createObjectNode();
    row.put("prompt", given.prompt());
    row.put("completion", completion.completion());
    tokens(row.putArray("token_ids"), completion.tokenIds());
    logprobs(row.putArray("logprobs"), completion.logprobs());
    top(row, "top_logprobs", completion.top());
    TextLogprobs prompt = completion.promptLogprobs();
    if (prompt != null) {
      tokens(row.putArray("prompt_token_ids"), prompt.tokenIds());
      logprobs(row.putArray("prompt_logprobs"), prompt.logprobs());
      top(row, "top_prompt_logprobs", prompt.top());
    }
    row.put("stop_reason", Names.of(completion.stopReason()));
    carry(row, given.columns());
    return row;
  }

  private static void carry(ObjectNode row, Map<String, JsonNode> columns) {
    columns.forEach(
        (name, value) -> {
          String free = name;
          while (OURS.contains(free) || (!free.equals(name) && columns.containsKey(free))) {
            free = "input_" + free;
          }
          row.set(free, value);
        });
  }

  private static void tokens(ArrayNode array, int[] ids) {
    for (int id : ids) {
      array.add(id);
    }
  }

  /** Null where a token has none: nothing predicts the first of a prompt. */
  private static void logprobs(ArrayNode array, float[] values) {
    for (float value : values) {
      if (Float.isNaN(value)) {
        array.addNull();
      } else {
        array.add(value);
      }
    }
  }

  /** Of each token, a list of [id, log-probability]; no such key where they were not asked for. */
  private static void top(ObjectNode row, String key, TopTokens top) {
    if (top.k() == 0) {
      return;
    }
    ArrayNode all = row.putArray(key);
    for (int from = 0; from < top.ids().length; from += top.k()) {
      ArrayNode one = all.addArray();
      for (int i = from; i < from + top.k() && top.ids()[i] >= 0; i++) {
        one.addArray().add(top.ids()[i]).add(top.logprobs()[i]);
      }
    }
  }
}
