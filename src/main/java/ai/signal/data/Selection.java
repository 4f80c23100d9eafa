package ai.signal.data;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which records of a source are used, and how they are found in it.
 *
 * @param fields the names that fields have in the source, where they have others: {@code prompt} to
 *     {@code question}, or to a text with columns in braces, <code>"{instruction}\n{input}"</code>
 * @param key the column whose value identifies a record and orders the data; without one, records
 *     of text files have their place, and rows their content
 * @param filter a predicate in Spark's SQL over the source's columns
 * @param deduplicate the columns in which one record must differ from all before it, all fields of
 *     the record where the list is empty
 */
public record Selection(
    Map<String, String> fields,
    Optional<String> key,
    Optional<String> filter,
    Optional<List<String>> deduplicate)
    implements Serializable {
  /** All records as they are. */
  public static final Selection ALL =
      new Selection(Map.of(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * @throws IllegalArgumentException if {@code fields} has a name that no record has
   */
  public Selection {
    fields = new TreeMap<>(fields);
    deduplicate = deduplicate.map(List::copyOf);
    for (String field : fields.keySet()) {
      if (!DataFormat.allFields().contains(field)) {
        throw new IllegalArgumentException(
            "Cannot read data: '%s' is no field of a record, allowed: %s (data.fields)"
                .formatted(field, String.join(", ", DataFormat.allFields())));
      }
    }
  }

  /** The same records with the names that their fields have in the source. */
  Selection withoutFields() {
    return new Selection(Map.of(), key, filter, deduplicate);
  }

  /** What {@code fields} may name. */
  public static Set<String> fieldNames() {
    return DataFormat.allFields();
  }

  /** Whether the filter may read a column, or the key or duplicates are found by it. */
  boolean reads(String column) {
    return key.filter(column::equals).isPresent()
        || filter.filter(predicate -> predicate.contains(column)).isPresent()
        || deduplicate.filter(columns -> columns.contains(column)).isPresent();
  }

  /** Whether it takes a DataFrame to find the records, also where they stand in text files. */
  public boolean needsRows() {
    return key.isPresent() || filter.isPresent() || deduplicate.isPresent();
  }
}
