package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
  private final Grammar grammar = new Grammar();

  @Test
  void acceptsTheCorpus() {
    assertThat(LongStream.range(0, 2_000).mapToObj(new Corpus(5)::document))
        .allMatch(document -> grammar.judge(document).passed());
  }

  @Test
  void rejectsScrambledDocuments() {
    Random random = new Random(1);
    assertThat(
            LongStream.range(0, 1_000)
                .mapToObj(new Corpus(5)::document)
                .map(text -> scrambled(text, random)))
        .noneMatch(document -> grammar.judge(document).passed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Anna walked from the mill to.",
        "Anna walked from the mill to the inn",
        "anna walked from the mill to the inn.",
        "Anna walked from the red to the inn.",
        "Anna has to remember: mill, red. Anna remembers: mill, blue.",
        "Anna has to remember: mill, red. Ben remembers: mill, red.",
        "Anna said: mill red.",
        "Anna said: mill red; mill blue.",
        "Anna said: mill red; mill red; mill.",
        "Anna wrote: \"Ben walked from the mill to the inn.\" Leo read: \"Ben walked from the mill to the bridge.\"",
        "Anna wrote: \"Ben walked from mill.\" Leo read: \"Ben walked from mill.\"",
      })
  void rejects(String text) {
    assertThat(grammar.judge(text).passed()).isFalse();
  }

  @Test
  void countsSentences() {
    Grammar.Verdict verdict =
        grammar.judge("Anna walked from the mill to the inn. Ben a a. It was a warm Monday.");
    assertThat(verdict).isEqualTo(new Grammar.Verdict(2, 1));
  }

  /** The words in another order. */
  private static String scrambled(String document, Random random) {
    List<String> words = new ArrayList<>(Arrays.asList(document.split(" ")));
    List<String> before = List.copyOf(words);
    while (words.equals(before)) {
      Collections.shuffle(words, random);
    }
    return String.join(" ", words);
  }
}
