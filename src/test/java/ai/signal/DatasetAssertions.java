package ai.signal;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Comparisons of Datasets, by spark-testing-base, from JUnit 5 tests with their own session. */
public final class DatasetAssertions {
  private static final JavaDatasetSuiteBase SUITE = new JavaDatasetSuiteBase();

  private DatasetAssertions() {}

  /** Fails unless both have the same columns and, in any order, the same rows. */
  public static void assertSameRows(Dataset<Row> expected, Dataset<Row> actual) {
    SUITE.assertDataFrameNoOrderEquals(expected, actual);
  }
}
