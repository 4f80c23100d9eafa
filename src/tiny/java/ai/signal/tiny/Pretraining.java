package ai.signal.tiny;

import ai.signal.model.Pretrainer;
import ai.signal.model.Seeds;
import ai.signal.model.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The recipe: every document of the corpus once, in batches of similar length, AdamW, a warm-up and
 * a cosine down to 5 %.
 */
record Pretraining(Corpus corpus, int steps) {
  private static final int BATCH = 60;

  /** Batches whose documents are sorted by length together. */
  private static final int WINDOW = 50;

  private static final int WARMUP = 60;
  private static final double PEAK = 3e-3;
  private static final double FLOOR = 0.05;

  /**
   * Trains, tells now and then how far it is, and returns the loss of each step in nats per token.
   */
  List<Double> run(Pretrainer model, Tokenizer tokenizer) {
    List<Double> losses = new ArrayList<>();
    long start = System.nanoTime();
    long tokens = 0;
    List<List<int[]>> window = List.of();
    for (int step = 1; step <= steps; step++) {
      int place = (step - 1) % WINDOW;
      if (place == 0) {
        window = batches((step - 1) / WINDOW, tokenizer);
      }
      List<int[]> batch = window.get(place);
      losses.add(model.step(batch, step, rates(step)).loss());
      tokens += batch.stream().mapToInt(ids -> ids.length - 1).sum();
      if (step % WINDOW == 0) {
        double loss =
            losses.stream().skip(step - WINDOW).mapToDouble(value -> value).average().orElseThrow();
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            "step %d/%d  loss %.4f  %.0f tokens/s  %.0f s%n",
            step, steps, loss, tokens / seconds, seconds);
      }
    }
    return losses;
  }

  /** The documents of one window, in batches of similar length, the batches in random order. */
  private List<List<int[]>> batches(int window, Tokenizer tokenizer) {
    long first = (long) window * WINDOW * BATCH;
    List<int[]> documents =
        LongStream.range(first, first + WINDOW * BATCH)
            .mapToObj(corpus::document)
            .map(tokenizer::encode)
            .sorted(Comparator.comparingInt(ids -> ids.length))
            .toList();
    List<List<int[]>> batches = new ArrayList<>();
    for (int i : Seeds.permutation(WINDOW, Seeds.mix(corpus.seed(), window))) {
      batches.add(documents.subList(i * BATCH, (i + 1) * BATCH));
    }
    return batches;
  }

  private Pretrainer.Rates rates(int step) {
    double progress = Math.max(0, step - 1 - WARMUP) / (double) (steps - WARMUP);
    double cosine = FLOOR + (1 - FLOOR) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress));
    double rate = PEAK * Math.min(step / (double) WARMUP, cosine);
    return new Pretrainer.Rates(rate, 0.9, 0.95, 1e-8, 0.1, 1.0);
  }
}
