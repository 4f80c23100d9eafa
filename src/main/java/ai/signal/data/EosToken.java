package ai.signal.data;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelConfig;
import ai.signal.model.Tokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The token that ends every example, so that the model learns where to stop. */
public final class EosToken {
  private static final String KEY = "eos_token";

  private EosToken() {}

  /**
   * The id of tokenizer_config.json's eos_token, or where it has none, the first eos_token_id of
   * config.json.
   */
  static int of(Path model, Tokenizer tokenizer) {
    String token = spelled(model.resolve("tokenizer_config.json"));
    if (token != null) {
      int[] ids = tokenizer.encode(token);
      if (ids.length != 1) {
        throw new DataException(
            "Cannot tokenize: eos_token '%s' is %d tokens, not one (%s)"
                .formatted(token, ids.length, model));
      }
      return ids[0];
    }
    List<Integer> ids = ModelConfig.read(model.resolve("config.json")).eosTokenIds();
    if (ids.isEmpty()) {
      throw new DataException(
          "Cannot tokenize: neither tokenizer_config.json has an 'eos_token' nor config.json an"
              + " 'eos_token_id' (%s)".formatted(model));
    }
    return ids.get(0);
  }

  /**
   * Checks that a model has a row for the token that ends its examples.
   *
   * @param model its directory
   * @throws DataException if it has none, or names no such token
   */
  public static void check(Path model) {
    try (Tokenizer tokenizer = Tokenizer.load(model)) {
      check(model, of(model, tokenizer), ExampleEncoder.vocabSize(model, tokenizer));
    }
  }

  /** Checks one token against the rows of a model. */
  static void check(Path model, int eos, int rows) {
    if (eos >= rows) {
      throw new DataException(
          "Cannot tokenize: eos_token is token %d, but the model's vocabulary has %d (%s); name another eos_token in tokenizer_config.json"
              .formatted(eos, rows, model));
    }
  }

  private static String spelled(Path config) {
    if (!Files.exists(config)) {
      return null;
    }
    JsonFile file = JsonFile.readSettings("tokenizer", config);
    Optional<JsonNode> token = file.value(KEY);
    if (token.filter(JsonNode::isObject).isPresent()) { // an AddedToken
      return file.object(KEY).flatMap(added -> added.text("content")).orElse(null);
    }
    return file.text(KEY).orElse(null);
  }
}
