package ai.signal.job;

import ai.signal.generate.Completion;
import ai.signal.spec.Names;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Completions as JSON lines: {@code {prompt, completion, token_ids, logprobs, stop_reason}}. */
final class CompletionRows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private CompletionRows() {}

  static void write(OutputDirectory output, String name, List<Completion> completions)
      throws IOException {
    try (Writer rows =
        new BufferedWriter(new OutputStreamWriter(output.create(name), StandardCharsets.UTF_8))) {
      for (Completion completion : completions) {
        rows.write(row(completion).toString());
        rows.write('\n');
      }
    }
  }

  private static ObjectNode row(Completion completion) {
    ObjectNode row = JSON.createObjectNode();
    row.put("prompt", completion.prompt());
    row.put("completion", completion.completion());
    ArrayNode tokens = row.putArray("token_ids");
    for (int token : completion.tokenIds()) {
      tokens.add(token);
    }
    ArrayNode logprobs = row.putArray("logprobs");
    for (float logprob : completion.logprobs()) {
      logprobs.add(logprob);
    }
    row.put("stop_reason", Names.of(completion.stopReason()));
    return row;
  }
}
