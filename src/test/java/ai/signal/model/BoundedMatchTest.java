package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BoundedMatchTest {
  private static boolean find(String regex, String text, long maxReads) {
    return BoundedMatch.run(Pattern.compile(regex), text, maxReads, Matcher::find);
  }

  @Test
  void exponentialBacktrackingEnds() {
    assertThat(find("(.+)+\\1!", "xx!", 1000)).isTrue();
    assertThatThrownBy(() -> find("(.+)+\\1!", "x".repeat(60), 1_000_000))
        .isInstanceOf(BoundedMatch.Exceeded.class)
        .hasMessage("backtracks too often");
  }

  @Test
  void recursionThatOverflowsTheStackIsRefused() {
    assertThatThrownBy(() -> find("(?:a|b)*c", "ab".repeat(1_000_000), Long.MAX_VALUE))
        .isInstanceOf(BoundedMatch.Exceeded.class)
        .hasMessage("recurses too deeply");
  }

  @Test
  void aLinearSearchReachesTheEndOfALongText() {
    assertThat(find("b$", "a".repeat(1_000_000) + "b", 10_000_000)).isTrue();
  }

  @Test
  void groupsAreReadWithoutTheCount() {
    Pattern pattern = Pattern.compile("(a*)b");
    String group =
        BoundedMatch.run(
            pattern, "aab", 20, matcher -> matcher.lookingAt() ? matcher.group(1) : null);
    assertThat(group).isEqualTo("aa");
  }
}
