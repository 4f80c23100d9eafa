package ai.signal.job;

import ai.signal.spec.SpecException;
import ai.signal.storage.ReadLimit;
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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.YAMLException;

/** YAML text to trees and back; duplicate keys, aliases and second documents are errors. */
final class SpecYaml {
  /** Bytes of the largest text that is read; specs in use have some thousands. */
  static final int MAX_BYTES = ReadLimit.SPEC.bytes();

  /** Mappings and lists inside each other; a job spec has about ten. */
  static final int MAX_DEPTH = 64;

  private static final int MAX_KEY = 200;

  /** A line whose indentation has a tab, outside of a comment. */
  private static final Pattern TAB = Pattern.compile("(?m)^[ -]*\\t[ \\t]*[^\\s#]");

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
    if (yaml.length() > MAX_BYTES) {
      throw refused(
          what, "it has %,d characters, allowed: at most %,d".formatted(yaml.length(), MAX_BYTES));
    }
    try {
      refuseWhatTreesCannotHold(yaml, what);
      return MAPPER.readTree(yaml);
    } catch (JsonProcessingException e) {
      Matcher tab = TAB.matcher(yaml);
      if (tab.find()) {
        long line = yaml.substring(0, tab.start()).lines().count() + 1;
        throw refused(what, "line %d is indented by a tab, allowed: spaces".formatted(line));
      }
      throw refused(what, oneLine(e));
    } catch (IOException e) {
      throw refused(what, e.getMessage());
    } catch (IllegalArgumentException | YAMLException e) { // of SnakeYAML, for some escapes
      throw refused(what, "it is not YAML: " + e.getMessage());
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
   * Looks at the tokens before there is a tree: the tree model would take an alias for the text of
   * its name, and a text of brackets costs the parser time that grows with the square of its depth.
   */
  private static void refuseWhatTreesCannotHold(String yaml, String what) throws IOException {
    int depth = 0;
    try (JsonParser parser = MAPPER.createParser(yaml)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        int line = parser.currentTokenLocation().getLineNr();
        if (((YAMLParser) parser).isCurrentAlias()) {
          throw refused(
              what,
              "line %d has the alias *%s, which is not supported"
                  .formatted(line, parser.getText()));
        }
        if (token == JsonToken.FIELD_NAME && parser.currentName().length() > MAX_KEY) {
          throw refused(
              what,
              "line %d has a key of %,d characters, allowed: at most %d"
                  .formatted(line, parser.currentName().length(), MAX_KEY));
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth > MAX_DEPTH) {
          throw refused(
              what,
              "line %d nests lists or mappings deeper than the %d levels that are allowed"
                  .formatted(line, MAX_DEPTH));
        }
      }
    }
  }

  private static SpecException refused(String what, String problem) {
    return new SpecException("Cannot read %s: %s".formatted(what, problem));
  }

  private static String oneLine(JsonProcessingException e) {
    String problem = problem(e);
    return e.getLocation() == null
        ? problem
        : "line %d, column %d: %s"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), problem);
  }

  /** SnakeYAML says what it was doing and what it found there, each with an excerpt below it. */
  private static String problem(JsonProcessingException e) {
    if (e.getOriginalMessage().startsWith("Trailing token")) {
      return "a second document begins, which is not supported";
    }
    List<String> lines =
        e.getOriginalMessage()
            .lines()
            .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
            .toList();
    return lines.isEmpty()
        ? "it is not YAML"
        : String.join(": ", lines.subList(0, Math.min(2, lines.size())));
  }
}
