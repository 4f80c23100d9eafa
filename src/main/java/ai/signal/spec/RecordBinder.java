package ai.signal.spec;

import ai.signal.model.SettingException;
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
 * Binds a YAML or JSON tree to records.
 *
 * <p>A record's components are its keys in snake case. The parameters of its shortest constructor
 * are required; what that constructor fills in are the defaults of the rest.
 */
public final class RecordBinder {
  private final KeyHints hints;

  /**
   * @param hints what else messages may say
   */
  public RecordBinder(KeyHints hints) {
    this.hints = hints;
  }

  /** The keys of a record, in their order. */
  public static Map<String, RecordComponent> keys(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .collect(
            Collectors.toMap(
                component -> Names.snake(component.getName()),
                component -> component,
                (a, b) -> a,
                LinkedHashMap::new));
  }

  /** The keys of a record without a default; the optional ones of them may be absent. */
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
  public <T> T bind(Class<T> record, JsonNode tree, String path) {
    check(record, tree, path);
    Map<String, RecordComponent> keys = keys(record);
    Set<String> required = required(record);
    List<Object> given = new ArrayList<>();
    for (String key : required) {
      boolean optional = keys.get(key).getType() == Optional.class;
      if (!tree.hasNonNull(key) && !optional) {
        throw new SpecException.Value(join(path, key), "is missing");
      }
      given.add(
          tree.has(key)
              ? component(keys.get(key), tree.get(key), join(path, key))
              : Optional.empty());
    }
    return filled(record.cast(construct(shortest(record), given, path)), tree, path);
  }

  /**
   * Binds {@code tree} to a record, none of whose keys is required.
   *
   * @param defaults what it has where {@code tree} says nothing
   */
  public <T extends Record> T bind(T defaults, JsonNode tree, String path) {
    check(defaults.getClass(), tree, path);
    return filled(defaults, tree, path);
  }

  private <T> T filled(T defaults, JsonNode tree, String path) {
    @SuppressWarnings("unchecked") // a record's class is final
    Class<T> record = (Class<T>) defaults.getClass();
    List<Object> all = new ArrayList<>();
    keys(record)
        .forEach(
            (key, component) ->
                all.add(
                    tree.has(key)
                        ? component(component, tree.get(key), join(path, key))
                        : read(component, (Record) defaults)));
    return record.cast(construct(canonical(record), all, path));
  }

  private void check(Class<?> record, JsonNode tree, String path) {
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
  }

  private Object component(RecordComponent component, JsonNode node, String path) {
    return value(component.getGenericType(), node, path);
  }

  private Object value(Type type, JsonNode node, String path) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == Optional.class) {
        return node.isNull() ? Optional.empty() : Optional.of(value(element, node, path));
      }
      return generic.getRawType() == Map.class ? texts(node, path) : list(element, node, path);
    }
    Class<?> raw = (Class<?>) type;
    if (raw == JsonNode.class) {
      return node;
    }
    if (raw.isRecord()) {
      return bind(raw, node, path);
    }
    if (raw.isInterface() && raw.isSealed()) { // enums with bodies are sealed too
      return variant(raw, node, path);
    }
    return Scalars.read(raw, node, path);
  }

  private List<Object> list(Type element, JsonNode node, String path) {
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

  /** Texts by names that are the user's own. */
  private Map<String, String> texts(JsonNode node, String path) {
    if (!node.isObject()) {
      throw new SpecException.Value(path, Shown.of(node), "keys with a text each");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = join(path, entry.getKey());
      texts.put(entry.getKey(), (String) value(String.class, entry.getValue(), key));
    }
    return texts;
  }

  /** {@code {train: {...}}}, where a name alone ({@code save:}) takes all defaults. */
  private Object variant(Class<?> type, JsonNode node, String path) {
    List<String> names = Arrays.stream(type.getPermittedSubclasses()).map(Names::variant).toList();
    String allowed = "one of %s, with its keys below it".formatted(String.join(", ", names));
    if (!node.isObject() || node.isEmpty()) {
      Optional<String> nearest =
          node.isTextual() ? Names.nearest(node.textValue(), names) : Optional.empty();
      throw new SpecException.Value(
          path,
          Shown.of(node) + nearest.map(" (did you mean '%s:'?)"::formatted).orElse(""),
          allowed);
    }
    if (node.size() > 1) {
      List<String> keys = new ArrayList<>();
      node.fieldNames().forEachRemaining(keys::add);
      String all = String.join(", ", keys.subList(0, Math.min(keys.size(), 8)));
      throw new SpecException.Value(
          path, "has %d keys (%s), allowed: %s".formatted(keys.size(), all, allowed));
    }
    String name = node.fieldNames().next();
    JsonNode keys = node.get(name);
    int index = names.indexOf(name);
    if (index < 0) {
      String hint = Names.nearest(name, names).map(", did you mean '%s'?"::formatted).orElse(",");
      throw new SpecException.Value(
          path, "= '%s' is not a kind of stage%s allowed: %s".formatted(name, hint, allowed));
    }
    JsonNode given = keys.isNull() ? JsonNodeFactory.instance.objectNode() : keys;
    return bind(type.getPermittedSubclasses()[index], given, join(path, name));
  }

  private SpecException.Value unknown(
      String path, String name, JsonNode value, Collection<String> allowed) {
    if (Secrets.isName(name)) {
      return Secrets.refusal(path);
    }
    if (hints.later(path)) {
      return new SpecException.Value(path, "is not available in this version");
    }
    String hint =
        hints
            .synonym(path, name)
            .or(() -> Names.nearest(name, allowed))
            .or(() -> hints.elsewhere(path, name))
            .map(", did you mean '%s'?"::formatted)
            .orElse(",");
    return new SpecException.Value(
        path,
        "= %s is not a key%s allowed: %s"
            .formatted(Shown.of(value), hint, String.join(", ", allowed)));
  }

  private static Record construct(Constructor<?> constructor, List<Object> values, String path) {
    try {
      constructor.setAccessible(true); // records may be their package's own
      return (Record) constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SpecException.Value refused) {
        throw refused.under(path);
      }
      if (e.getCause() instanceof SettingException refused) {
        throw new SpecException.Value(refused.key(), refused.value(), refused.allowed())
            .under(path);
      }
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException("Cannot bind " + path, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot bind " + path, e);
    }
  }

  static Object read(RecordComponent component, Record from) {
    try {
      component.getAccessor().setAccessible(true); // records may be their package's own
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
