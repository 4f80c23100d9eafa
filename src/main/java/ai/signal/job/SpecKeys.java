package ai.signal.job;

import ai.signal.spec.Names;
import ai.signal.spec.RecordBinder;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Every key path that a job spec may have; a stage's number is {@code N}. */
final class SpecKeys {
  private static final Set<String> ALL = all();

  private SpecKeys() {}

  /** In the order of the records. */
  static Set<String> all() {
    Set<String> paths = new LinkedHashSet<>();
    collect(JobSpec.class, "", paths);
    return paths;
  }

  /** Where a key that was written in the wrong place belongs. */
  static Optional<String> elsewhere(String key) {
    return ALL.stream().filter(path -> path.endsWith("." + key)).findFirst();
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
