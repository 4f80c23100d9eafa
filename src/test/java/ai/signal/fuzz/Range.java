package ai.signal.fuzz;

/**
 * Some mutants of a target.
 *
 * @param seed of all random numbers
 * @param from the first mutant's number
 * @param to after the last
 */
record Range(String target, long seed, int from, int to) {

  static Range parse(String text) {
    String[] parts = text.split(":", -1);
    return new Range(
        parts[0], Long.parseLong(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
  }

  Range after(int index) {
    return new Range(target, seed, index + 1, to);
  }

  boolean isEmpty() {
    return from >= to;
  }

  @Override
  public String toString() {
    return target + ":" + seed + ":" + from + ":" + to;
  }
}
