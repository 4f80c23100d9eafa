package ai.signal.model;

import ai.signal.storage.Refusal;

/** A setting of sampling that is out of its range; whoever knows where it stands can say so. */
public final class SettingException extends IllegalArgumentException implements Refusal {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String value;
  private final String allowed;

  /**
   * @param key in snake case, as specs and requests have it
   * @param allowed continues "it must be"
   */
  public SettingException(String key, Object value, String allowed) {
    super("Cannot sample: %s is %s, it must be %s".formatted(key, value, allowed));
    this.key = key;
    this.value = String.valueOf(value);
    this.allowed = allowed;
  }

  public String key() {
    return key;
  }

  public String value() {
    return value;
  }

  public String allowed() {
    return allowed;
  }
}
