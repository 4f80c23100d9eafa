package ai.signal.chat;

import ai.signal.model.JsonFile;
import ai.signal.model.ModelFormatException;
import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.RefusedFileException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files of a model with its chat templates and special tokens. */
final class ChatFiles {
  static final String DEFAULT = "default";

  private static final String WHAT = "chat template";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String TOKENS_MAP = "special_tokens_map.json";
  private static final String TEMPLATE = "chat_template.jinja";
  private static final String NAMED_TEMPLATES = "additional_chat_templates";
  private static final String SUFFIX = ".jinja";

  private static final List<String> SPECIAL_TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private ChatFiles() {}

  /**
   * The text of a template.
   *
   * @param file in which it is
   */
  record Source(String text, Path file) {}

  /** Reads the sources of the templates by name: files before tokenizer_config.json. */
  static Map<String, Source> templates(Path model) {
    Map<String, Source> templates = find(model);
    if (templates.isEmpty()) {
      throw new ModelFormatException(
          WHAT, "there is no %s, and no 'chat_template' in %s".formatted(TEMPLATE, CONFIG), model);
    }
    return templates;
  }

  /** Reads the same; none where the model has none. */
  static Map<String, Source> find(Path model) {
    Map<String, Source> templates = new LinkedHashMap<>();
    if (Files.exists(model.resolve(TEMPLATE))) {
      templates.put(DEFAULT, source(model.resolve(TEMPLATE)));
    }
    Path named = model.resolve(NAMED_TEMPLATES);
    if (Files.isDirectory(named)) {
      readNamed(named, templates);
    }
    if (templates.isEmpty()) {
      config(model, CONFIG)
          .ifPresent(config -> readConfig(config, model.resolve(CONFIG), templates));
    }
    return templates;
  }

  /** Reads all templates. */
  static void check(Path model) {
    Path named = model.resolve(NAMED_TEMPLATES);
    if (Files.exists(named) && !Files.isDirectory(named)) {
      throw new ModelFormatException(WHAT, "it is not a directory", named);
    }
    find(model);
  }

  private static void readNamed(Path directory, Map<String, Source> templates) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        templates.put(name.substring(0, name.length() - SUFFIX.length()), source(file));
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new ModelFormatException(WHAT, "it cannot be read: " + e.getMessage(), directory, e);
    }
  }

  private static Source source(Path file) {
    try {
      return new Source(LocalFiles.text(file, ReadLimit.TEMPLATE), file);
    } catch (IOException e) {
      throw new ModelFormatException(WHAT, "it " + RefusedFileException.reason(e), file, e);
    }
  }

  private static Optional<JsonFile> config(Path model, String name) {
    Path file = model.resolve(name);
    return Files.exists(file) ? Optional.of(JsonFile.readSettings(WHAT, file)) : Optional.empty();
  }

  /** Reads one template, or a list of those with names. */
  private static void readConfig(JsonFile config, Path file, Map<String, Source> templates) {
    JsonNode value = config.value("chat_template").orElse(null);
    if (value == null) {
      return;
    } else if (value.isTextual()) {
      templates.put(DEFAULT, new Source(value.textValue(), file));
      return;
    }
    for (JsonNode entry : value) {
      if (!entry.path("name").isTextual() || !entry.path("template").isTextual()) {
        throw config.wrongType(
            "chat_template", value, "a string, or a list of objects with 'name' and 'template'");
      }
      String text = entry.get("template").textValue();
      templates.put(entry.get("name").textValue(), new Source(text, file));
    }
  }

  /** The special tokens that have a name, as templates know them. */
  static Map<String, String> specialTokens(Path model) {
    Map<String, String> tokens = new LinkedHashMap<>();
    Optional<JsonFile> config = config(model, CONFIG);
    config.ifPresent(file -> readTokens(file, SPECIAL_TOKENS, tokens));
    config
        .flatMap(file -> file.value("extra_special_tokens").filter(JsonNode::isObject))
        .flatMap(extra -> config.get().object("extra_special_tokens"))
        .ifPresent(extra -> readTokens(extra, keys(extra), tokens));
    // Only models saved before added_tokens_decoder have their tokens in the older file.
    if (config.filter(file -> file.has("added_tokens_decoder")).isEmpty()) {
      config(model, TOKENS_MAP).ifPresent(file -> readTokens(file, SPECIAL_TOKENS, tokens));
    }
    return tokens;
  }

  private static List<String> keys(JsonFile object) {
    List<String> keys = new ArrayList<>();
    object.keys().forEachRemaining(keys::add);
    return keys;
  }

  private static void readTokens(JsonFile file, List<String> names, Map<String, String> tokens) {
    for (String name : names) {
      file.value(name).ifPresent(token -> tokens.put(name, token(file, name, token)));
    }
  }

  private static String token(JsonFile config, String name, JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token; // an AddedToken, or its text
    if (!text.isTextual()) {
      throw config.wrongType(name, token, "a string or an object with 'content'");
    }
    return text.textValue();
  }
}
