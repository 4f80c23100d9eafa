package ai.signal.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serializable;

/**
 * A committed lane file.
 *
 * @param file its name beside the manifest
 * @param bytes its length
 * @param examples in the lane
 * @param tokens positions of all examples together
 * @param crc32c of all its bytes
 */
record LaneEntry(String file, long bytes, long examples, long tokens, long crc32c)
    implements Serializable {
  private static final JsonMapper JSON = new JsonMapper();

  static LaneEntry ofJson(String json) {
    try {
      return JSON.readValue(json, LaneEntry.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read lane entry " + json, e);
    }
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write " + this, e);
    }
  }
}
