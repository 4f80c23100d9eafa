package ai.signal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.signal.cluster.MemoryEstimate.Adapter;
import ai.signal.cluster.MemoryEstimate.Work;
import ai.signal.lora.AdapterLayout;
import ai.signal.lora.LoraConfig;
import ai.signal.model.DType;
import ai.signal.model.LlamaFiles;
import ai.signal.model.ModelConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Properties of the estimate; that it is right is shown by MemoryTest. */
class MemoryEstimateTest {
  private static final ModelConfig MODEL = LlamaFiles.CONFIG;

  private static MemoryEstimate of(long adapter, int lanes, long tokens, boolean checkpointing) {
    return MemoryEstimate.of(
        MODEL, DType.BFLOAT16, new Adapter(adapter, 0), new Work(1, lanes, tokens, checkpointing));
  }

  @Test
  void doraKeepsTheOutputsOfItsTargets() {
    LoraConfig lora = new LoraConfig(2, 4, 0, List.of("q_proj", "o_proj", "lm_head"));
    long outputs = (long) MODEL.layers() * (MODEL.queryWidth() + MODEL.hiddenSize());
    assertThat(Adapter.of(AdapterLayout.of(MODEL, lora)).outputs()).isZero();
    Adapter dora = Adapter.of(AdapterLayout.of(MODEL, lora.withDora(true)));
    assertThat(dora.outputs()).isEqualTo(outputs);
    assertThat(Adapter.of(AdapterLayout.of(MODEL, lora.withDora(true).withDropout(0.1))).outputs())
        .isEqualTo(2 * outputs);
    Work work = new Work(1, 1, 100, false);
    Adapter plain = new Adapter(dora.size(), 0);
    assertThat(
            MemoryEstimate.of(MODEL, DType.BFLOAT16, dora, work).activations()
                - MemoryEstimate.of(MODEL, DType.BFLOAT16, plain, work).activations())
        .isEqualTo(100 * outputs * 2);
  }

  @Test
  void aDriverReceivesOneSumWhereGradientsAreManyBytes() {
    long few = 1_000_000;
    assertThat(of(few, 8, 64, false).driver() - of(few, 4, 64, false).driver())
        .isEqualTo(3L * 4 * 4 * few);
    long many = 160_000_000;
    assertThat(of(many, 64, 64, false).driver()).isEqualTo(of(many, 2, 64, false).driver());
  }

  @Test
  void theLayerThatIsComputedAgainIsWholeOnEachGpu() {
    MemoryEstimate estimate = of(0, 1, 1 << 20, true);
    assertThat(estimate.recomputed()).isPositive().isLessThan(estimate.activations());
    assertThat(estimate.gpu(MODEL, 2)).isGreaterThan(estimate.recomputed());
    long saved = estimate.gpu(MODEL, 1) - estimate.gpu(MODEL, 2);
    assertThat(saved)
        .isLessThan(estimate.weights() + estimate.activations() - estimate.recomputed());
    assertThat(of(0, 1, 1 << 20, false).recomputed()).isZero();
  }
}
