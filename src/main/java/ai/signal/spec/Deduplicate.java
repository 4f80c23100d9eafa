package ai.signal.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether records that repeat others are left out: {@code false}, {@code true}, or a list of the
 * columns in which they do.
 */
public final class Deduplicate {
  /** The default. */
  public static final JsonNode NOTHING = BooleanNode.FALSE;

  private Deduplicate() {}

  /**
   * The columns as {@link ai.signal.data.Selection} has them.
   *
   * @throws SpecException.Value if the value is no such thing
   */
  static Optional<List<String>> columns(JsonNode value) {
    if (value.isBoolean()) {
      return value.booleanValue() ? Optional.of(List.of()) : Optional.empty();
    }
    List<String> columns = new ArrayList<>();
    value.forEach(column -> columns.add(column.textValue()));
    if (!value.isArray() || columns.isEmpty() || columns.contains(null)) {
      throw new SpecException.Value(
          "deduplicate", Shown.of(value), "true, false, a list of columns");
    }
    return Optional.of(columns);
  }
}
