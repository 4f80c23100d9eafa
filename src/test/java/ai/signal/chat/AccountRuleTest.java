package ai.signal.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Operations of the language make texts and collections through {@link Work} alone, and walk them
 * through it, so that a new one cannot forget to count. What is listed here is what is exempt.
 */
class AccountRuleTest {
  /** Those that count, and those that no template can make do more than its source is long. */
  private static final Set<Class<?>> EXEMPT =
      Set.of(
          Work.class,
          Text.class,
          PyList.class,
          PyDict.class,
          Audit.class,
          ChatFiles.class,
          ChatFormat.class,
          ChatTemplate.class,
          ChatTemplateException.class,
          Conversation.class,
          ExpressionParser.class,
          Lexer.class,
          SpecialNames.class,
          StringLiteral.class,
          TagLexer.class,
          TemplateParser.class,
          TokenStream.class);

  /** Uses that are counted by hand where they stand. */
  private static final Set<String> COUNTED =
      Set.of(
          "Case.lower uses String.indexOf",
          "Case.lower uses String.toLowerCase",
          "Case.upper uses String.toUpperCase",
          "Formatting.braces uses Matcher.find",
          "Formatting.percent uses Matcher.find",
          "NumberFilters.integer uses String.replace",
          "NumberFilters.parsedReal uses String.replace",
          "NumberFilters.parsedReal uses String.substring",
          "PyText.quote uses String.indexOf",
          "Scope.<init> uses HashMap.<init>",
          "Namespace.<init> uses LinkedHashMap.<init>",
          "Search.first uses String.indexOf",
          "Search.last uses String.lastIndexOf",
          "Strip.strips uses String.indexOf");

  /** Uses whose size no template decides: tables, signs, digits of a number, words of a message. */
  private static final Set<String> SMALL =
      Set.of(
          "Args.bind uses LinkedHashMap.<init>",
          "Args.bind uses String.join",
          "Case.isInWord uses String.indexOf",
          "CollectionMethods.ofDict uses String.join",
          "Filters.unknown uses String.join",
          "Formatting.argument uses String.matches",
          "Formatting.count uses String.substring",
          "Formatting.padded uses String.contains",
          "Globals.functions uses HashMap.<init>",
          "Globals.range uses Range.<init>",
          "Interpreter.<init> uses ArrayDeque.<init>",
          "Interpreter.<init> uses ArrayList.<init>",
          "ItemFilters.withDefault uses Collections.singletonList",
          "ListFilters.sort uses Collections.singletonList",
          "Macro.call uses ArrayList.<init>",
          "PyText.finite uses String.contains",
          "PyText.finite uses String.substring",
          "PyText.shortened uses String.replace",
          "PyText.shortened uses String.substring",
          "PyTypes.iterator uses Collections.emptyIterator",
          "Strftime.format uses String.substring",
          "StringMethods.affix uses Collections.singletonList",
          "StringMethods.of uses String.join",
          "StringMethods.zeroFill uses String.substring",
          "Tests.unknown uses String.join",
          "TextFilters.title uses String.indexOf");

  private static final Set<String> TEXT_WORK =
      Set.of(
          "concat",
          "contains",
          "indexOf",
          "join",
          "lastIndexOf",
          "matches",
          "repeat",
          "replace",
          "replaceAll",
          "replaceFirst",
          "split",
          "substring",
          "toCharArray",
          "toLowerCase",
          "toUpperCase");

  private static final List<Class<?>> MADE =
      List.of(Collection.class, Map.class, CharSequence.class, StringJoiner.class, Text.class);

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("ai.signal.chat");

  @Test
  void operationsMakeAndWalkNothingUncounted() {
    Set<String> found = new TreeSet<>();
    CLASSES.stream()
        .filter(type -> EXEMPT.stream().noneMatch(exempt -> isIn(type, exempt)))
        .flatMap(AccountRuleTest::accesses)
        .filter(AccountRuleTest::isUncounted)
        .forEach(access -> found.add(shown(access)));

    assertThat(found)
        .as("uses to count through Work instead, or to list here with their reason")
        .allMatch(use -> COUNTED.contains(use) || SMALL.contains(use));
  }

  private static boolean isIn(JavaClass type, Class<?> outer) {
    return type.getName().equals(outer.getName())
        || type.getName().startsWith(outer.getName() + "$");
  }

  private static Stream<JavaAccess<?>> accesses(JavaClass type) {
    return Stream.concat(
        type.getConstructorCallsFromSelf().stream(), type.getMethodCallsFromSelf().stream());
  }

  private static boolean isUncounted(JavaAccess<?> access) {
    String from = access.getOrigin().getName();
    JavaClass target = access.getTargetOwner();
    if (from.equals("<clinit>") || isSuperclass(access)) {
      return false; // tables of names
    }
    String name = access.getTarget().getName();
    if (name.equals("<init>")) {
      return MADE.stream().anyMatch(target::isAssignableTo);
    } else if (target.isEquivalentTo(String.class)) {
      return TEXT_WORK.contains(name);
    }
    return target.isEquivalentTo(Collections.class)
        || (target.isEquivalentTo(Matcher.class) && name.equals("find"))
        || (target.isAssignableTo(Stream.class) && name.equals("toList"));
  }

  /** Whether a constructor calls that of its superclass. */
  private static boolean isSuperclass(JavaAccess<?> access) {
    return access
        .getOriginOwner()
        .getRawSuperclass()
        .filter(access.getTargetOwner()::equals)
        .isPresent();
  }

  private static String shown(JavaAccess<?> access) {
    return access.getOriginOwner().getSimpleName()
        + "."
        + access.getOrigin().getName().replaceAll("lambda\\$(\\w+)\\$\\d+", "$1")
        + " uses "
        + access.getTargetOwner().getSimpleName()
        + "."
        + access.getTarget().getName();
  }
}
