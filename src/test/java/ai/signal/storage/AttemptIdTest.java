package ai.signal.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptIdTest {
  private static final String ID = "4046738583d1ff98";
  private static final String UUID = "974577de-98a5-4e1d-bba8-e209259232da";

  @Test
  void namesThatAWriterGivesAreItsOwn() {
    String lane = "lane-00000-" + ID + "-" + UUID;
    for (String name :
        List.of(
            lane,
            "." + lane + ".crc",
            "bad-records-" + ID + "-" + UUID + ".jsonl",
            ".job.yaml." + ID + ".0123456789abcdef.part",
            "..job.yaml." + ID + ".0123456789abcdef.part.crc")) {
      assertThat(AttemptId.isNameBy(ID, name)).as(name).isTrue();
      assertThat(AttemptId.isNameBy("0123456789abcdef", name)).as(name).isFalse();
    }
  }

  @Test
  void copiesOfAUserAreNot() {
    String lane = "lane-00000-" + ID + "-" + UUID;
    for (String name :
        List.of(
            lane + ".backup",
            lane + "-edited",
            lane + ".notes",
            lane + "~",
            lane + ".crc",
            "." + lane + ".crc.old",
            ID,
            ID + ".txt",
            "notes on " + ID + ".md",
            lane.replace("lane-00000-", "lane0"))) {
      assertThat(AttemptId.isNameBy(ID, name)).as(name).isFalse();
    }
  }
}
