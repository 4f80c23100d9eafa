package ai.signal.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a spec as a complete tree, every default written out: what {@link RecordBinder}
 * reads.
 */
final class SpecTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper SCALARS = new ObjectMapper();

  private SpecTree() {}

  static ObjectNode of(Record record) {
    ObjectNode tree = NODES.objectNode();
    for (Map.Entry<String, RecordComponent> key : RecordBinder.keys(record.getClass()).entrySet()) {
      try {
        tree.set(key.getKey(), node(key.getValue().getAccessor().invoke(record)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Cannot read " + key.getValue(), e);
      }
    }
    return tree;
  }

  private static JsonNode node(Object value) {
    if (value instanceof StageSpec stage) {
      return NODES.objectNode().set(StageSpec.name(stage.getClass()), of((Record) stage));
    }
    if (value instanceof Record record) {
      return of(record);
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(SpecTree::node).orElse(NODES.nullNode());
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(node(element)));
      return array;
    }
    if (value instanceof Enum<?> constant) {
      return NODES.textNode(Names.of(constant));
    }
    return SCALARS.valueToTree(value);
  }
}
