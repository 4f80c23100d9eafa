package ai.signal.job;

import ai.signal.spec.SpecException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import org.yaml.snakeyaml.error.YAMLException;

/** YAML text to trees and back; duplicate keys, aliases and second documents are errors. */
final class SpecYaml {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .disable(YAMLGenerator.Feature.SPLIT_LINES)
                  .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Specs are written by people; SnakeYAML takes time by the square of a text's length. */
  static final int MAX_LENGTH = 1 << 18;

  /** No spec comes near. */
  private static final int MAX_DEPTH = 50;

  private SpecYaml() {}

  /**
   * Parses a document.
   *
   * @param what names the text in messages, for example its file
   */
  static JsonNode read(String yaml, String what) {
    if (yaml.length() > MAX_LENGTH) {
      throw tooLong(what, yaml.length());
    }
    try {
      check(yaml, what);
      return MAPPER.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new SpecException("Cannot read %s: %s".formatted(what, oneLine(e)));
    } catch (IOException e) {
      throw new SpecException("Cannot read %s: %s".formatted(what, e.getMessage()));
    } catch (IllegalArgumentException | YAMLException e) { // of SnakeYAML, for some escapes
      throw new SpecException("Cannot read %s: it is not YAML: %s".formatted(what, e.getMessage()));
    }
  }

  /** Parses the value of an override: a scalar, or a list or mapping in flow style. */
  static JsonNode value(String yaml, String key) {
    JsonNode value = read(yaml, "the value of " + key);
    return value.isMissingNode() ? MAPPER.nullNode() : value;
  }

  static String write(JsonNode tree) {
    try {
      return MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a job spec", e);
    }
  }

  /**
   * The tree model would take an alias for the text of its name, and SnakeYAML's limit of nesting
   * does not hold for Jackson, which reads its events: a deep tree takes minutes, then the stack.
   */
  private static void check(String yaml, String what) throws IOException {
    try (JsonParser parser = MAPPER.createParser(yaml)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth > MAX_DEPTH) {
          throw new SpecException(
              "Cannot read %s: line %d is nested more than %d levels deep"
                  .formatted(what, parser.currentTokenLocation().getLineNr(), MAX_DEPTH));
        }
        if (((YAMLParser) parser).isCurrentAlias()) {
          throw new SpecException(
              "Cannot read %s: line %d has the alias *%s, which is not supported"
                  .formatted(what, parser.currentTokenLocation().getLineNr(), parser.getText()));
        }
      }
    }
  }

  /** A refusal of a text, or of a file before it is read. */
  static SpecException tooLong(String what, long length) {
    return new SpecException(
        "Cannot read %s: it has a length of %d, allowed: at most %d"
            .formatted(what, length, MAX_LENGTH));
  }

  private static String oneLine(JsonProcessingException e) {
    String problem = e.getOriginalMessage().lines().findFirst().orElse("not YAML").strip();
    return e.getLocation() == null
        ? problem
        : "line %d, column %d: %s"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), problem);
  }
}
