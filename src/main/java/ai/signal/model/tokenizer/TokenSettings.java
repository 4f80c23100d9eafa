package ai.signal.model.tokenizer;

import ai.signal.model.JsonFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The tokens that tokenizer_config.json names, and in models saved before it had {@code
 * added_tokens_decoder}, special_tokens_map.json and added_tokens.json. The rules are those of
 * PreTrainedTokenizerBase._from_pretrained and PreTrainedTokenizerFast in transformers 4.56.2.
 */
final class TokenSettings {
  static final String CONFIG = "tokenizer_config.json";
  static final String MAP = "special_tokens_map.json";
  static final String ADDED = "added_tokens.json";

  private static final String WHAT = "tokenizer";
  private static final String DECODER = "added_tokens_decoder";
  private static final List<String> LISTS =
      List.of("additional_special_tokens", "extra_special_tokens");
  private static final List<String> NAMES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private final Optional<JsonFile> config;
  private final Map<String, AddedToken> named = new LinkedHashMap<>(); // by name or content
  private final Map<Integer, AddedToken> byId = new TreeMap<>();

  private TokenSettings(Optional<JsonFile> config) {
    this.config = config;
  }

  /**
   * Reads the files of a model directory.
   *
   * @param list the tokens of its tokenizer.json
   */
  static TokenSettings read(Path directory, TokenList list) {
    TokenSettings settings = new TokenSettings(file(directory, CONFIG));
    settings.config.ifPresent(settings::readNames);
    Optional<JsonFile> decoder = settings.config.flatMap(file -> file.object(DECODER));
    if (decoder.isPresent()) {
      settings.readDecoder(decoder.get());
    } else {
      file(directory, MAP).ifPresent(settings::readNames);
      file(directory, ADDED).ifPresent(settings::readAdded);
      list.entries(settings.byId);
    }
    return settings;
  }

  private static Optional<JsonFile> file(Path directory, String name) {
    Path file = directory.resolve(name);
    return Files.exists(file) ? Optional.of(JsonFile.readSettings(WHAT, file)) : Optional.empty();
  }

  Optional<JsonFile> config() {
    return config;
  }

  /** The token of a name such as "bos_token"; null where none is named. */
  String named(String name) {
    AddedToken token = named.get(name);
    return token == null ? null : token.content();
  }

  /** Adds the tokens to a list. */
  void addTo(TokenList list) {
    Set<String> special = contents();
    List<AddedToken> tokens = new ArrayList<>();
    for (AddedToken token : byId.values()) {
      tokens.add(special.contains(token.content()) ? token.asSpecial() : token);
    }
    Set<String> known = new HashSet<>(list.contents());
    tokens.forEach(token -> known.add(token.content()));
    named.values().stream().filter(token -> !known.contains(token.content())).forEach(tokens::add);
    tokens.forEach(list::add);
  }

  private Set<String> contents() {
    return named.values().stream().map(AddedToken::content).collect(Collectors.toSet());
  }

  private void readNames(JsonFile file) {
    for (String name : NAMES) {
      file.value(name).ifPresent(token -> named.put(name, special(file, name, token)));
    }
    for (String name : LISTS) {
      Optional<JsonNode> value = file.value(name);
      if (value.filter(JsonNode::isObject).isPresent()) { // tokens by names of their own
        JsonFile object = file.object(name).orElseThrow();
        for (Iterator<String> keys = object.keys(); keys.hasNext(); ) {
          String key = keys.next();
          object.value(key).ifPresent(token -> named.put(key, special(object, key, token)));
        }
      } else if (value.isPresent()) {
        if (!value.get().isArray()) {
          throw file.wrongType(name, value.get(), "a list of tokens");
        }
        for (JsonNode token : value.get()) {
          AddedToken one = special(file, name, token);
          named.put(one.content(), one);
        }
      }
    }
  }

  private static AddedToken special(JsonFile file, String name, JsonNode token) {
    return token.isTextual()
        ? AddedToken.special(token.textValue())
        : object(file, name, token).asSpecial();
  }

  private static AddedToken object(JsonFile file, String name, JsonNode token) {
    if (!token.path("content").isTextual()) {
      throw file.wrongType(name, token, "a string or an object with 'content'");
    }
    return AddedToken.of(token.get("content").textValue(), token);
  }

  private void readDecoder(JsonFile decoder) {
    for (Iterator<String> keys = decoder.keys(); keys.hasNext(); ) {
      String key = keys.next();
      int id = key.matches("[0-9]{1,9}") ? Integer.parseInt(key) : -1;
      if (id < 0) {
        throw decoder.refusal("has the key '%s' in %s, which is no id".formatted(key, DECODER));
      }
      decoder.value(key).ifPresent(token -> byId.put(id, object(decoder, key, token)));
    }
  }

  private void readAdded(JsonFile added) {
    Set<String> special = contents();
    for (Iterator<String> keys = added.keys(); keys.hasNext(); ) {
      String content = keys.next();
      byId.put(
          added.integer(content),
          new AddedToken(content, AddedToken.Flags.NONE, special.contains(content)));
    }
  }
}
