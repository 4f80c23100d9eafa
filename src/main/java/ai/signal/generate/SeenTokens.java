package ai.signal.generate;

import ai.signal.model.Draws;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The different tokens of a prompt and its completion, for penalties. */
final class SeenTokens {
  private final Map<Integer, Integer> slots = new HashMap<>();
  private int[] ids;
  private int[] times; // in the completion

  SeenTokens(int[] prompt) {
    ids = Arrays.stream(prompt).distinct().toArray();
    times = new int[ids.length];
    for (int slot = 0; slot < ids.length; slot++) {
      slots.put(ids[slot], slot);
    }
  }

  void add(int token) {
    int slot = slots.computeIfAbsent(token, absent -> slots.size());
    if (slot == ids.length) {
      ids = Arrays.copyOf(ids, 2 * slot + 1);
      times = Arrays.copyOf(times, 2 * slot + 1);
    }
    ids[slot] = token;
    times[slot]++;
  }

  void tell(Draws draws, int row) {
    for (int slot = 0; slot < slots.size(); slot++) {
      draws.seen(row, ids[slot], times[slot]);
    }
  }
}
