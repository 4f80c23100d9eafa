package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.Tokenizer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TinyTokenizerTest {
  private static final Tokenizer TOKENIZER = Tokenizer.load(TinyFiles.MODEL);

  @AfterAll
  static void close() {
    TOKENIZER.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Anna walked from the mill to the inn.",
        "\"Where?\" asked Tom. \n\nNew  lines,\ttabs   and spaces ",
        "größer, 漢字, emoji \uD83D\uDE00, \u0000 and 12345 + 67 = 890",
        "don't we'll",
      })
  void decodesWhatItEncoded(String text) {
    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
  }

  @Test
  void everyWordOfTheWorldIsOneToken() {
    assertThat(World.REMEMBERED).allMatch(word -> TOKENIZER.encode(" " + word).length == 1);
  }

  @Test
  void everyDigitIsOneToken() {
    assertThat(TOKENIZER.encode("4711")).hasSize(4);
  }

  @Test
  void marksAreTheFirstIds() {
    assertThat(TOKENIZER.encode("<s></s><pad><|system|><|user|><|assistant|>"))
        .containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void aTextStartsWithItsMark() {
    int[] ids = TOKENIZER.encode("Tom");
    assertThat(TOKENIZER.encodeWithSpecials("Tom"))
        .hasSize(ids.length + 1)
        .startsWith(0)
        .endsWith(ids);
  }

  @Test
  void theVocabularyIsSmall() {
    assertThat(TOKENIZER.vocabSize()).isEqualTo(906);
  }

  @Test
  void trainingAgainGivesTheSameVocabulary() {
    Corpus corpus = new Corpus(9);
    assertThat(TinyTokenizer.train(corpus)).isEqualTo(TinyTokenizer.train(corpus));
  }

  @Test
  void mergesTheMostFrequentPairFirstAndStopsWhereNoneOccursTwice() {
    BpeVocabulary vocabulary =
        BpeTrainer.train(Stream.of("aab aab", "ab<x>ab"), List.of("<x>"), 300);
    assertThat(vocabulary.merges())
        .containsExactly(new BpeVocabulary.Merge("a", "b"), new BpeVocabulary.Merge("a", "ab"));
    assertThat(vocabulary.tokens()).hasSize(259).startsWith("<x>").endsWith("ab", "aab");
  }
}
