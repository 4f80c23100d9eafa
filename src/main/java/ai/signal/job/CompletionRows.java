package ai.signal.job;

import ai.signal.generate.Completion;
import ai.signal.generate.TextLogprobs;
import ai.signal.model.TopTokens;
import ai.signal.spec.Names;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Completions as JSON lines: {@code {prompt, completion, token_ids, logprobs, stop_reason}}, and
 * log-probabilities of other tokens where they were asked for.
 */
final class CompletionRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private CompletionRows() {}

  static void write(OutputDirectory output, String name, List<Completion> completions)
      throws IOException {
    output.write(
        name,
        out -> {
          for (Completion completion : completions) {
            out.write(row(completion).toString().getBytes(StandardCharsets.UTF_8));
            out.write('\n');
          }
        });
  }

  private static ObjectNode row(Completion completion) {
    ObjectNode row = JSON.createObjectNode();
    row.put("prompt", completion.prompt());
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
    return row;
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
