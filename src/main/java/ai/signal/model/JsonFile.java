package ai.signal.model;

import ai.signal.storage.LocalFiles;
import ai.signal.storage.ReadLimit;
import ai.signal.storage.RefusedFileException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/**
 * A JSON object read strictly from a file of a model or adapter; a null value counts as absent, as
 * in transformers.
 */
public final class JsonFile {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** No known file comes near; deep trees would overflow the stack where they are copied. */
  private static final int MAX_NESTING = 100;

  /** Without the factory's table of names, which a hostile file could fill with collisions. */
  static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(JSON).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final String what;
  private final Path file;
  private final JsonNode object;
  private final String path;

  private JsonFile(String what, Path file, JsonNode object, String path) {
    this.what = what;
    this.file = file;
    this.object = object;
    this.path = path;
  }

  /**
   * Reads a file.
   *
   * @param what what is being loaded, for messages: "model", "adapter"
   * @throws ModelFormatException when there is no such file or it holds anything but one JSON
   *     object
   */
  public static JsonFile read(String what, Path file) {
    return read(what, file, ReadLimit.TOKENIZER);
  }

  /** The same for a file of settings, such as config.json, which is small. */
  public static JsonFile readSettings(String what, Path file) {
    return read(what, file, ReadLimit.SETTINGS);
  }

  private static JsonFile read(String what, Path file, ReadLimit limit) {
    ModelFormatException.requireLocation(what, file);
    JsonNode root;
    try {
      String text = LocalFiles.text(file, limit);
      LfsPointer.refuse(what, text, file);
      if (text.startsWith(BYTE_ORDER_MARK)) {
        throw new ModelFormatException(
            what,
            file.getFileName() + " begins with a byte order mark; save it as UTF-8 without one",
            file);
      }
      root = MAPPER.readTree(text);
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(
          what, "there is no " + file.getFileName(), file.toAbsolutePath().getParent(), e);
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(what, file.getFileName() + " is not UTF-8 text", file, e);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          what, file.getFileName() + " is not valid JSON: " + reason(e), file, e);
    } catch (IOException e) {
      throw new ModelFormatException(
          what, file.getFileName() + " " + RefusedFileException.reason(e), file, e);
    }
    if (!root.isObject()) {
      throw new ModelFormatException(what, file.getFileName() + " is not a JSON object", file);
    }
    return new JsonFile(what, file, root, "");
  }

  private static String reason(JsonProcessingException e) {
    return e.getOriginalMessage()
        .replaceFirst("^Non-standard token '([^']*)'.*", "$1 is no number of JSON");
  }

  /** The value itself, empty when absent or null. */
  public Optional<JsonNode> value(String key) {
    return Optional.ofNullable(object.get(key)).filter(node -> !node.isNull());
  }

  /** A copy, to be changed; nulls are kept. */
  public ObjectNode copy() {
    return object.deepCopy();
  }

  public boolean has(String key) {
    return value(key).isPresent();
  }

  /** The key stands in the file with the value null, which a few keys distinguish from absence. */
  public boolean isNull(String key) {
    return object.path(key).isNull();
  }

  public Iterator<String> keys() {
    return object.fieldNames();
  }

  /**
   * An object inside this one.
   *
   * @throws ModelFormatException when the value is not an object
   */
  public Optional<JsonFile> object(String key) {
    return value(key)
        .map(
            node -> {
              if (!node.isObject()) {
                throw wrongType(key, node, "an object");
              }
              return new JsonFile(what, file, node, path + key + ".");
            });
  }

  /** A required integer. */
  public int integer(String key) {
    return toInt(key, value(key).orElseThrow(() -> missing(key)));
  }

  public int integer(String key, int absent) {
    return value(key).map(node -> toInt(key, node)).orElse(absent);
  }

  /** A required number. */
  public double number(String key) {
    return toDouble(key, value(key).orElseThrow(() -> missing(key)));
  }

  public double number(String key, double absent) {
    return value(key).map(node -> toDouble(key, node)).orElse(absent);
  }

  public boolean flag(String key, boolean absent) {
    return value(key)
        .map(
            node -> {
              if (!node.isBoolean()) {
                throw wrongType(key, node, "true or false");
              }
              return node.booleanValue();
            })
        .orElse(absent);
  }

  public Optional<String> text(String key) {
    return value(key)
        .map(
            node -> {
              if (!node.isTextual()) {
                throw wrongType(key, node, "a string");
              }
              return node.textValue();
            });
  }

  /** A refusal that names this file: {@code "config.json" + problem}. */
  public ModelFormatException refusal(String problem) {
    Path directory = file.toAbsolutePath().getParent();
    return new ModelFormatException(what, file.getFileName() + " " + problem, directory);
  }

  public ModelFormatException missing(String key) {
    return refusal("has no '" + path + key + "'");
  }

  public ModelFormatException wrongType(String key, JsonNode node, String wanted) {
    return refusal(
        "has '"
            + path
            + key
            + "' = "
            + ModelFormatException.quote(node.toString())
            + "; it must be "
            + wanted);
  }

  private int toInt(String key, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw wrongType(key, node, "an integer");
    }
    return node.intValue();
  }

  private double toDouble(String key, JsonNode node) {
    if (!node.isNumber()) {
      throw wrongType(key, node, "a number");
    }
    return node.doubleValue();
  }
}
