package ai.signal.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** How the mutants of one target ended. */
final class Figures {
  private final String target;
  private int accepted;
  private int refused;
  private long slowestMillis;
  private String slowest = "";
  private final TreeMap<Finding, List<String>> findings = new TreeMap<>();

  /** What must not happen. */
  enum Finding {
    CRASH,
    HANG,
    OUT_OF_MEMORY,
    RAW_EXCEPTION
  }

  Figures(String target) {
    this.target = target;
    for (Finding finding : Finding.values()) {
      findings.put(finding, new ArrayList<>());
    }
  }

  void addAccepted() {
    accepted++;
  }

  void addRefused() {
    refused++;
  }

  void took(long millis, String mutant) {
    if (millis > slowestMillis) {
      slowestMillis = millis;
      slowest = mutant;
    }
  }

  void found(Finding finding, String what) {
    findings.get(finding).add(what);
  }

  int accepted() {
    return accepted;
  }

  int refused() {
    return refused;
  }

  /** Lines for a person, each with the mutant and what happened. */
  List<String> findings() {
    List<String> lines = new ArrayList<>();
    findings.forEach((finding, all) -> all.forEach(what -> lines.add(finding + " " + what)));
    return lines;
  }

  int count() {
    return accepted + refused + findings.values().stream().mapToInt(List::size).sum();
  }

  @Override
  public String toString() {
    return "%-12s %6d mutants: %6d accepted, %6d refused, %3d crashes, %3d hangs, %3d out of memory, %4d raw exceptions; slowest %d ms (%s)"
        .formatted(
            target,
            count(),
            accepted,
            refused,
            findings.get(Finding.CRASH).size(),
            findings.get(Finding.HANG).size(),
            findings.get(Finding.OUT_OF_MEMORY).size(),
            findings.get(Finding.RAW_EXCEPTION).size(),
            slowestMillis,
            slowest);
  }
}
