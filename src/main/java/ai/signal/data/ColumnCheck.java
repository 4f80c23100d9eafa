package ai.signal.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;

/** Checks the columns that a {@link Selection} names against those of the data. */
public final class ColumnCheck {
  private static final int SHOWN = 20;
  private static final JsonFactory JSON = new JsonFactory();

  /** Functions of SQL that are written without parentheses, as a column is. */
  private static final Set<String> NILADIC =
      Set.of("current_date", "current_timestamp", "current_user", "user", "session_user");

  private ColumnCheck() {}

  /**
   * A name that is not in the data.
   *
   * @param key {@code filter}, {@code key}, {@code deduplicate} or {@code fields.NAME}
   * @param value what the key says
   * @param reason what is wrong with it
   */
  public record Problem(String key, String value, String reason) {}

  /**
   * Checks the columns against files of JSON lines, which are read until all names are found.
   *
   * @throws IOException when a file cannot be read
   */
  public static Optional<Problem> inLines(
      Selection selection, List<InputFile> files, Configuration conf) throws IOException {
    Set<String> missing = new LinkedHashSet<>();
    for (Name name : names(selection)) {
      if (name.problem() != null) {
        return Optional.of(name.problem());
      }
      missing.add(folded(name.column()));
    }
    Set<String> columns = new LinkedHashSet<>();
    for (InputFile file : files) {
      try (TextLines lines = TextLines.open(file, conf)) {
        for (String line = lines.next(); line != null && !missing.isEmpty(); line = lines.next()) {
          for (String column : columnsOf(line)) {
            columns.add(column);
            missing.remove(folded(column));
          }
        }
      }
    }
    return missing.isEmpty() || columns.isEmpty() ? Optional.empty() : in(selection, columns);
  }

  /** Checks the columns against those that the data has. */
  static Optional<Problem> in(Selection selection, Collection<String> columns) {
    Set<String> known = new LinkedHashSet<>();
    columns.forEach(column -> known.add(folded(column)));
    for (Name name : names(selection)) {
      if (name.problem() != null) {
        return Optional.of(name.problem());
      }
      if (!known.contains(folded(name.column()))) {
        return Optional.of(new Problem(name.key(), name.value(), missing(name.column(), columns)));
      }
    }
    return Optional.empty();
  }

  private static String missing(String column, Collection<String> columns) {
    List<String> all = List.copyOf(columns);
    String more = all.size() <= SHOWN ? "" : " and %d more".formatted(all.size() - SHOWN);
    return "there is no column '%s'; the columns are %s%s"
        .formatted(column, String.join(", ", all.subList(0, Math.min(SHOWN, all.size()))), more);
  }

  /** Spark does not tell columns apart by case. */
  private static String folded(String column) {
    return column.toLowerCase(Locale.ROOT);
  }

  /** A column and the key that names it; or what is wrong with the key's value. */
  private record Name(String key, String value, String column, Problem problem) {}

  private static List<Name> names(Selection selection) {
    List<Name> names = new ArrayList<>();
    selection.key().ifPresent(key -> names.add(new Name("key", key, key, null)));
    selection
        .deduplicate()
        .ifPresent(
            columns ->
                columns.forEach(
                    column ->
                        names.add(new Name("deduplicate", columns.toString(), column, null))));
    selection.filter().ifPresent(filter -> names.addAll(names(filter)));
    for (Map.Entry<String, String> field : selection.fields().entrySet()) {
      for (String column : FieldSource.of(field.getValue()).columns()) {
        names.add(new Name("fields." + field.getKey(), field.getValue(), column, null));
      }
    }
    return names;
  }

  private static List<Name> names(String filter) {
    List<Name> names = new ArrayList<>();
    try {
      collect(new CatalystSqlParser().parseExpression(filter), filter, names);
    } catch (Exception e) { // a ParseException, which Scala does not declare
      if (!(e instanceof AnalysisException parsed)) {
        throw e;
      }
      names.add(new Name("filter", filter, "", new Problem("filter", filter, said(parsed))));
    }
    return names;
  }

  /** The first line of Spark's message without its code. */
  static String said(AnalysisException failure) {
    return failure
        .getSimpleMessage()
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("")
        .strip()
        .replaceFirst("^\\[[A-Z_.]+\\] ", "")
        .replace(".; ", "; ")
        .replaceFirst("\\.$", "");
  }

  private static void collect(Expression expression, String filter, List<Name> names) {
    if (expression instanceof UnresolvedAttribute attribute) {
      String column = attribute.nameParts().apply(0);
      if (!NILADIC.contains(folded(column))) {
        names.add(new Name("filter", filter, column, null));
      }
    }
    for (int i = 0; i < expression.children().size(); i++) {
      collect(expression.children().apply(i), filter, names);
    }
  }

  /** Names of the fields of one record; none where the line is no object. */
  private static List<String> columnsOf(String line) throws IOException {
    List<String> columns = new ArrayList<>();
    try (JsonParser json = JSON.createParser(line)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          columns.add(name);
          json.nextToken();
          json.skipChildren();
        }
      }
    } catch (JsonProcessingException e) {
      return List.of(); // a bad record, which is found when it is read
    }
    return columns;
  }
}
