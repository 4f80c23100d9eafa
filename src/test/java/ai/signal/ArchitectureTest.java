package ai.signal;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.RECORDS;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.FileInputStream;
import java.io.FileReader;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
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

  private static final Set<String> READ_FILES =
      Set.of(
          "newInputStream",
          "newByteChannel",
          "newBufferedReader",
          "readAllBytes",
          "readAllLines",
          "readString",
          "lines",
          "open",
          "openFile");

  private static final List<Class<?>> FILE_STREAMS =
      List.of(FileInputStream.class, FileReader.class, RandomAccessFile.class, Scanner.class);

  private static final Set<String> SPARK_READS =
      Set.of("load", "csv", "json", "parquet", "orc", "text", "textFile");

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

  /**
   * A file of this machine is opened by LocalFiles, one of Hadoop's by StorageFiles, and one that
   * Spark opens was listed by InputFile: they refuse pipes and devices, which would never end.
   */
  @Test
  void filesAreOpenedWhereWhatIsNoRegularFileIsRefused() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("ai.signal.storage.LocalFiles")
        .and()
        .doNotHaveFullyQualifiedName("ai.signal.storage.StorageFiles")
        .and()
        .doNotHaveFullyQualifiedName("ai.signal.storage.WatchedFileSystem") // overrides open
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "a file is opened for reading", access -> opensFile(access.getTarget())))
        .check(HOUSE);
  }

  private static boolean opensFile(AccessTarget target) {
    String name = target.getName();
    JavaClass owner = target.getOwner();
    return (owner.isEquivalentTo(Files.class) && READ_FILES.contains(name))
        || (FILE_STREAMS.stream().anyMatch(owner::isEquivalentTo) && name.equals("<init>"))
        || ((owner.isEquivalentTo(FileChannel.class) || owner.isAssignableTo(FileSystem.class))
            && READ_FILES.contains(name));
  }

  /** All of a stream is read up to a limit, but for what Signal itself ships or runs. */
  @Test
  void streamsAreReadIntoMemoryUpToALimit() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("ai.signal.model.Program")
        .and()
        .doNotHaveFullyQualifiedName("ai.signal.monitor.ReportPage")
        .and()
        .doNotHaveFullyQualifiedName("ai.signal.monitor.NvidiaSmi")
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "all of a stream is read",
                access ->
                    access.getTarget().getName().equals("readAllBytes")
                        && access.getTarget().getOwner().isAssignableTo(InputStream.class)))
        .check(HOUSE);
  }

  @Test
  void onlySourcesLetSparkOpenFiles() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("ai.signal.data.Sources") // after InputFile has listed them
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "Spark reads files",
                access ->
                    access.getTarget().getOwner().isEquivalentTo(DataFrameReader.class)
                        && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget call
                        && SPARK_READS.contains(call.getName())
                        && call.getRawParameterTypes().stream()
                            .noneMatch(type -> type.isEquivalentTo(Dataset.class))))
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
