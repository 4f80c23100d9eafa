package ai.signal.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;

/**
 * Lines of exactly the files that the driver has listed, keyed by byte offset. Public because
 * Hadoop constructs it by reflection.
 */
public final class JsonlInputFormat extends FileInputFormat<LongWritable, Text> {

  /** A copy of {@code base} that makes this format read {@code files}. */
  static Configuration configure(Configuration base, List<InputFile> files, long maxSplitBytes)
      throws IOException {
    Job job = Job.getInstance(base);
    setInputPaths(job, files.stream().map(InputFile::path).toArray(Path[]::new));
    setMinInputSplitSize(job, 1);
    setMaxInputSplitSize(job, maxSplitBytes);
    return job.getConfiguration();
  }

  @Override
  public RecordReader<LongWritable, Text> createRecordReader(
      InputSplit split, TaskAttemptContext task) {
    return new LineSplitReader();
  }

  /** No second listing: a file name may look like a glob. */
  @Override
  protected List<FileStatus> listStatus(JobContext job) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    for (Path path : getInputPaths(job)) {
      files.add(path.getFileSystem(job.getConfiguration()).getFileStatus(path));
    }
    return files;
  }
}
