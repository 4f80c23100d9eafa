package ai.signal.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.ModelSource;
import ai.signal.model.Tokenizer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stop texts in the tokens of the small model, which has special tokens. */
class StopTextsTest {
  private static final String SAID = "Yes, Anna.<|user|><|assistant|>No.";

  /** The completion ends at the token that completes the stop, and its text before the stop. */
  @ParameterizedTest
  @CsvSource({
    "<|user|>, 'Yes, Anna.', '<|user|>'",
    "<|assistant|>, 'Yes, Anna.', '<|user|><|assistant|>'",
    "<|user|><|assistant|>, 'Yes, Anna.', '<|user|><|assistant|>'",
    "na.<|user|>, 'Yes, An', '<|user|>'",
    "<|assistant|>No, 'Yes, Anna.', '<|user|><|assistant|>No'",
    ".No, 'Yes, Anna', '.<|user|><|assistant|>No'",
  })
  void aStopMayNameSpecialTokens(String stop, String text, String end) {
    try (Tokenizer tokenizer = Tokenizer.load(ModelSource.resolve("builtin:tiny"))) {
      int[] tokens = tokenizer.encode(SAID);
      StopTexts stops =
          new StopTexts(List.of("nowhere", stop), tokenizer, tokenizer.continuation(new int[0]));
      int written = 1;
      while (!stops.reached(tokens, written)) {
        written++;
      }
      int[] completion = Arrays.copyOf(tokens, written);
      assertThat(stops.cut(completion)).isEqualTo(text);
      assertThat(tokenizer.decodeWithSpecials(completion))
          .isEqualTo(SAID.substring(0, SAID.indexOf(end) + end.length()));
    }
  }

  @Test
  void specialTokensThatNoStopNamesDoNotEndIt() {
    try (Tokenizer tokenizer = Tokenizer.load(ModelSource.resolve("builtin:tiny"))) {
      int[] tokens = tokenizer.encode(SAID);
      for (String stop : List.of("<|system|>", "x<|user|>", "<|user|>No", ".<|assistant|>")) {
        StopTexts stops =
            new StopTexts(List.of(stop), tokenizer, tokenizer.continuation(new int[0]));
        for (int written = 1; written <= tokens.length; written++) {
          assertThat(stops.reached(tokens, written)).as(stop).isFalse();
        }
        assertThat(stops.cut(tokens)).isEqualTo("Yes, Anna.No.");
      }
    }
  }
}
