package ai.signal.spec;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.Planted;
import org.junit.jupiter.api.Test;

class SpecExceptionTest {
  /** A path may be given to a key that takes none, or be one. */
  @Test
  void messagesDoNotRepeatCredentials() {
    for (String path : Planted.PATHS) {
      SpecException.Value ofValue =
          new SpecException.Value("seed", "'" + path + "'", "a whole number");
      assertThat(ofValue.under("train"))
          .hasMessage("train.seed = '***' is refused, allowed: a whole number");
      assertThat(new SpecException.Value(path, "is not a key")).hasMessage("*** is not a key");
      assertThat(new SpecException("Cannot read " + path)).hasMessage("Cannot read ***");
    }
  }
}
