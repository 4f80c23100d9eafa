package ai.signal.chat;

/**
 * A key of a dict whose hash and equality are counted. Texts and numbers are keys themselves,
 * numbers of one value as one.
 */
final class Key {
  private final Work work;
  private final Object value;
  private final int hash;

  private Key(Work work, Object value, int hash) {
    this.work = work;
    this.value = value;
    this.hash = hash;
  }

  /**
   * Returns the key of a value in a hash table.
   *
   * @throws RenderException for lists and dicts, also inside of tuples
   */
  static Object of(Work work, Object value) {
    if (value instanceof String text) {
      work.read(text.length());
      return text;
    } else if (value instanceof Markup markup) {
      return of(work, markup.text());
    } else if (value instanceof Boolean || value instanceof Double) {
      return number(value);
    } else if (value == null || value instanceof Long || value instanceof java.math.BigInteger) {
      return value;
    }
    return new Key(work, value, hash(work, value));
  }

  static boolean isHashable(Work work, Object value) {
    if (value instanceof Tuple tuple) {
      work.enter();
      boolean hashable = true;
      for (Object item : tuple) {
        hashable &= isHashable(work, item);
      }
      work.leave();
      return hashable;
    }
    return value instanceof Range
        || !(value instanceof java.util.Map || value instanceof java.util.List);
  }

  /** 1, 1.0 and True are one key. */
  private static Object number(Object value) {
    if (value instanceof Double number && (number != Math.rint(number) || !isLong(number))) {
      return number;
    }
    return value instanceof Double number ? (Object) number.longValue() : PyNumber.integer(value);
  }

  private static boolean isLong(double number) {
    return number >= -0x1p63 && number < 0x1p63;
  }

  private static int hash(Work work, Object value) {
    if (value instanceof Tuple tuple) {
      work.enter();
      int hash = 1;
      for (Object item : tuple) {
        Object key = of(work, item);
        hash = 31 * hash + (key == null ? 0 : key.hashCode());
      }
      work.leave();
      return hash;
    } else if (value instanceof Range range) {
      return range.size();
    } else if (value instanceof java.util.Map || value instanceof java.util.List) {
      throw new RenderException("a key cannot be " + PyTypes.name(value));
    }
    return value instanceof Undefined ? 0 : System.identityHashCode(value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && hash == key.hash && PyOrder.equal(work, value, key.value);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
