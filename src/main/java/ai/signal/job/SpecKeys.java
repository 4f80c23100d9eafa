package ai.signal.job;

import ai.signal.spec.Names;
import ai.signal.spec.RecordBinder;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Every key path that a job spec may have; a stage's number is {@code N}. */
final class SpecKeys {
  private static final Set<String> ALL = all();
  private static final Pattern STAGE = Pattern.compile("^stages\\.\\d+\\.([a-z]+\\.)");

  private SpecKeys() {}

  /** In the order of the records. */
  static Set<String> all() {
    Set<String> paths = new LinkedHashSet<>();
    collect(JobSpec.class, "", paths);
    return paths;
  }

  /**
   * The key path that ends in some keys: of several one of the same kind of stage, else one of the
   * job.
   *
   * @param path in which stages may have their numbers
   * @param ending one key or several, joined by dots, in any spelling of '-', '_' and case
   */
  static Optional<String> nearest(String path, String ending) {
    String wanted = "." + ending.toLowerCase(Locale.ROOT).replace('-', '_');
    String stage = stage(path);
    return ALL.stream()
        .filter(known -> ("." + known).endsWith(wanted))
        .min(Comparator.comparingInt(known -> distance(stage, known)));
  }

  /** The key path whose last key is spelled almost like another. */
  static Optional<String> misspelt(String path, String key) {
    Set<String> keys =
        ALL.stream()
            .map(known -> known.substring(known.lastIndexOf('.') + 1))
            .collect(Collectors.toSet());
    return key.length() < 4
        ? Optional.empty()
        : Names.nearest(key, keys).flatMap(known -> nearest(path, known));
  }

  private static int distance(String stage, String known) {
    if (!stage.isEmpty() && known.startsWith(stage)) {
      return 0;
    }
    return known.startsWith("stages.") ? 2 : 1;
  }

  /** The stage of a path, such as {@code stages.N.train.}; empty outside of stages. */
  private static String stage(String path) {
    Matcher stage = STAGE.matcher(path);
    return stage.find() ? "stages.N." + stage.group(1) : "";
  }

  private static void collect(Class<?> record, String prefix, Set<String> paths) {
    for (RecordComponent component : RecordBinder.keys(record).values()) {
      String path = prefix + Names.snake(component.getName());
      if (component.getType().isRecord()) {
        collect(component.getType(), path + ".", paths);
      } else if (isStages(component)) {
        for (Class<?> stage : StageSpec.class.getPermittedSubclasses()) {
          collect(stage, path + ".N." + StageSpec.name(stage) + ".", paths);
        }
      } else {
        paths.add(path);
      }
    }
  }

  private static boolean isStages(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType generic
        && generic.getActualTypeArguments()[0] == StageSpec.class;
  }
}
