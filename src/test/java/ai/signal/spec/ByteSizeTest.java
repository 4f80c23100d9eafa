package ai.signal.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.client.MergeOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "5GB, 5000000000",
    "5 gb, 5000000000",
    "512MiB, 536870912",
    "3KB, 3000",
    "3KiB, 3072",
    "1TB, 1000000000000"
  })
  void sizes(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    assertThat(ByteSize.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "0GB", "-1GB", "1.5GB", "5G", "GB", "5 gold", "999999999999999TB", "5EB"})
  void others(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text)).hasMessage(ByteSize.ALLOWED);
  }

  @Test
  void optionsNameTheirOwn() {
    assertThatThrownBy(() -> MergeOptions.DEFAULT.withMaxShardSize("5G"))
        .hasMessage("Cannot use maxShardSize '5G', allowed: " + ByteSize.ALLOWED);
  }
}
