package ai.signal.chat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the memory that is still in use, as a garbage collector does: what can be reached from the
 * statements under way. A value of a type that is not known here ends the audit without effect, so
 * that all that was ever made continues to count.
 */
final class Audit {
  private static final int STEPS = 4;

  private final Work work;
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> open = new ArrayDeque<>();
  private long bytes;
  private boolean complete = true;

  private Audit(Work work) {
    this.work = work;
  }

  static void of(Work work, Iterable<Object> roots) {
    Audit audit = new Audit(work);
    roots.forEach(audit::reach);
    while (audit.complete && !audit.open.isEmpty()) {
      audit.visit(audit.open.pop());
    }
    work.audited(audit.complete ? audit.bytes : work.bytes());
  }

  private void reach(Object value) {
    boolean small =
        value == null
            || value instanceof Boolean
            || value instanceof Number
            || value instanceof Undefined;
    if (!small && seen.add(value)) {
      work.steps(STEPS);
      open.push(value);
    }
  }

  private void visit(Object value) {
    if (value instanceof String text) {
      bytes += Size.TEXT + Size.CHAR * (long) text.length();
    } else if (value instanceof Text text) {
      bytes += Size.TEXT + 2 * Size.CHAR * (long) text.length();
    } else if (value instanceof Markup markup) {
      reach(markup.text());
    } else if (value instanceof Range) {
      bytes += Size.COLLECTION;
    } else if (value instanceof List<?> list) {
      bytes += Size.COLLECTION + Size.SLOT * (long) list.size();
      list.forEach(this::reach);
    } else if (value instanceof Map<?, ?> map) {
      bytes += Size.COLLECTION;
      entries(map);
    } else if (value instanceof DictView view) {
      bytes += Size.COLLECTION;
      reach(view.items());
    } else {
      visitOther(value);
    }
  }

  private void visitOther(Object value) {
    bytes += Size.SCOPE;
    if (value instanceof Scope scope) {
      entries(scope.variables());
      reach(scope.around());
    } else if (value instanceof Namespace namespace) {
      entries(namespace.values());
    } else if (value instanceof Macro macro) {
      reach(macro.scope());
    } else if (value instanceof Method method) {
      reach(method.self());
    } else if (value instanceof LoopContext loop) {
      Arrays.asList(loop.held()).forEach(this::reach);
    } else if (value instanceof Generator generator) {
      Arrays.asList(generator.held()).forEach(this::reach);
    } else if (value instanceof Args args) {
      reach(args.positional());
      reach(args.named());
    } else {
      complete = value instanceof Object[];
      if (value instanceof Object[] values) {
        Arrays.asList(values).forEach(this::reach);
      }
    }
  }

  private void entries(Map<?, ?> map) {
    for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        entries.hasNext(); ) {
      Map.Entry<?, ?> entry = entries.next();
      bytes += Size.SLOT + Size.ENTRY;
      reach(entry.getKey());
      reach(entry.getValue());
    }
  }
}
