package ai.signal.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The JSON header, parsed as a stream, so that a hostile one costs no more memory than its entries.
 */
final class SafetensorsHeader {
  /** As many as libtorch's. */
  private static final int MAX_DIMENSIONS = 64;

  private final JsonParser json;
  private final Path file;
  private String tensor = "";

  private SafetensorsHeader(JsonParser json, Path file) {
    this.json = json;
    this.file = file;
  }

  /** The entries in the order of the header, each consistent in itself. */
  static List<SafetensorsEntry> parse(byte[] header, Path file) {
    var utf8 =
        StandardCharsets.UTF_8.newDecoder(); // reports malformed input instead of replacing it
    try (JsonParser json =
        JsonFile.JSON.createParser(new InputStreamReader(new ByteArrayInputStream(header), utf8))) {
      return new SafetensorsHeader(json, file).entries();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(
          Safetensors.WHAT, "the header is not UTF-8 text" + Safetensors.AGAIN, file, e);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          Safetensors.WHAT,
          "the header is not valid JSON: " + e.getOriginalMessage() + Safetensors.AGAIN,
          file,
          e);
    } catch (IOException e) {
      throw new ModelFormatException(Safetensors.WHAT, "the header cannot be read: " + e, file, e);
    }
  }

  private List<SafetensorsEntry> entries() throws IOException {
    List<SafetensorsEntry> entries = new ArrayList<>();
    expect(JsonToken.START_OBJECT, json.nextToken(), "an object");
    while (json.nextToken() != JsonToken.END_OBJECT) {
      tensor = json.currentName();
      expect(JsonToken.START_OBJECT, json.nextToken(), "an object");
      if (tensor.equals("__metadata__")) {
        readMetadata();
      } else {
        entries.add(entry());
      }
    }
    if (json.nextToken() != null) {
      throw Safetensors.refusal("the header goes on after its JSON object", file);
    }
    return entries;
  }

  private void readMetadata() throws IOException {
    while (json.nextToken() != JsonToken.END_OBJECT) {
      expect(JsonToken.VALUE_STRING, json.nextToken(), "a string");
    }
  }

  private SafetensorsEntry entry() throws IOException {
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(JsonToken.VALUE_STRING, value, "a string");
          dtype = json.getText();
        }
        case "shape" -> shape = integers(value);
        case "data_offsets" -> offsets = integers(value);
        default -> throw refusal("has an unknown key " + ModelFormatException.quote(key));
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw refusal("needs 'dtype', 'shape' and two 'data_offsets'");
    }
    SafetensorsEntry entry =
        new SafetensorsEntry(tensor, dtype, shape, offsets.get(0), offsets.get(1));
    entry
        .problem()
        .ifPresent(
            problem -> {
              throw refusal(problem);
            });
    return entry;
  }

  private List<Long> integers(JsonToken start) throws IOException {
    expect(JsonToken.START_ARRAY, start, "a list of integers");
    List<Long> values = new ArrayList<>(4);
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      expect(JsonToken.VALUE_NUMBER_INT, token, "a list of integers");
      if (values.size() == MAX_DIMENSIONS) {
        throw refusal("has more than " + MAX_DIMENSIONS + " dimensions");
      }
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw refusal(
            "has the size "
                + ModelFormatException.quote(json.getText())
                + ", more than any file holds");
      }
      values.add(json.getLongValue());
    }
    return values;
  }

  private void expect(JsonToken wanted, JsonToken found, String description) {
    if (found != wanted) {
      throw refusal("needs " + description + " where the header has " + shown(found));
    }
  }

  private static String shown(JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a truth value";
      case VALUE_NULL -> "null";
      default -> "the end of a list or an object";
    };
  }

  private ModelFormatException refusal(String problem) {
    String subject =
        tensor.isEmpty() ? "the header " : "tensor " + ModelFormatException.quote(tensor) + " ";
    return Safetensors.refusal(subject + problem, file);
  }
}
