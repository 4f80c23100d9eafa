package ai.signal.model.tokenizer;

import ai.signal.model.JsonFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes a tokenizer.json to what the files next to it say, as transformers does when it loads
 * one: tokens that are named only there, and for some classes of tokenizer the frame of a text.
 */
final class ConfiguredTokenizer {
  private static final String PROCESSOR = "post_processor";

  /** The defaults of a class whose constructor replaces the post-processor. */
  private record Frame(String bos, String eos, boolean addsBos) {}

  private static final Map<String, Frame> FRAMES =
      Map.of(
          "LlamaTokenizer", new Frame("<s>", "</s>", true),
          "CodeLlamaTokenizer", new Frame("<s>", "</s>", true),
          "GemmaTokenizer", new Frame("<bos>", "<eos>", true),
          "CohereTokenizer", new Frame("<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>", true),
          "GPTNeoXTokenizer", new Frame("<|endoftext|>", "<|endoftext|>", false));

  private final ObjectNode tokenizer;
  private final TokenList tokens;
  private final TokenSettings settings;
  private boolean changed;

  private ConfiguredTokenizer(Path directory, ObjectNode tokenizer) {
    this.tokenizer = tokenizer;
    this.tokens = new TokenList(tokenizer);
    this.settings = TokenSettings.read(directory, tokens);
  }

  /**
   * Changes a tokenizer.json that is not yet validated.
   *
   * @param directory of the file
   * @return whether anything differs from the file
   */
  static boolean apply(Path directory, ObjectNode tokenizer) {
    ConfiguredTokenizer configured = new ConfiguredTokenizer(directory, tokenizer);
    configured.addTokens();
    configured.settings.config().ifPresent(configured::configure);
    return configured.changed;
  }

  private void addTokens() {
    settings.addTo(tokens);
    if (tokens.isChanged()) {
      tokenizer.set("added_tokens", tokens.list());
      changed = true;
    }
  }

  private void configure(JsonFile config) {
    String name = config.text("tokenizer_class").orElse("");
    Frame frame = FRAMES.get(name.replaceFirst("Fast$", ""));
    if (frame == null) {
      prefixSpace(config);
    } else {
      frame(config, frame);
    }
  }

  /** The class of fast tokenizers decides it, whatever tokenizer.json has. */
  private void prefixSpace(JsonFile config) {
    JsonNode part = tokenizer.path("pre_tokenizer");
    boolean wanted = config.flag("add_prefix_space", false);
    JsonNode given = part.path("add_prefix_space");
    if ("ByteLevel".equals(part.path("type").asText())
        && given.isBoolean()
        && given.booleanValue() != wanted) {
      ((ObjectNode) part).put("add_prefix_space", wanted);
      changed = true;
    }
  }

  private void frame(JsonFile config, Frame frame) {
    Optional<String> bos = Optional.empty();
    Optional<String> eos = Optional.empty();
    if (config.flag("add_bos_token", frame.addsBos())) {
      bos = Optional.of(token(config, "bos_token", frame.bos()));
    }
    if (config.flag("add_eos_token", false)) {
      eos = Optional.of(token(config, "eos_token", frame.eos()));
    }
    ObjectNode processor = tokenizer.objectNode().put("type", "TemplateProcessing");
    ArrayNode single = processor.putArray("single");
    sequence(single, bos, eos, 0);
    ArrayNode pair = processor.putArray("pair");
    sequence(pair, bos, eos, 0);
    sequence(pair, bos, eos, 1);
    ObjectNode special = processor.putObject("special_tokens");
    bos.ifPresent(token -> define(special, token));
    eos.ifPresent(token -> define(special, token));
    if (!processor.equals(tokenizer.get(PROCESSOR))) {
      tokenizer.set(PROCESSOR, processor);
      changed = true;
    }
  }

  private String token(JsonFile config, String name, String standard) {
    String token = settings.named(name);
    token = token == null && !config.isNull(name) ? standard : token;
    if (token == null || tokens.id(token) == null) {
      throw config.refusal(
          "has add_%s, but %s is no token of tokenizer.json; set it to false or name a token"
              .formatted(name, token == null ? name : "'" + token + "'"));
    }
    return token;
  }

  private static void sequence(
      ArrayNode template, Optional<String> bos, Optional<String> eos, int text) {
    bos.ifPresent(token -> piece(template, "SpecialToken", token, text));
    piece(template, "Sequence", List.of("A", "B").get(text), text);
    eos.ifPresent(token -> piece(template, "SpecialToken", token, text));
  }

  private static void piece(ArrayNode template, String kind, String id, int text) {
    template.addObject().putObject(kind).put("id", id).put("type_id", text);
  }

  private void define(ObjectNode special, String token) {
    ObjectNode definition = special.putObject(token).put("id", token);
    definition.putArray("ids").add(tokens.id(token));
    definition.putArray("tokens").add(token);
  }
}
