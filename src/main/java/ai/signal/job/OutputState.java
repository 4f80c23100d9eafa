package ai.signal.job;

import ai.signal.spec.SpecException;
import ai.signal.storage.OutputFormat;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What an output directory holds, for a job that is to write there. A user's own files do not count
 * here: they stay.
 *
 * @param detail how another job differs, or the format of another version; empty for other kinds
 */
record OutputState(Kind kind, String detail) {
  /** Kinds of content. */
  enum Kind {
    /** Nothing of Signal's, or a job that ended before it had a result. */
    EMPTY,
    /** The same job, finished. */
    FINISHED,
    /** The same job, unfinished: it is resumed. */
    UNFINISHED,
    /** Another job. */
    OTHER_JOB,
    /** An output of an earlier or later version of Signal. */
    OTHER_VERSION
  }

  /** What a job is to do. */
  enum Todo {
    BEGIN,
    RESUME,
    NOTHING
  }

  private static final int SHOWN = 3;

  /** Reads the state; nothing is changed. */
  static OutputState of(OutputDirectory output, JobSpec spec) throws IOException {
    Optional<Integer> format = output.formatVersion();
    if (format.isPresent() && format.get() != OutputFormat.VERSION) {
      return new OutputState(Kind.OTHER_VERSION, otherVersion(format.get()));
    }
    Optional<String> written = output.read(OutputDirectory.SPEC);
    if (written.isEmpty()) {
      return new OutputState(Kind.EMPTY, "");
    }
    boolean finished = isFinished(output);
    if (!finished && !output.hasResults()) {
      return new OutputState(Kind.EMPTY, "");
    }
    Optional<String> difference =
        finished
            ? SpecReader.difference(written.get(), spec)
            : SpecReader.difference(written.get(), spec, StagesBegun.last(output));
    if (difference.isPresent()) {
      return new OutputState(Kind.OTHER_JOB, difference.get());
    }
    return new OutputState(finished ? Kind.FINISHED : Kind.UNFINISHED, "");
  }

  private static String otherVersion(int format) {
    return format < OutputFormat.VERSION
        ? "an earlier version of Signal (format %d, this one writes %d), or its records in written/ are missing"
            .formatted(format, OutputFormat.VERSION)
        : "a later version of Signal (format %d, this one reads %d)"
            .formatted(format, OutputFormat.VERSION);
  }

  private static boolean isFinished(OutputDirectory output) throws IOException {
    String status =
        output
            .read(OutputDirectory.SUMMARY)
            .map(json -> parse(json).path("status").asText())
            .orElse("");
    return status.equals("succeeded") || status.equals("nothing_to_do");
  }

  /**
   * What a job is to do; nothing is changed.
   *
   * @param names that it has to write
   * @param overwrite whether what another job wrote may be replaced
   * @throws SpecException.Value where the directory cannot be used
   */
  static Todo todo(OutputDirectory output, JobSpec spec, List<String> names, boolean overwrite)
      throws IOException {
    OutputState state = of(output, spec);
    if (state.kind == Kind.OTHER_VERSION) {
      throw refused(
          spec,
          "was written by %s; choose another output, or move this one away"
              .formatted(state.detail));
    }
    if (state.kind == Kind.OTHER_JOB && !overwrite) {
      throw refused(
          spec,
          "holds another job (%s); choose a new output, or replace that job with --overwrite"
              .formatted(state.detail));
    }
    if (state.kind == Kind.FINISHED && !overwrite) {
      return Todo.NOTHING;
    }
    List<String> taken = output.taken(names);
    if (!taken.isEmpty()) {
      throw refused(
          spec,
          "holds %s, which Signal did not write or which was changed since; move it away or choose another output"
              .formatted(shown(taken)));
    }
    return state.kind == Kind.UNFINISHED && !overwrite ? Todo.RESUME : Todo.BEGIN;
  }

  private static String shown(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    return names.size() <= SHOWN
        ? first
        : "%s and %d more files".formatted(first, names.size() - SHOWN);
  }

  /** Notes that a finished job was asked for again. */
  static void noteNothingToDo(OutputDirectory output) throws IOException {
    ObjectNode summary = parse(output.read(OutputDirectory.SUMMARY).orElseThrow());
    if (!summary.path("status").asText().equals("nothing_to_do")) {
      summary.put("status", "nothing_to_do");
      output.write(OutputDirectory.SUMMARY, summary.toPrettyString() + "\n");
    }
  }

  private static SpecException.Value refused(JobSpec spec, String problem) {
    return new SpecException.Value(
        "output", "= '%s' %s".formatted(Locations.shown(spec.output()), problem));
  }

  private static ObjectNode parse(String json) {
    try {
      JsonNode node = new ObjectMapper().readTree(json);
      return node instanceof ObjectNode object ? object : new ObjectMapper().createObjectNode();
    } catch (IOException e) {
      return new ObjectMapper().createObjectNode();
    }
  }
}
