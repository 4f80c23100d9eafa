package ai.signal.tiny;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The text files of {@code builtin:tiny} and of the quickstart in the repository: where they lie,
 * and what is to stand in them.
 */
final class TinyFiles {
  static final Path MODEL = Path.of("src/main/resources/ai/signal/models/tiny");
  static final Path DATA = Path.of("jobs/data");
  static final Corpus CORPUS = new Corpus(1);

  private static final long QUICKSTART_SEED = 2;
  private static final long REQUESTS_SEED = 4;

  /** Path in the repository to content. */
  static Map<Path, String> all() {
    BpeVocabulary vocabulary = TinyTokenizer.train(CORPUS);
    TinyArchitecture architecture = new TinyArchitecture(vocabulary.tokens().size());
    Map<Path, String> files = new LinkedHashMap<>();
    TinyTokenizer.files(vocabulary).forEach((name, text) -> files.put(MODEL.resolve(name), text));
    files.put(MODEL.resolve("config.json"), Json.pretty(architecture.config()));
    files.put(MODEL.resolve("generation_config.json"), Json.pretty(generation(architecture)));
    QuickstartData.files(QUICKSTART_SEED)
        .forEach((name, text) -> files.put(DATA.resolve(name), text));
    RequestData.files(REQUESTS_SEED).forEach((name, text) -> files.put(DATA.resolve(name), text));
    return files;
  }

  private static ObjectNode generation(TinyArchitecture architecture) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    for (String key : new String[] {"bos_token_id", "eos_token_id", "pad_token_id"}) {
      json.set(key, architecture.config().get(key));
    }
    return json;
  }

  private TinyFiles() {}
}
