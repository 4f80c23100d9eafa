package ai.signal.cluster;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Where the work of a lane puts the vector that is summed over lanes. */
public final class LaneOutbox {
  private final Cut cut;
  private final Transport transport;
  private final List<byte[]> blocks = new ArrayList<>();

  LaneOutbox(Cut cut, Transport transport) {
    this.cut = cut;
    this.transport = transport;
  }

  /**
   * Copies the vector, once; its memory is free afterwards.
   *
   * @param vector [size] from its position on
   */
  public void put(FloatBuffer vector) {
    if (vector.remaining() != cut.size() || !blocks.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot send a vector of %d values after %d blocks: one of %d values is summed over lanes"
              .formatted(vector.remaining(), blocks.size(), cut.size()));
    }
    for (int block = 0; block < cut.blocks(); block++) {
      blocks.add(transport.pack(vector.slice(cut.start(block), cut.length(block))));
    }
  }

  List<byte[]> blocks() {
    return blocks;
  }
}
