package ai.signal.data;

import ai.signal.storage.StorageFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.util.LineReader;

/**
 * The lines that begin in a split of a file, each with the offset of its first byte. Lines end with
 * a newline alone: a carriage return before it is white space to JSON. Hadoop's own reader drops
 * lines that are longer than a limit, or has none; this one cuts them, and they are bad records.
 */
final class LineSplitReader extends RecordReader<LongWritable, Text> {
  private static final byte[] NEWLINE = "\n".getBytes(StandardCharsets.UTF_8);
  private static final int BUFFER_BYTES = 1 << 16;

  private final LongWritable key = new LongWritable();
  private final Text value = new Text();
  private LineReader reader;
  private long start;
  private long end;
  private long position;

  @Override
  public void initialize(InputSplit split, TaskAttemptContext task) throws IOException {
    FileSplit part = (FileSplit) split;
    Configuration conf = task.getConfiguration();
    InputStream in = StorageFiles.input(part.getPath(), conf);
    start = part.getStart();
    end = start + part.getLength();
    position = start;
    if (start == 0) {
      reader = new LineReader(in, BUFFER_BYTES, NEWLINE);
      return;
    }
    ((Seekable) in).seek(start - 1);
    reader = new LineReader(in, BUFFER_BYTES, NEWLINE);
    position = start - 1 + skipLine();
  }

  /** The bytes of the rest of a line, with its newline. */
  private long skipLine() throws IOException {
    long all = 0;
    int bytes;
    do {
      bytes = reader.readLine(new Text(), 0, Integer.MAX_VALUE);
      all += bytes;
    } while (bytes == Integer.MAX_VALUE);
    return all;
  }

  @Override
  public boolean nextKeyValue() throws IOException {
    if (position >= end) {
      return false;
    }
    int bytes = reader.readLine(value, Line.MOST_BYTES + 1, Integer.MAX_VALUE);
    if (bytes == 0) {
      return false;
    }
    key.set(position);
    int mark = position == 0 ? ByteOrderMark.length(value.getBytes(), value.getLength()) : 0;
    if (mark > 0) { // the record still begins at the file's first byte
      value.set(Arrays.copyOfRange(value.getBytes(), mark, value.getLength()));
    }
    position += bytes;
    return true;
  }

  @Override
  public LongWritable getCurrentKey() {
    return key;
  }

  @Override
  public Text getCurrentValue() {
    return value;
  }

  @Override
  public float getProgress() {
    return end == start ? 1 : Math.min(1, (position - start) / (float) (end - start));
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
  }
}
