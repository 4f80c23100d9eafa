package ai.signal.chat;

import java.util.Iterator;
import java.util.List;

/**
 * Accounts for the work and the memory of one rendering. Values that hold other values and texts
 * are made here alone, and are walked by what is made here; a test holds this for every class of
 * the interpreter. Not safe for several threads.
 */
final class Work {
  /** Characters or bytes that are copied in the time in which one is looked at. */
  private static final int COPIED = 16;

  private final Limits base;
  private Limits limits = new Limits(Long.MAX_VALUE / Limits.CHARS_A_STEP, Long.MAX_VALUE);

  /** Steps, as characters. */
  private long done;

  private long most = Long.MAX_VALUE;

  /** Bytes that the last audit found in use. */
  private long retained;

  /** Bytes made since. */
  private long fresh;

  private int valueDepth;
  private int evaluations;

  Work(Limits limits) {
    this.base = limits;
  }

  /** Ends the reading of the variables, which count as given, and starts to enforce the limits. */
  void begin() {
    limits = base.with(fresh);
    most = limits.steps() * Limits.CHARS_A_STEP;
    done = 0;
    retained = fresh;
    fresh = 0;
  }

  /** Characters read or written since {@link #begin}; a step is {@link Limits#CHARS_A_STEP}. */
  long done() {
    return done;
  }

  /** Bytes that count as in use. */
  long bytes() {
    return retained + fresh;
  }

  void step() {
    read(Limits.CHARS_A_STEP);
  }

  void steps(long count) {
    read(count > most / Limits.CHARS_A_STEP ? most : count * Limits.CHARS_A_STEP);
  }

  /** Counts characters, or anything else of which the processor does many in a step. */
  void read(long chars) {
    done += chars;
    if (done > most || done < 0) {
      done = most;
      throw RenderException.limit("it takes more than " + limits.steps() + " steps");
    }
  }

  /** Counts the characters of a value that an operation is given; other values have none. */
  void readAll(Object value) {
    if (value instanceof String text) {
      read(text.length());
    } else if (value instanceof Markup markup) {
      read(markup.text().length());
    }
  }

  /** Counts memory before it is taken. */
  void allocate(long bytes) {
    fresh += bytes;
    done += bytes / COPIED;
    if (fresh < 0 || fresh > limits.bytes() - retained) {
      fresh = Math.max(0, limits.bytes() - retained);
      throw RenderException.limit(
          "it takes more than " + (limits.bytes() >> 20) + " MiB of memory");
    }
  }

  /** Counts characters that are about to be written. */
  void write(long chars) {
    if (chars > limits.bytes()) {
      allocate(limits.bytes());
    }
    allocate(Size.CHAR * chars);
    read(1 + chars / COPIED);
  }

  /** Returns whether enough was made since the last audit for another to be worth its time. */
  boolean isAuditDue() {
    return fresh > Math.max((limits.bytes() - retained) / 2, limits.bytes() / 16);
  }

  /** Forgets what is no longer in use, given what is. */
  void audited(long bytes) {
    retained = bytes;
    fresh = 0;
  }

  /** Counts a text that is no longer than what its making has read. */
  String made(String text) {
    allocate(Size.TEXT + Size.CHAR * (long) text.length());
    return text;
  }

  String joined(String a, String b) {
    write((long) a.length() + b.length());
    allocate(Size.TEXT);
    return a.concat(b);
  }

  String part(String text, int from, int to) {
    if (from == 0 && to == text.length()) {
      return text;
    }
    write(to - from);
    allocate(Size.TEXT);
    return text.substring(from, to);
  }

  String part(String text, int from) {
    return part(text, from, text.length());
  }

  /** A text to be written piece by piece. */
  Text text() {
    allocate(Size.TEXT);
    return new Text(this);
  }

  PyList list() {
    allocate(Size.COLLECTION);
    return new PyList(this);
  }

  PyList list(List<?> items) {
    PyList list = list();
    for (Object item : items) {
      list.add(item);
    }
    return list;
  }

  Tuple tuple(Object... items) {
    PyList list = list();
    for (Object item : items) {
      list.add(item);
    }
    return new Tuple(list);
  }

  /** A tuple of a list's items; the list is no longer changed. */
  Tuple tupleOf(PyList items) {
    allocate(Size.COLLECTION);
    return new Tuple(items);
  }

  PyDict dict() {
    allocate(Size.COLLECTION);
    return new PyDict(this);
  }

  /** Counts a place in a collection, with the number or the reference in it. */
  void slot() {
    done += Limits.CHARS_A_STEP / 2;
    allocate(Size.SLOT);
  }

  /** The items of what can be iterated; each is a step. */
  Iterator<Object> iterate(Object value) {
    Iterator<?> items = PyTypes.iterator(this, value);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Object next() {
        step();
        return items.next();
      }
    };
  }

  /** All items of what can be iterated, as a new list. */
  PyList listOf(Object value) {
    PyList list = list();
    for (Iterator<Object> items = iterate(value); items.hasNext(); ) {
      list.add(items.next());
    }
    return list;
  }

  /** Counts a level of a walk into values that hold values; {@link #leave} ends it. */
  void enter() {
    step();
    if (++valueDepth > Limits.MAX_VALUE_DEPTH) {
      throw RenderException.limit(
          "a value is nested too deeply, more than " + Limits.MAX_VALUE_DEPTH + " levels");
    }
  }

  void leave() {
    valueDepth--;
  }

  /** Counts an expression that waits for others; {@link #endEvaluation} ends it. */
  void beginEvaluation() {
    step();
    if (++evaluations > Limits.MAX_EVALUATIONS) {
      throw RenderException.limit(
          "expressions nested too deeply, more than " + Limits.MAX_EVALUATIONS + " at one time");
    }
  }

  void endEvaluation() {
    evaluations--;
  }

  /** Returns whether no expression is under way, so that variables hold all values in use. */
  boolean isIdle() {
    return evaluations == 0;
  }
}
