package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CorpusTest {
  private static final Corpus CORPUS = new Corpus(1);
  private static final Pattern SUM = Pattern.compile("([0-9]+) \\+ ([0-9]+) = ([0-9]+)");

  @Test
  void sameSeedSameDocuments() {
    assertThat(documents(new Corpus(1), 500)).isEqualTo(documents(new Corpus(1), 500));
    assertThat(documents(new Corpus(2), 500)).isNotEqualTo(documents(CORPUS, 500));
  }

  @Test
  void aDocumentDoesNotDependOnThoseBefore() {
    assertThat(CORPUS.document(400)).isEqualTo(documents(CORPUS, 401).get(400));
  }

  @Test
  void listsAreSaidAgainFromTheStart() {
    assertThat(games(documents(CORPUS, 2_000))).isBetween(240L, 360L);
  }

  @Test
  void gamesCanTakeThePlaceOfDocuments() {
    assertThat(games(LongStream.range(0, 2_000).mapToObj(n -> CORPUS.document(n, 0.5)).toList()))
        .isBetween(1_050L, 1_250L);
    assertThat(CORPUS.document(7, 0)).isEqualTo(CORPUS.document(7));
  }

  @Test
  void everyDocumentIsMarkedAtBothEnds() {
    assertThat(documents(CORPUS, 2_000))
        .allMatch(text -> text.startsWith("<s>") && text.endsWith("</s>"))
        .noneMatch(text -> text.contains("{"));
  }

  @Test
  void sumsAreRight() {
    assertThat(documents(CORPUS, 5_000).stream().flatMap(text -> SUM.matcher(text).results()))
        .hasSizeGreaterThan(50)
        .allSatisfy(
            sum ->
                assertThat(Integer.parseInt(sum.group(1)) + Integer.parseInt(sum.group(2)))
                    .isEqualTo(Integer.parseInt(sum.group(3))));
  }

  private static long games(List<String> documents) {
    return documents.stream().filter(text -> text.matches(".* (remember|said): .*")).count();
  }

  private static List<String> documents(Corpus corpus, int count) {
    return LongStream.range(0, count).mapToObj(corpus::document).toList();
  }
}
