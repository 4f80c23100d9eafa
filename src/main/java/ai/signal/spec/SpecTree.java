package ai.signal.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records as a complete tree, every default written out: what {@link RecordBinder} reads. */
public final class SpecTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper SCALARS = new ObjectMapper();

  private SpecTree() {}

  public static ObjectNode of(Record record) {
    ObjectNode tree = NODES.objectNode();
    RecordBinder.keys(record.getClass())
        .forEach((key, component) -> tree.set(key, node(RecordBinder.read(component, record))));
    return tree;
  }

  private static JsonNode node(Object value) {
    if (value instanceof Record record) {
      boolean variant = Arrays.stream(value.getClass().getInterfaces()).anyMatch(Class::isSealed);
      return variant
          ? NODES.objectNode().set(Names.variant(value.getClass()), of(record))
          : of(record);
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(SpecTree::node).orElse(NODES.nullNode());
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(node(element)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = NODES.objectNode();
      map.forEach((key, element) -> object.set(key.toString(), node(element)));
      return object;
    }
    if (value instanceof Enum<?> constant) {
      return NODES.textNode(Names.of(constant));
    }
    if (value instanceof Double number && !Double.isFinite(number)) {
      return NODES.nullNode();
    }
    if (value instanceof float[] numbers) {
      ArrayNode array = NODES.arrayNode(numbers.length);
      for (float number : numbers) {
        array.add(Float.isFinite(number) ? NODES.numberNode(number) : NODES.nullNode());
      }
      return array;
    }
    return SCALARS.valueToTree(value);
  }
}
