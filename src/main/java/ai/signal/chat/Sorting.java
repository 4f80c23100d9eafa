package ai.signal.chat;

import java.util.List;

/**
 * Sorts as Python does where values have an order, keeping equals in place; values whose order
 * contradicts itself, such as nan, end somewhere.
 */
final class Sorting {
  private Sorting() {}

  /**
   * The items in the order of their keys.
   *
   * @param keys of the items, place by place
   * @param reverse whether the largest comes first; equals stay in place all the same
   */
  static PyList sorted(Work work, List<?> items, List<?> keys, boolean reverse) {
    int size = items.size();
    work.allocate(2L * Integer.BYTES * size);
    int[] places = new int[size];
    for (int i = 0; i < size; i++) {
      places[i] = i;
    }
    int[] merged = new int[size];
    for (int width = 1; width < size; width *= 2) {
      for (int start = 0; start < size; start += 2 * width) {
        merge(work, keys, reverse, places, merged, start, width);
      }
      int[] swapped = places;
      places = merged;
      merged = swapped;
    }
    PyList sorted = work.list();
    for (int place : places) {
      sorted.add(items.get(place));
    }
    return sorted;
  }

  private static void merge(
      Work work, List<?> keys, boolean reverse, int[] from, int[] to, int start, int width) {
    int middle = Math.min(start + width, from.length);
    int end = Math.min(middle + width, from.length);
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      work.read(1);
      boolean takesRight = left == middle;
      if (left < middle && right < end) {
        work.step();
        int order = PyOrder.compare(work, keys.get(from[right]), keys.get(from[left]));
        takesRight = reverse ? order > 0 : order < 0;
      }
      to[i] = takesRight ? from[right++] : from[left++];
    }
  }
}
