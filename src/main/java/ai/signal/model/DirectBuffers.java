package ai.signal.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Memory outside the heap that tensors lie in, used again: left to the garbage collector, which
 * sees only a few bytes of it, an adapter's worth would pile up with every version.
 */
final class DirectBuffers {
  private static final int KEPT = 4;

  private final Deque<ByteBuffer> free = new ArrayDeque<>();

  synchronized ByteBuffer take(int bytes) {
    for (Iterator<ByteBuffer> buffers = free.iterator(); buffers.hasNext(); ) {
      ByteBuffer buffer = buffers.next();
      if (buffer.capacity() == bytes) {
        buffers.remove();
        return buffer.clear();
      }
    }
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** When no tensor lies in it any more. */
  synchronized void give(ByteBuffer buffer) {
    free.addFirst(buffer);
    if (free.size() > KEPT) {
      free.removeLast();
    }
  }
}
