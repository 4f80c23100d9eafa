package ai.signal.job;

import ai.signal.monitor.StageResult;
import ai.signal.spec.KeyHints;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.SpecException;
import ai.signal.spec.SpecTree;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What stages had to show, a file for each that is finished: {@code stages/00-evaluate.json}. A job
 * that goes on reads them, and does not do these stages again.
 */
final class StageRecords {
  static final String DIRECTORY = "stages";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final OutputDirectory output;

  StageRecords(OutputDirectory output) {
    this.output = output;
  }

  void write(int stage, StageResult result) throws IOException {
    output.write(name(stage, result.stage()), SpecTree.of((Record) result).toPrettyString() + "\n");
  }

  /** What a stage had to show; empty where it is not finished, or a driver died while it wrote. */
  Optional<StageResult> read(int stage, String kind) throws IOException {
    Optional<String> written = output.read(name(stage, kind));
    if (written.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode tree = JSON.readTree(written.get());
      return Optional.of((StageResult) new RecordBinder(KeyHints.NONE).bind(type(kind), tree, ""));
    } catch (JsonProcessingException | SpecException.Value e) {
      return Optional.empty();
    }
  }

  private static String name(int stage, String kind) {
    return "%s/%02d-%s.json".formatted(DIRECTORY, stage, kind);
  }

  private static Class<?> type(String kind) {
    return Arrays.stream(StageResult.class.getPermittedSubclasses())
        .filter(type -> type.getSimpleName().toLowerCase(Locale.ROOT).equals(kind))
        .findFirst()
        .orElseThrow();
  }
}
