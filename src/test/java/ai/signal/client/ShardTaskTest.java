package ai.signal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.signal.cluster.LaneRefusal;
import ai.signal.lora.LoraConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardTaskTest {
  @TempDir Path folder;

  @Test
  void anExecutorWithAnotherBaseModelRefuses() {
    ShardTask task =
        new ShardTask(
            "builtin:tiny",
            "another",
            new LoraConfig(1, 1, 0, List.of("q_proj")),
            null,
            null,
            1 << 20,
            new ShardTask.Target(folder.toString(), "0123456789abcdef", ""),
            null);
    assertThatThrownBy(() -> task.call(0, 0, null))
        .isInstanceOf(LaneRefusal.class)
        .hasMessageContaining("is not the driver's; it has to be the same on every host");
    assertThat(folder).isEmptyDirectory();
  }
}
