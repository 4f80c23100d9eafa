package ai.signal;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.RECORDS;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rooms of the house, top to bottom: imports only go down, and never sideways. */
class ArchitectureTest {
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("job"),
          List.of("client"),
          List.of("spec"),
          List.of("train", "generate", "checkpoint"),
          List.of("cluster"),
          List.of("data"),
          List.of("chat"),
          List.of("lora"),
          List.of("model"),
          List.of("monitor"),
          List.of("storage"));

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("ai.signal");

  @TestFactory
  List<DynamicTest> roomsImportOnlyDownward() {
    List<DynamicTest> tests = new ArrayList<>();
    List<String> above = new ArrayList<>();
    for (List<String> floor : FLOORS) {
      for (String room : floor) {
        List<String> forbidden = new ArrayList<>(above);
        floor.stream().filter(other -> !other.equals(room)).forEach(forbidden::add);
        tests.add(DynamicTest.dynamicTest(room, () -> importsNone(room, forbidden)));
      }
      above.addAll(floor);
    }
    return tests;
  }

  @Test
  void everyClassStandsInARoom() {
    String[] rooms =
        FLOORS.stream()
            .flatMap(List::stream)
            .map(ArchitectureTest::packageOf)
            .toArray(String[]::new);
    classes().should().resideInAnyPackage(rooms).check(HOUSE.that(notPackageInfo()));
  }

  @Test
  void onlyTheJobKnowsHowRunsAreMonitored() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packageOf("job"), packageOf("monitor"))
        .should()
        .dependOnClassesThat(
            resideInAPackage(packageOf("monitor"))
                .and(DescribedPredicate.not(INTERFACES.or(RECORDS))))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void onlyMainEndsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("ai.signal.job.SignalJob")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(HOUSE);
  }

  @Test
  void theHouseIsImported() {
    assertThat(HOUSE.that(resideOutsideOfPackage("ai.signal"))).isNotEmpty();
  }

  private static void importsNone(String room, List<String> forbidden) {
    if (forbidden.isEmpty()) {
      return;
    }
    noClasses()
        .that()
        .resideInAPackage(packageOf(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            forbidden.stream().map(ArchitectureTest::packageOf).toArray(String[]::new))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  private static DescribedPredicate<JavaClass> notPackageInfo() {
    return DescribedPredicate.describe(
        "not a package-info", type -> !type.getSimpleName().equals("package-info"));
  }

  private static String packageOf(String room) {
    return "ai.signal." + room + "..";
  }
}
