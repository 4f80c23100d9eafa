package ai.signal.lora;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Weights divided over files, in their order, as {@code save_pretrained} of transformers does: a
 * file is full when the next weight would make it too large, and one that is too large by itself
 * has its own.
 */
record Shards(List<List<MergedWeight>> files) {
  static final String INDEX = "model.safetensors.index.json";

  /**
   * @param most bytes of weights in a file
   */
  static Shards of(List<MergedWeight> weights, long most) {
    List<List<MergedWeight>> files = new ArrayList<>();
    List<MergedWeight> file = new ArrayList<>();
    long bytes = 0;
    for (MergedWeight weight : weights) {
      if (!file.isEmpty() && bytes + weight.bytes() > most) {
        files.add(List.copyOf(file));
        file.clear();
        bytes = 0;
      }
      file.add(weight);
      bytes += weight.bytes();
    }
    files.add(List.copyOf(file));
    return new Shards(files);
  }

  int size() {
    return files.size();
  }

  List<MergedWeight> weights(int file) {
    return files.get(file);
  }

  List<MergedWeight> all() {
    return files.stream().flatMap(List::stream).toList();
  }

  String name(int file) {
    return size() == 1
        ? "model.safetensors"
        : "model-%05d-of-%05d.safetensors".formatted(file + 1, size());
  }

  /** Where each weight is. */
  String index() {
    TreeMap<String, String> places = new TreeMap<>();
    for (int file = 0; file < size(); file++) {
      for (MergedWeight weight : files.get(file)) {
        places.put(weight.name(), name(file));
      }
    }
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index
        .putObject("metadata")
        .put("total_parameters", all().stream().mapToLong(MergedWeight::elements).sum())
        .put("total_size", all().stream().mapToLong(MergedWeight::bytes).sum());
    ObjectNode map = index.putObject("weight_map");
    places.forEach(map::put);
    return index.toPrettyString() + "\n";
  }
}
