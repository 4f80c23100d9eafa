package ai.signal.lora;

/** The values of an adapter, wherever they are kept. */
@FunctionalInterface
public interface AdapterValues {
  /**
   * Copies values into the beginning of an array.
   *
   * @param from the first of them, as {@link AdapterLayout} places it
   */
  void copy(int from, float[] into, int count);

  /** Those of an array, which is not copied. */
  static AdapterValues of(float[] values) {
    return (from, into, count) -> System.arraycopy(values, from, into, 0, count);
  }
}
