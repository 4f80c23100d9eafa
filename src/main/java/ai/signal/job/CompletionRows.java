package ai.signal.job;

import ai.signal.generate.Completion;
import ai.signal.spec.SpecTree;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Completions as JSON lines: {@code {prompt, completion, token_ids, logprobs, stop_reason}}. */
final class CompletionRows {
  private CompletionRows() {}

  static void write(OutputDirectory output, String name, List<Completion> completions)
      throws IOException {
    try (Writer rows =
        new BufferedWriter(new OutputStreamWriter(output.create(name), StandardCharsets.UTF_8))) {
      for (Completion completion : completions) {
        rows.write(SpecTree.of(completion).toString());
        rows.write('\n');
      }
    }
  }
}
