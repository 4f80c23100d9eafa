package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.DType;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the committed weights can do before any fine-tuning. */
class TinyModelTest {
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void writesGrammaticalSentences(DType dtype) {
    Grammar grammar = new Grammar();
    List<Grammar.Verdict> verdicts =
        Storyteller.tell(TinyFiles.MODEL, dtype, 400, 11).stream().map(grammar::judge).toList();

    double right = verdicts.stream().mapToInt(Grammar.Verdict::right).sum();
    double wrong = verdicts.stream().mapToInt(Grammar.Verdict::wrong).sum();
    System.out.printf(
        Locale.ROOT, "%s: %.0f of %.0f sentences well formed%n", dtype, right, right + wrong);
    assertThat(right + wrong).isGreaterThan(800);
    assertThat(right / (right + wrong)).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void recallsListsOfWords(DType dtype) {
    List<Double> recall = Recall.byPlace(TinyFiles.MODEL, dtype, 300, 12);

    System.out.println(dtype + ": recall by place " + recall);
    assertThat(recall).hasSize(12).allMatch(share -> share > 0.9);
  }
}
