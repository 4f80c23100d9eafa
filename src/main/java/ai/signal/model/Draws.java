package ai.signal.model;

import java.util.stream.LongStream;

/**
 * What the rows of a block ask of the next token, for one call. A row that says nothing takes the
 * most likely token.
 */
public final class Draws {
  private static final int COLUMNS = 8;

  private final int rows;
  private final double[] how; // [rows, 8]
  private final LongStream.Builder seen = LongStream.builder(); // [m, 3] row, token, times
  private final LongStream.Builder banned = LongStream.builder(); // [b, 2] row, token
  private int top;

  public Draws(int rows) {
    this.rows = rows;
    this.how = new double[rows * COLUMNS];
  }

  /** One row that draws by {@code warp}. */
  public static Draws one(Warp warp, double uniform) {
    Draws draws = new Draws(1);
    draws.draw(0, warp, uniform);
    return draws;
  }

  /**
   * How a row draws.
   *
   * @param uniform in [0, 1), picks the token by inverse CDF
   */
  public void draw(int row, Warp warp, double uniform) {
    double[] columns = {
      warp.temperature(),
      warp.topK(),
      warp.topP(),
      warp.minP(),
      warp.repetitionPenalty(),
      warp.presencePenalty(),
      warp.frequencyPenalty(),
      uniform
    };
    System.arraycopy(columns, 0, how, row * COLUMNS, COLUMNS);
  }

  /**
   * A token that a row's penalties apply to; each at most once.
   *
   * @param times in the completion; 0 where it stands in the prompt alone
   */
  public void seen(int row, int token, int times) {
    seen.add(row).add(token).add(times);
  }

  /** A token that a row must not take. */
  public void ban(int row, int token) {
    banned.add(row).add(token);
  }

  /** Asks for the {@code k} most likely tokens of every row, beside the one that is drawn. */
  public void top(int k) {
    top = Math.max(top, k);
  }

  int rows() {
    return rows;
  }

  double[] how() {
    return how;
  }

  long[] seen() {
    return seen.build().toArray();
  }

  long[] banned() {
    return banned.build().toArray();
  }

  int top() {
    return top;
  }
}
