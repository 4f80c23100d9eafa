package ai.signal.train;

import ai.signal.lora.AdapterLayout;
import ai.signal.lora.AdapterLayout.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * The matrices of a flat parameter vector, one behind the other.
 *
 * @param all in the order of their offsets, without gaps
 */
record Matrices(List<Matrix> all) {
  Matrices {
    all = List.copyOf(all);
  }

  /**
   * One of them, row-major.
   *
   * @param offset of its first value
   * @param columns 1: a vector
   * @param b whether LoRA+ has it learn at the rate of B, the second factor of a product, which
   *     starts at zero; PEFT counts vectors to it
   */
  record Matrix(int offset, int rows, int columns, boolean b) {
    int size() {
      return rows * columns;
    }
  }

  static Matrices of(AdapterLayout layout) {
    List<Matrix> matrices = new ArrayList<>();
    for (AdapterLayout.Tensor tensor : layout.tensors()) {
      boolean b = tensor.kind() == Kind.B || tensor.kind() == Kind.MAGNITUDE;
      matrices.add(new Matrix(tensor.offset(), tensor.rows(), tensor.columns(), b));
    }
    return new Matrices(matrices);
  }

  /** Values of all. */
  int size() {
    return all.stream().mapToInt(Matrix::size).sum();
  }

  /** What is done with a part of one matrix. */
  @FunctionalInterface
  interface Part {
    void run(int from, int to, boolean b);
  }

  /** The parts of {@code [from, to)} that lie in one matrix each. */
  void within(int from, int to, Part work) {
    int low = 0;
    int high = all.size() - 1;
    while (low < high) { // the last matrix that begins at from or before
      int middle = (low + high + 1) >>> 1;
      if (all.get(middle).offset <= from) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    int at = from;
    for (int i = low; at < to; i++) {
      int end = Math.min(to, all.get(i).offset + all.get(i).size());
      work.run(at, end, all.get(i).b);
      at = end;
    }
  }
}
