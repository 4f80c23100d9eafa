package ai.signal.lora;

/** An adapter with more parameters than one array holds. */
public final class AdapterSizeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  AdapterSizeException(String message) {
    super(message);
  }
}
