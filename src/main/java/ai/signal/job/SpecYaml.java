package ai.signal.job;

import ai.signal.spec.SpecException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;

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

  private SpecYaml() {}

  /**
   * Parses a document.
   *
   * @param what names the text in messages, for example its file
   */
  static JsonNode read(String yaml, String what) {
    try {
      refuseAliases(yaml, what);
      return MAPPER.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new SpecException("Cannot read %s: %s".formatted(what, oneLine(e)));
    } catch (IOException e) {
      throw new SpecException("Cannot read %s: %s".formatted(what, e.getMessage()));
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

  /** The tree model would take an alias for the text of its name. */
  private static void refuseAliases(String yaml, String what) throws IOException {
    try (JsonParser parser = MAPPER.createParser(yaml)) {
      while (parser.nextToken() != null) {
        if (((YAMLParser) parser).isCurrentAlias()) {
          throw new SpecException(
              "Cannot read %s: line %d has the alias *%s, which is not supported"
                  .formatted(what, parser.currentTokenLocation().getLineNr(), parser.getText()));
        }
      }
    }
  }

  private static String oneLine(JsonProcessingException e) {
    String problem = e.getOriginalMessage().lines().findFirst().orElse("not YAML").strip();
    return e.getLocation() == null
        ? problem
        : "line %d, column %d: %s"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), problem);
  }
}
