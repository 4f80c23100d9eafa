package ai.signal.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Binds a YAML tree to the spec's records.
 *
 * <p>A record's components are its keys in snake case. The parameters of its shortest constructor
 * are required; what that constructor fills in are the defaults of the rest.
 */
final class RecordBinder {
  private RecordBinder() {}

  /** The keys of a record, in their order. */
  static Map<String, RecordComponent> keys(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .collect(
            Collectors.toMap(
                component -> Names.snake(component.getName()),
                component -> component,
                (a, b) -> a,
                LinkedHashMap::new));
  }

  /** The keys of a record without a default. */
  static Set<String> required(Class<?> record) {
    return Arrays.stream(shortest(record).getParameters())
        .map(parameter -> Names.snake(parameter.getName()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * Binds {@code tree} to a record.
   *
   * @param path the key path of {@code tree}, empty at the top
   * @throws SpecException.Value naming the full path of the first key that cannot be bound
   */
  static <T> T bind(Class<T> record, JsonNode tree, String path) {
    if (!tree.isObject()) {
      throw new SpecException.Value(
          path, Shown.of(tree), "keys of " + String.join(", ", keys(record).keySet()));
    }
    Map<String, RecordComponent> keys = keys(record);
    for (Iterator<String> names = tree.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!keys.containsKey(name)) {
        throw unknown(join(path, name), name, tree.get(name), keys.keySet());
      }
    }
    Set<String> required = required(record);
    List<Object> given = new ArrayList<>();
    for (String key : required) {
      if (!tree.hasNonNull(key)) {
        throw new SpecException.Value(join(path, key), "is missing");
      }
      given.add(component(keys.get(key), tree.get(key), join(path, key)));
    }
    Record defaults = construct(shortest(record), given, path);
    List<Object> all = new ArrayList<>();
    keys.forEach(
        (key, component) ->
            all.add(
                tree.has(key)
                    ? component(component, tree.get(key), join(path, key))
                    : read(component, defaults)));
    return record.cast(construct(canonical(record), all, path));
  }

  private static Object component(RecordComponent component, JsonNode node, String path) {
    return value(component.getGenericType(), node, path);
  }

  private static Object value(Type type, JsonNode node, String path) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return node.isNull() ? Optional.empty() : Optional.of(value(element, node, path));
      }
      return list(element, node, path);
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isRecord()) {
      return bind(raw, node, path);
    }
    if (raw == StageSpec.class) {
      return stage(node, path);
    }
    return Scalars.read(raw, node, path);
  }

  private static List<Object> list(Type element, JsonNode node, String path) {
    if (element == String.class && node.isTextual()) {
      return List.of(node.asText());
    }
    if (!node.isArray()) {
      throw new SpecException.Value(path, Shown.of(node), "a list");
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      values.add(value(element, node.get(i), join(path, Integer.toString(i))));
    }
    return values;
  }

  /** {@code {train: {...}}}, where a name alone ({@code save:}) takes all defaults. */
  private static StageSpec stage(JsonNode node, String path) {
    String allowed = "one of " + String.join(", ", StageSpec.NAMES) + " with its keys";
    if (!node.isObject() || node.size() != 1) {
      throw new SpecException.Value(path, Shown.of(node), allowed);
    }
    String name = node.fieldNames().next();
    JsonNode keys = node.get(name);
    for (Class<?> stage : StageSpec.class.getPermittedSubclasses()) {
      if (StageSpec.name(stage).equals(name)) {
        JsonNode given = keys.isNull() ? JsonNodeFactory.instance.objectNode() : keys;
        return (StageSpec) bind(stage, given, join(path, name));
      }
    }
    throw unknown(join(path, name), name, keys, StageSpec.NAMES);
  }

  private static SpecException.Value unknown(
      String path, String name, JsonNode value, Collection<String> allowed) {
    if (Later.key(path)) {
      return new SpecException.Value(path, "is not available in this version");
    }
    String hint =
        Names.nearest(name, allowed)
            .or(() -> SpecKeys.elsewhere(name))
            .map(", did you mean '%s'?"::formatted)
            .orElse(",");
    return new SpecException.Value(
        path,
        "= %s is not a key%s allowed: %s"
            .formatted(Shown.of(value), hint, String.join(", ", allowed)));
  }

  private static Record construct(Constructor<?> constructor, List<Object> values, String path) {
    try {
      return (Record) constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SpecException.Value refused) {
        throw refused.under(path);
      }
      throw new IllegalStateException("Cannot bind " + path, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot bind " + path, e);
    }
  }

  private static Object read(RecordComponent component, Record from) {
    try {
      return component.getAccessor().invoke(from);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + component, e);
    }
  }

  private static Constructor<?> shortest(Class<?> record) {
    return Arrays.stream(record.getDeclaredConstructors())
        .min(Comparator.comparingInt(Constructor::getParameterCount))
        .orElseThrow();
  }

  private static Constructor<?> canonical(Class<?> record) {
    return Arrays.stream(record.getDeclaredConstructors())
        .max(Comparator.comparingInt(Constructor::getParameterCount))
        .orElseThrow();
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
