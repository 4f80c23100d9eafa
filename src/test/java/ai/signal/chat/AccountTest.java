package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every filter, test, method and function of the language counts work that grows with what it is
 * given, unless it is known to take the same time for everything.
 */
class AccountTest {
  private static final int SMALL = 500;
  private static final int LARGE = 4_000;

  /** Filters and methods that take the same time for every list and dict. */
  private static final Set<String> CONSTANT =
      Set.of("attr", "count", "d", "default", "first", "float", "int", "length");

  /** Tests that look at the type of a collection, or at which it is. */
  private static final Set<String> CONSTANT_TESTS =
      Set.of(
          "boolean",
          "callable",
          "defined",
          "escaped",
          "false",
          "float",
          "integer",
          "iterable",
          "mapping",
          "none",
          "number",
          "sameas",
          "sequence",
          "string",
          "true",
          "undefined");

  /** What takes numbers alone, which have no size. */
  private static final Set<String> OF_NUMBERS =
      Set.of("abs", "divisibleby", "even", "odd", "range", "round");

  /** Functions of jinja2 that are refused. */
  private static final Set<String> REFUSED = Set.of("cycler", "joiner", "lipsum");

  private static final List<BiFunction<Work, Object, List<Object>>> ARGUMENTS =
      List.of(
          (work, value) -> List.of(),
          (work, value) -> List.of(value),
          (work, value) ->
              List.of(value instanceof List<?> list ? list.get(list.size() - 1) : "zz"),
          (work, value) -> List.of("zz", "y"),
          (work, value) -> List.of("string"),
          (work, value) -> List.of(7L));

  /** What an operation is given, of a size. */
  private enum Kind {
    TEXT {
      @Override
      Object of(Work work, int size) {
        return "a, b".repeat(size / 4);
      }
    },
    DIGITS {
      @Override
      Object of(Work work, int size) {
        return "1".repeat(size);
      }
    },
    TEXTS {
      @Override
      Object of(Work work, int size) {
        PyList list = work.list();
        for (int i = 0; i < size; i++) {
          list.add("t" + i);
        }
        return list;
      }
    },
    NUMBERS {
      @Override
      Object of(Work work, int size) {
        PyList list = work.list();
        for (int i = 0; i < size; i++) {
          list.add((long) i);
        }
        return list;
      }
    },
    DICT {
      @Override
      Object of(Work work, int size) {
        PyDict dict = work.dict();
        for (int i = 0; i < size; i++) {
          dict.put("t" + i, (long) i);
        }
        return dict;
      }
    };

    abstract Object of(Work work, int size);
  }

  /** One operation on a value; given the value also as the first argument where it has none. */
  private interface Operation {
    Object apply(Object value, Args args);
  }

  @TestFactory
  List<DynamicTest> filters() {
    return tests(
        "filter ",
        Filters.names(),
        CONSTANT,
        name -> (value, args) -> Filters.apply(name, value, args));
  }

  @TestFactory
  List<DynamicTest> tests() {
    return tests(
        "test ",
        Tests.names(),
        CONSTANT_TESTS,
        name -> (value, args) -> Tests.test(name, value, args));
  }

  @TestFactory
  List<DynamicTest> methods() {
    List<DynamicTest> tests =
        tests("method ", StringMethods.names(), CONSTANT, AccountTest::method);
    Set<String> constantOfDicts = Set.of("get");
    tests.addAll(
        tests(
            "method of dict ",
            CollectionMethods.OF_DICT.keySet(),
            constantOfDicts,
            AccountTest::method));
    tests.addAll(
        tests(
            "method of list ", CollectionMethods.OF_LIST.keySet(), Set.of(), AccountTest::method));
    return tests;
  }

  @TestFactory
  List<DynamicTest> functions() {
    Map<String, Object> functions = Globals.functions(() -> RenderLines.NOW);
    return tests(
        "function ",
        functions.keySet(),
        Set.of(),
        name ->
            (value, args) ->
                ((PyFunction) functions.get(name))
                    .call(new Args(args.work(), name, List.of(value), args.named())));
  }

  private static Operation method(String name) {
    return (value, args) -> {
      if (!(Attributes.of(args.work(), value, name) instanceof PyFunction method)) {
        throw new RenderException("no method");
      }
      return method.call(args);
    };
  }

  private static List<DynamicTest> tests(
      String what, Set<String> names, Set<String> constant, Function<String, Operation> operation) {
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : names) {
      if (OF_NUMBERS.contains(name) || REFUSED.contains(name)) {
        continue;
      }
      tests.add(
          DynamicTest.dynamicTest(
              what + name, () -> check(operation.apply(name), constant.contains(name))));
    }
    return tests;
  }

  private static void check(Operation operation, boolean constant) {
    boolean applied = false;
    for (Kind kind : Kind.values()) {
      long most = -1;
      for (BiFunction<Work, Object, List<Object>> arguments : ARGUMENTS) {
        long small = work(operation, kind, SMALL, arguments);
        long large = work(operation, kind, LARGE, arguments);
        most = small < 0 || large < 0 ? most : Math.max(most, large - small);
      }
      applied |= most >= 0;
      boolean isText = kind == Kind.TEXT || kind == Kind.DIGITS;
      if (most >= 0 && (isText || !constant)) {
        assertThat(most)
            .as("more work for %d than for %d of %s", LARGE, SMALL, kind)
            .isGreaterThanOrEqualTo(LARGE - SMALL);
      }
    }
    assertThat(applied).as("some value and arguments fit").isTrue();
  }

  /** The work of one call, or -1 where it takes no such arguments. */
  private static long work(
      Operation operation, Kind kind, int size, BiFunction<Work, Object, List<Object>> arguments) {
    Work work = new Work(Limits.DEFAULT);
    Object value = kind.of(work, size);
    Args args = new Args(work, "it", arguments.apply(work, kind.of(work, size)), work.dict());
    long before = work.done();
    long bytes = work.bytes();
    try {
      Object result = operation.apply(value, args);
      if (result instanceof Iterator<?> items) {
        items.forEachRemaining(item -> {});
      }
      assertThat(work.bytes() - bytes)
          .as("memory for a result made of the value")
          .isGreaterThanOrEqualTo(result == value ? 0 : size(result, args));
    } catch (RenderException e) {
      if (!e.raised()) {
        return -1;
      }
    }
    return work.done() - before;
  }

  /** At least so many bytes are new in a result; what was given may be part of it. */
  private static long size(Object result, Args args) {
    boolean given = args.positional().stream().anyMatch(argument -> argument == result);
    return !given && result instanceof List<?> list ? 4L * list.size() : 0;
  }
}
