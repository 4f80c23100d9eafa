package ai.signal.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the program finds each of its tensors.
 *
 * @param files the weight files
 * @param fileBytes [files] their sizes
 * @param rows [tensors, 5] row-major: file (-1: absent), torch dtype, offset in bytes, rows,
 *     columns (0: a vector); the embedding, final norm and head, then 16 of each layer: norm, q, k,
 *     v, o, norm, gate, up, down and the seven biases
 */
@SuppressWarnings("ArrayRecordComponent") // handed to a native call as they are
record WeightPlan(List<String> files, long[] fileBytes, long[] rows) {
  private static final List<String> PROJECTIONS =
      List.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  static WeightPlan of(ModelDirectory model) {
    ModelConfig config = model.config();
    Builder builder = new Builder(model);
    builder.add("model.embed_tokens.weight", true);
    builder.add("model.norm.weight", true);
    builder.add("lm_head.weight", !config.tieWordEmbeddings());
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = "model.layers." + layer + ".";
      builder.add(prefix + "input_layernorm.weight", true);
      for (int i = 0; i < 7; i++) {
        if (i == 4) {
          builder.add(prefix + "post_attention_layernorm.weight", true);
        }
        builder.add(prefix + PROJECTIONS.get(i) + ".weight", true);
      }
      for (int i = 0; i < 7; i++) {
        builder.add(
            prefix + PROJECTIONS.get(i) + ".bias",
            i < 4 ? config.attentionBias() : config.mlpBias());
      }
    }
    return builder.build();
  }

  private static final class Builder {
    private final ModelDirectory model;
    private final List<Path> files = new ArrayList<>();
    private final List<Long> rows = new ArrayList<>();

    Builder(ModelDirectory model) {
      this.model = model;
    }

    void add(String name, boolean present) {
      if (!present) {
        rows.addAll(List.of(-1L, 0L, 0L, 0L, 0L));
        return;
      }
      TensorRef tensor = model.tensor(name);
      if (!files.contains(tensor.file())) {
        files.add(tensor.file());
      }
      rows.add((long) files.indexOf(tensor.file()));
      rows.add((long) tensor.dtype().torchCode());
      rows.add(tensor.offset());
      rows.add(tensor.shape().get(0));
      rows.add(tensor.shape().size() == 2 ? tensor.shape().get(1) : 0L);
    }

    WeightPlan build() {
      return new WeightPlan(
          files.stream().map(Path::toString).toList(),
          files.stream().mapToLong(Builder::size).toArray(),
          rows.stream().mapToLong(Long::longValue).toArray());
    }

    private static long size(Path file) {
      try {
        return Files.size(file);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read weights: " + file, e);
      }
    }
  }
}
