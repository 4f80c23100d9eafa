package ai.signal.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.data.Example;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scripts of src/goldens, run where the variable names a Python with the versions of its
 * requirements.txt.
 *
 * @param folder for files that they read and write
 */
record PeftPython(Path folder) {
  static final String VARIABLE = "SIGNAL_PEFT_PYTHON";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What a script prints.
   *
   * @param arguments of the script, before the file of the sequences
   * @param scored whether sequences are whole, or tokens and their targets
   */
  JsonNode run(String script, List<Example> batch, boolean scored, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getenv(VARIABLE));
    command.add("src/goldens/" + script);
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    command.add(sequences(batch, scored).toString());
    Path out = folder.resolve("out.json");
    Path errors = folder.resolve("errors.txt");
    Process python =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(python.onExit().join().exitValue()).as(Files.readString(errors)).isZero();
    return JSON.readTree(out.toFile());
  }

  private Path sequences(List<Example> batch, boolean scored) throws IOException {
    List<Map<String, int[]>> sequences = new ArrayList<>();
    for (Example example : batch) {
      int at = 0;
      for (int length : example.lengths()) {
        int[] tokens = Arrays.copyOfRange(example.tokens(), at, at + length);
        int[] targets = Arrays.copyOfRange(example.targetTokens(), at, at + length);
        if (scored) {
          tokens = Arrays.copyOf(tokens, length + 1);
          tokens[length] = targets[length - 1];
        }
        Map<String, int[]> sequence = new LinkedHashMap<>();
        sequence.put("tokens", tokens);
        sequence.put("targets", targets);
        sequences.add(sequence);
        at += length;
      }
    }
    Path file = folder.resolve("sequences.json");
    JSON.writeValue(file.toFile(), sequences);
    return file;
  }
}
