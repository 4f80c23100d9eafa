package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.spec.Names;
import ai.signal.spec.RunSpec;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Requests of notebooks with a path, for every key of theirs that takes one. */
final class NotebookPaths {
  private static final ObjectMapper JSON = new ObjectMapper();

  private NotebookPaths() {}

  /** A request for each of these keys, by the parameter that takes it and the key. */
  static Map<String, Consumer<String>> of(Signal notebook, String run) {
    Map<String, Consumer<String>> calls = new LinkedHashMap<>();
    calls.put("client.Signal.modelInfo#base", notebook::modelInfo);
    Map<String, List<String>> keys = keysOfRequests();
    assertThat(keys.keySet())
        .containsExactlyInAnyOrder("create_run", "train", "save_state", "load_state");
    for (String key : keys.get("create_run")) {
      calls.put(
          "client.Signal.createRun#json " + key,
          path ->
              notebook.createRun(request(key, path, "{\"model\": {\"base\": \"builtin:tiny\"}}")));
      calls.put(
          "client.Signal.submit#json create_run " + key,
          path ->
              notebook.submit(
                  "create_run",
                  "",
                  request(key, path, "{\"model\": {\"base\": \"builtin:tiny\"}}")));
    }
    for (String key : keys.get("train")) {
      String data =
          key.equals("data.table")
              ? "{\"data\": {\"output\": \"x\"}}"
              : "{\"data\": {\"path\": [\"x\"], \"output\": \"x\"}}";
      calls.put(
          "client.Signal.train#json " + key, path -> notebook.train(run, request(key, path, data)));
      calls.put(
          "client.Signal.submit#json train " + key,
          path -> notebook.submit("train", run, request(key, path, data)));
    }
    for (String key : keys.get("save_state")) {
      for (SaveMode mode : SaveMode.values()) {
        calls.put(
            "client.Signal.saveState#json " + key + mode,
            path ->
                notebook.saveState(
                    run, request(key, path, "{\"mode\": \"%s\"}".formatted(Names.of(mode)))));
      }
    }
    for (String key : keys.get("load_state")) {
      calls.put(
          "client.Signal.loadState#json " + key,
          path -> notebook.loadState(run, request(key, path, "{}")));
      calls.put(
          "client.Signal.loadWeights#json " + key,
          path -> notebook.loadWeights(run, request(key, path, "{}")));
    }
    return calls;
  }

  /** A request with one key set. */
  private static String request(String key, String path, String json) {
    try {
      ObjectNode tree = (ObjectNode) JSON.readTree(json);
      String[] keys = key.split("[.]", -1);
      ObjectNode parent = keys.length == 1 ? tree : tree.withObject("/" + keys[0]);
      JsonNode value = JsonNodeFactory.instance.textNode(path);
      parent.set(
          keys[keys.length - 1],
          key.equals("data.path")
              ? JsonNodeFactory.instance.arrayNode().add("x").add(value)
              : value);
      return tree.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The keys of requests whose values are paths, by the name of an operation. */
  private static Map<String, List<String>> keysOfRequests() {
    Map<String, List<String>> keys = new TreeMap<>();
    keys.put("create_run", keys(RunSpec.class, ""));
    for (Class<?> request : Requests.class.getDeclaredClasses()) {
      String name =
          switch (request.getSimpleName()) {
            case "Load" -> "load_state";
            case "Save" -> "save_state";
            case "Data" -> ""; // of train
            default -> Names.snake(request.getSimpleName());
          };
      List<String> paths = keys(request, "");
      if (!paths.isEmpty() && !name.isEmpty()) {
        keys.put(name, paths);
      }
    }
    return keys;
  }

  private static List<String> keys(Class<?> record, String prefix) {
    List<String> keys = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      String key = prefix + Names.snake(component.getName());
      String type = component.getGenericType().getTypeName();
      if (component.getType().isRecord()) {
        keys.addAll(keys(component.getType(), key + "."));
      } else if (type.contains("Requests$Data")) {
        keys.addAll(keys(Requests.Data.class, key + "."));
      } else if (type.contains("java.lang.String")
          && Set.of("path", "base", "init", "output", "table").contains(component.getName())) {
        keys.add(key);
      }
    }
    return keys;
  }
}
