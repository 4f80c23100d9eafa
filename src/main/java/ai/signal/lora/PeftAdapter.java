package ai.signal.lora;

import ai.signal.model.DType;
import ai.signal.model.ModelConfig;
import ai.signal.model.ModelDirectory;
import ai.signal.model.ModelFormatException;
import ai.signal.model.Safetensors;
import ai.signal.model.TensorRef;
import ai.signal.storage.Content;
import ai.signal.storage.Location;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * An adapter in the directory layout of PEFT 0.17: adapter_config.json and
 * adapter_model.safetensors. The same adapter always gives the same bytes.
 */
public final class PeftAdapter {
  static final String WHAT = "adapter";
  private static final String WEIGHTS = "adapter_model.safetensors";

  /** Names of PEFT's own files. */
  public static final List<String> FILES = List.of(WEIGHTS, PeftConfig.FILE);

  /**
   * PEFT puts a copy of the frozen head beside an adapter that targets it; the base model has those
   * values already.
   */
  private static final String FROZEN_HEAD = "base_model.model.lm_head.base_layer.weight";

  private final LoraConfig config;
  private final AdapterLayout layout;
  private final float[] values;

  private PeftAdapter(LoraConfig config, AdapterLayout layout, float[] values) {
    this.config = config;
    this.layout = layout;
    this.values = values;
  }

  /**
   * An adapter of a model.
   *
   * @param values as the layout places them; not copied
   * @throws IllegalArgumentException when the values are not as many as the layout says
   */
  public static PeftAdapter of(ModelConfig model, LoraConfig config, float[] values) {
    AdapterLayout layout = AdapterLayout.of(model, config);
    if (values.length != layout.size()) {
      throw new IllegalArgumentException(
          "The adapter has " + values.length + " values, its layout " + layout.size());
    }
    return new PeftAdapter(config, layout, values);
  }

  /**
   * Reads an adapter of a model, converted to float32.
   *
   * @throws ModelFormatException when the directory holds no LoRA adapter of this model, or one
   *     with options that are not supported
   */
  public static PeftAdapter read(Path directory, ModelConfig model) {
    return read(directory, model, (others, weights) -> {});
  }

  /**
   * The same, which also takes copies of the model's own weights in the adapter's file.
   *
   * @throws ModelFormatException as the other, and when a copy has other values
   */
  public static PeftAdapter read(Path directory, ModelDirectory model) {
    return read(
        directory, model.config(), (others, weights) -> SavedBase.remove(others, weights, model));
  }

  private static PeftAdapter read(
      Path directory, ModelConfig model, BiConsumer<Set<String>, Safetensors> copies) {
    ModelFormatException.requireLocation(WHAT, directory);
    if (!Files.isDirectory(directory)) {
      throw new ModelFormatException(WHAT, "there is no such directory", directory);
    }
    LoraConfig config = PeftConfig.read(directory.resolve(PeftConfig.FILE), model);
    AdapterLayout layout = layout(model, config, directory);
    if (!Files.exists(directory.resolve(WEIGHTS))
        && Files.exists(directory.resolve("adapter_model.bin"))) {
      throw new ModelFormatException(
          WHAT,
          "the weights are in adapter_model.bin, a pickle, which can run code and is never read; convert them in Python with"
              + " model.save_pretrained(directory, safe_serialization=True)",
          directory);
    }
    Safetensors weights = Safetensors.open(directory.resolve(WEIGHTS));
    refuseOtherTensors(weights, layout, copies);
    Map<TensorRef, Integer> places = new LinkedHashMap<>(); // all checked before memory is taken
    for (AdapterLayout.Tensor tensor : layout.tensors()) {
      places.put(tensor(weights, key(tensor), tensor.shape()), tensor.offset());
    }
    float[] values = new float[layout.size()];
    places.forEach((tensor, offset) -> TensorReader.read(tensor, values, offset));
    return new PeftAdapter(config, layout, values);
  }

  public LoraConfig config() {
    return config;
  }

  public AdapterLayout layout() {
    return layout;
  }

  /** The values, not a copy. */
  public float[] values() {
    return values;
  }

  /**
   * The files of the directory. The config is the last: nothing loads an adapter without it, so
   * that it marks the directory as whole.
   *
   * @param base name of the base model, for {@code base_model_name_or_path}
   * @param beside what else is to be there, by name
   */
  public Map<String, Content> files(String base, Map<String, Content> beside) {
    Location.of("Cannot write adapter", base);
    Map<String, Content> files = new LinkedHashMap<>();
    files.put(WEIGHTS, out -> SafetensorsWriter.write(tensors(), out));
    files.putAll(beside);
    files.put(
        PeftConfig.FILE,
        out ->
            out.write(
                PeftConfig.toJson(config, adapted(), base).getBytes(StandardCharsets.US_ASCII)));
    return files;
  }

  /** Full names of the modules with an update. */
  private List<String> adapted() {
    return layout.tensors().stream()
        .filter(tensor -> tensor.kind() == AdapterLayout.Kind.A)
        .map(AdapterLayout.Tensor::module)
        .toList();
  }

  private List<SafetensorsWriter.Tensor> tensors() {
    return layout.tensors().stream()
        .map(
            tensor ->
                new SafetensorsWriter.Tensor(
                    key(tensor),
                    DType.FLOAT32,
                    tensor.shape(),
                    SafetensorsWriter.floats(values, tensor.offset(), tensor.size())))
        .toList();
  }

  private static AdapterLayout layout(ModelConfig model, LoraConfig config, Path directory) {
    try {
      return AdapterLayout.of(model, config);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(
          WHAT, PeftConfig.FILE + " is refused: " + e.getMessage(), directory, e);
    }
  }

  private static void refuseOtherTensors(
      Safetensors weights, AdapterLayout layout, BiConsumer<Set<String>, Safetensors> copies) {
    Set<String> others = new HashSet<>(weights.names());
    layout.tensors().forEach(tensor -> others.remove(key(tensor)));
    if (layout.lora().targets().contains(LoraConfig.HEAD)) {
      others.remove(FROZEN_HEAD);
    }
    copies.accept(others, weights);
    if (!others.isEmpty()) {
      String first = others.stream().sorted().findFirst().orElseThrow();
      throw new ModelFormatException(
          WHAT,
          "tensor "
              + ModelFormatException.quote(first)
              + " belongs to no target of adapter_config.json in this model",
          weights.file());
    }
  }

  private static TensorRef tensor(Safetensors weights, String key, List<Long> shape) {
    TensorRef tensor = weights.tensor(key);
    if (!tensor.shape().equals(shape)) {
      throw new ModelFormatException(
          WHAT,
          "tensor '"
              + key
              + "' has shape "
              + tensor.shape()
              + ", but adapter_config.json and the base model make it "
              + shape,
          tensor.file());
    }
    return tensor;
  }

  private static String key(AdapterLayout.Tensor tensor) {
    return "base_model.model." + tensor.name();
  }
}
