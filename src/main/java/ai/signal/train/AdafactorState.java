package ai.signal.train;

import ai.signal.cluster.FloatBlocks;
import ai.signal.train.Matrices.Matrix;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Means of squared gradients by row and by column of each matrix. */
final class AdafactorState implements OptimizerState {
  private static final float LEAST = Math.ulp(1f); // torch's epsilon of float32

  private final Matrices matrices;
  private final float[][] rows; // [matrices][rows]
  private final float[][] columns; // [matrices][columns]
  private int steps;

  AdafactorState(Matrices matrices) {
    this.matrices = matrices;
    this.rows = matrices.all().stream().map(m -> new float[m.rows()]).toArray(float[][]::new);
    this.columns = matrices.all().stream().map(m -> new float[m.columns()]).toArray(float[][]::new);
  }

  @Override
  public void step(
      Optimizer optimizer, float[] values, float[] gradient, float scale, FloatBlocks copy) {
    steps++;
    Adafactor adafactor = (Adafactor) LoraPlus.plain(optimizer);
    IntStream.range(0, rows.length)
        .parallel()
        .forEach(
            i -> {
              Matrix matrix = matrices.all().get(i);
              double ratio = matrix.b() ? LoraPlus.ratio(optimizer) : 1;
              double rate = adafactor.learningRate() * ratio;
              step(adafactor, rate, i, values, gradient, scale);
              copy.put(values, matrix.offset(), matrix.offset() + matrix.size());
            });
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public Map<String, float[]> moments() {
    return Map.of("rows", joined(rows), "columns", joined(columns));
  }

  @Override
  public void restore(int stepsTaken, Map<String, float[]> moments) {
    steps = stepsTaken;
    divide(OptimizerState.vector(moments, "rows", size(rows)), rows);
    divide(OptimizerState.vector(moments, "columns", size(columns)), columns);
  }

  private static int size(float[][] parts) {
    return Arrays.stream(parts).mapToInt(part -> part.length).sum();
  }

  private static float[] joined(float[][] parts) {
    float[] all = new float[size(parts)];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static void divide(float[] all, float[][] parts) {
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(all, at, part, 0, part.length);
      at += part.length;
    }
  }

  private void step(
      Adafactor adafactor, double rate, int index, float[] values, float[] gradient, float scale) {
    Matrix matrix = matrices.all().get(index);
    int from = matrix.offset();
    int width = matrix.columns();
    float[] row = rows[index];
    float[] column = columns[index];
    float take = (float) Math.pow(steps, adafactor.beta2Decay());
    double size = Math.sqrt(squares(values, 1, from, matrix.size(), 1) / matrix.size());
    float alpha =
        (float) (Math.max(adafactor.epsilon(), size) * Math.min(rate, 1 / Math.sqrt(steps)));
    double rowSum = 0;
    for (int r = 0; r < row.length; r++) {
      double mean = squares(gradient, scale, from + r * width, width, 1) / width;
      row[r] += take * ((float) mean - row[r]);
      rowSum += row[r];
    }
    for (int c = 0; c < width; c++) {
      double mean = squares(gradient, scale, from + c, row.length, width) / row.length;
      column[c] += take * ((float) mean - column[c]);
    }
    float rowMean = Math.max(LEAST, (float) (rowSum / row.length));
    double updates = 0;
    for (int r = 0; r < row.length; r++) {
      for (int c = 0; c < width; c++) {
        double update = update(row[r], column[c], rowMean, gradient[from + r * width + c] * scale);
        updates += update * update;
      }
    }
    double rms = Math.sqrt(updates / matrix.size());
    float step = (float) (alpha / Math.max(1, rms / adafactor.clipThreshold()));
    float decay = (float) (1 - rate * adafactor.weightDecay());
    for (int r = 0; r < row.length; r++) {
      for (int c = 0; c < width; c++) {
        int i = from + r * width + c;
        values[i] =
            values[i] * decay - step * update(row[r], column[c], rowMean, gradient[i] * scale);
      }
    }
  }

  private static float update(float row, float column, float rowMean, float gradient) {
    float variance = Math.max(LEAST * LEAST, row * column / rowMean);
    return (float) (1 / Math.sqrt(variance)) * gradient;
  }

  /** Sum of squares of {@code count} values, {@code stride} apart. */
  private static double squares(float[] values, float scale, int from, int count, int stride) {
    double sum = 0;
    for (int i = 0, at = from; i < count; i++, at += stride) {
      double value = values[at] * scale;
      sum += value * value;
    }
    return sum;
  }
}
