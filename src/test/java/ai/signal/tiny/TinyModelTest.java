package ai.signal.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.model.DType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TinyModelTest {
  /** Before any fine-tuning the committed weights write sentences of their world. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void writesGrammaticalSentences(DType dtype) {
    Grammar grammar = new Grammar();
    List<Grammar.Verdict> verdicts =
        Storyteller.tell(TinyFiles.MODEL, dtype, 200, 11).stream().map(grammar::judge).toList();

    double right = verdicts.stream().mapToInt(Grammar.Verdict::right).sum();
    double wrong = verdicts.stream().mapToInt(Grammar.Verdict::wrong).sum();
    System.out.printf("%s: %.0f of %.0f sentences well formed%n", dtype, right, right + wrong);
    assertThat(right + wrong).isGreaterThan(200);
    assertThat(right / (right + wrong)).isGreaterThan(0.9);
  }
}
