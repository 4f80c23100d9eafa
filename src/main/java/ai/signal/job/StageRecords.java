package ai.signal.job;

import ai.signal.monitor.StageResult;
import ai.signal.spec.KeyHints;
import ai.signal.spec.RecordBinder;
import ai.signal.spec.SpecException;
import ai.signal.spec.SpecTree;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stages had to show, a file for each that is finished: {@code stages/00-evaluate.json}. A job
 * that goes on reads them, and does not do these stages again.
 */
final class StageRecords {
  static final String DIRECTORY = "stages";
  private static final Pattern NAME = Pattern.compile("([0-9]{2,6})-[a-z]+\\.json");
  private static final String BASE = "base_model";
  private static final String RESULT = "result";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final OutputDirectory output;
  private final String baseModel;

  /**
   * @param baseModel identity of the weights that the results are of
   */
  StageRecords(OutputDirectory output, String baseModel) {
    this.output = output;
    this.baseModel = baseModel;
  }

  void write(int stage, StageResult result) throws IOException {
    ObjectNode record = JsonNodeFactory.instance.objectNode();
    record.put(BASE, baseModel);
    record.set(RESULT, SpecTree.of((Record) result));
    output.write(name(stage, result.stage()), record.toPrettyString() + "\n");
  }

  /** What a stage had to show; empty where it is not finished, or a driver died while it wrote. */
  Optional<StageResult> read(int stage, String kind) throws IOException {
    Optional<String> written = output.read(name(stage, kind));
    if (written.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode record = JSON.readTree(written.get());
      if (!record.path(BASE).asText().equals(baseModel)) {
        return Optional.empty();
      }
      return Optional.of(
          (StageResult)
              new RecordBinder(KeyHints.NONE).bind(type(kind), record.path(RESULT), RESULT));
    } catch (JsonProcessingException | SpecException.Value e) {
      return Optional.empty();
    }
  }

  /** Name in the output of the record of a stage. */
  static String name(int stage, String kind) {
    return "%s/%02d-%s.json".formatted(DIRECTORY, stage, kind);
  }

  /** The index of the last stage that is finished; -1 where none is. */
  static int last(OutputDirectory output) throws IOException {
    int last = -1;
    for (String name : output.names(DIRECTORY)) {
      Matcher record = NAME.matcher(name);
      if (record.matches() && output.files().isOwn(DIRECTORY + "/" + name)) {
        last = Math.max(last, Integer.parseInt(record.group(1)));
      }
    }
    return last;
  }

  private static Class<?> type(String kind) {
    return Arrays.stream(StageResult.class.getPermittedSubclasses())
        .filter(type -> type.getSimpleName().toLowerCase(Locale.ROOT).equals(kind))
        .findFirst()
        .orElseThrow();
  }
}
