package ai.signal.data;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** Files that hold a JSON array each: a record is an element. A file is read by one task. */
final class JsonArrayFiles extends FileRecords {
  JsonArrayFiles(
      SparkSession spark, List<InputFile> files, DataFormat format, Map<String, String> fields) {
    super(spark, files, format, fields);
  }

  /**
   * Whether files hold arrays, and not an object in each line.
   *
   * @throws DataException if only some of them do
   */
  static boolean hold(SparkSession spark, List<InputFile> files) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    long arrays = files.parallelStream().filter(file -> JsonArray.isIn(file, conf)).count();
    if (arrays > 0 && arrays < files.size()) {
      throw new DataException(
          "Cannot read %s and the files next to it: some hold a JSON array, others JSON lines"
              .formatted(files.get(0).name()));
    }
    return arrays > 0;
  }

  @Override
  public <R> JavaRDD<R> map(SplitFunction<R> function) {
    List<Integer> all = IntStream.range(0, files().size()).boxed().toList();
    return WholeFiles.map(spark(), all, locations(), JsonArray::open, function);
  }

  @Override
  public StreamOpener streams() {
    return JsonArray::open;
  }
}
