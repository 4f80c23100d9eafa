package ai.signal.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A TorchScript class, compiled by libtorch from source text, whose methods are called on lists of
 * tensors.
 */
final class Program implements AutoCloseable {
  private final Model model;
  private final Block block;

  private Program(Model model) {
    this.model = model;
    this.block = model.getBlock();
  }

  /** The text of a resource beside this class. */
  static String source(String resource) {
    try (InputStream in = Program.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read program: " + resource, e);
    }
  }

  /** Compiles a class. It has no parameters that would lie on a device, so it belongs to none. */
  static Program load(String className, String source, Map<String, ?> attributes) {
    NativeEngine.start();
    Model model = Model.newInstance(className, Device.cpu(), "PyTorch");
    Path directory = null;
    try {
      directory = Files.createTempDirectory("signal-program");
      Path archive = directory.resolve(className + ".pt");
      TorchScriptArchive.write(archive, className, source, attributes);
      // Without this the module starts in inference mode, where tensors that it stores cannot take
      // part in a backward pass.
      model.load(directory, className, Map.of("trainParam", "true"));
      return new Program(model);
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("Cannot load program: " + className, e);
    } finally {
      delete(directory, className);
    }
  }

  private static void delete(Path directory, String className) {
    try {
      if (directory != null) {
        Files.deleteIfExists(directory.resolve(className + ".pt"));
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete temporary program: " + directory, e);
    }
  }

  /**
   * Calls a method; inputs named {@code x[]} arrive as one list. The result belongs to the scope.
   * Arguments are checked before: a call that throws leaks its inputs.
   *
   * @param gradient whether a graph is kept
   */
  NDList call(Scope scope, String method, boolean gradient, NDList inputs) {
    NDArray name = scope.tensor(0L);
    name.setName("module_method:" + method);
    NDList all = new NDList(inputs.size() + 1);
    all.add(name); // its manager owns the outputs
    all.addAll(inputs);
    scope.enter(gradient);
    try {
      // Always in training mode: the other one runs under InferenceMode and flips the module for
      // everyone.
      return block.forward(new ParameterStore(scope.manager(), false), all, true);
    } finally {
      JniUtils.setGradMode(true);
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
