package ai.signal.job;

import ai.signal.chat.ChatFormat;
import ai.signal.data.DataException;
import ai.signal.data.EosToken;
import ai.signal.data.InputFile;
import ai.signal.data.TextInput;
import ai.signal.model.ModelFormatException;
import ai.signal.model.Tokenizer;
import ai.signal.spec.SpecException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Tries a model's tokenizer on the head of a job's data before Spark starts. */
final class TokenizerCheck {
  private static final int HEAD_BYTES = 64 << 10;

  private TokenizerCheck() {}

  /**
   * Tries the tokenizer, unless it has passed on this host before.
   *
   * @throws SpecException.Value when the tokenizer cannot be used
   */
  static void check(JobSpec spec, JobModel model) {
    try {
      ChatFormat.check(model.directory());
      Tokenizer.tryOut(model.directory(), () -> heads(spec));
      boolean trains = spec.stages().stream().anyMatch(TrainStage.class::isInstance);
      if (trains && Files.exists(model.directory().resolve("tokenizer.json"))) {
        EosToken.check(model.directory());
      }
    } catch (ModelFormatException | DataException e) {
      throw new SpecException.Value(
          "model.base", "= '%s' is refused: %s".formatted(spec.model().base(), e.getMessage()));
    }
  }

  private static List<String> heads(JobSpec spec) {
    Configuration conf = new Configuration();
    return JobInput.of(spec).stream()
        .flatMap(input -> input.data().path().stream())
        .filter(Locations::isLocal)
        .distinct()
        .flatMap(path -> head(path, conf).lines())
        .toList();
  }

  /** The first bytes of the first file; nothing where it cannot be read, which is found later. */
  private static String head(String path, Configuration conf) {
    try {
      List<InputFile> files = InputFile.list(List.of(Locations.uri(path)), conf);
      if (files.isEmpty()) {
        return "";
      }
      InputFile file = files.get(0);
      try (InputStream in = TextInput.open(file, conf)) {
        return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8);
      }
    } catch (IOException | DataException e) {
      return "";
    }
  }
}
