package ai.signal.storage;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;

/**
 * A failure of a file system in the words of the person who can mend it.
 *
 * @param cause what is wrong
 * @param mend what to do about it
 * @param kind the part that has to be mended
 */
public record StoreProblem(String cause, String mend, Kind kind) {
  /** The part that has to be mended. */
  public enum Kind {
    /** A local disk is full. */
    FULL,
    /** A local file or directory may not be read or written. */
    FORBIDDEN,
    /** The location or the command line. */
    COMMAND,
    /** The store, the network or the credentials. */
    STORE
  }

  private static final Pattern MISSING_CLASS = Pattern.compile("Class (\\S+) not found");
  private static final Pattern ENDPOINT = Pattern.compile("[Cc]onnect(?:ion)? to (\\S+)");
  private static final Pattern SCHEME = Pattern.compile("scheme \"?([A-Za-z0-9+.-]*)\"?");
  private static final Pattern CODE = Pattern.compile("Error Code: (\\w+)");

  /**
   * The problem that a failure tells of; empty where it is none of a file system, or an unknown
   * one.
   */
  public static Optional<StoreProblem> of(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable e = failure; e != null && chain.size() < 50; e = e.getCause()) {
      chain.add(e);
    }
    return library(chain)
        .or(() -> disk(chain))
        .or(() -> access(chain))
        .or(() -> bucket(chain))
        .or(() -> network(chain));
  }

  /** The cause and the mend as one clause. */
  public String line() {
    return cause + "; " + mend;
  }

  /** The mend for a scheme that no library on the class path knows. */
  private static String library(String scheme) {
    return switch (scheme) {
      case "s3a" ->
          "add S3's library: --packages org.apache.hadoop:hadoop-aws:" + VersionInfo.getVersion();
      case "s3", "s3n" -> "Hadoop's scheme for S3 is s3a://";
      case "abfs", "abfss", "wasb", "wasbs" ->
          "add Azure's library: --packages org.apache.hadoop:hadoop-azure:"
              + VersionInfo.getVersion();
      case "gs" -> "add Google's library with --jars gcs-connector-hadoop3-latest.jar";
      default -> "correct the scheme, or add its library with --packages or --jars";
    };
  }

  private static Optional<StoreProblem> library(List<Throwable> chain) {
    for (Throwable e : chain) {
      String message = message(e);
      if (e instanceof UnsupportedFileSystemException || message.startsWith("No FileSystem for")) {
        Matcher scheme = SCHEME.matcher(message);
        String name = scheme.find() ? scheme.group(1) : "";
        return command("no file system has the scheme '%s:'".formatted(name), library(name));
      }
      Matcher missing = MISSING_CLASS.matcher(message);
      if (missing.find() && missing.group(1).startsWith("org.apache.hadoop.fs.")) {
        String name = missing.group(1);
        String scheme = name.contains(".s3a.") ? "s3a" : name.contains(".azure") ? "abfs" : "";
        return command("the class %s is missing".formatted(name), library(scheme));
      }
    }
    return Optional.empty();
  }

  private static Optional<StoreProblem> disk(List<Throwable> chain) {
    for (Throwable e : chain) {
      String message = message(e);
      if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
        return Optional.of(
            new StoreProblem(
                "the disk%s is full".formatted(file(e).map(" of "::concat).orElse("")),
                "make room or choose another directory",
                Kind.FULL));
      }
      boolean readOnly = message.contains("Read-only file system");
      boolean local = e instanceof AccessDeniedException && !message.contains("://");
      if (readOnly || local || message.contains("(Permission denied)")) {
        String where = file(e).orElse(message.replaceFirst(" \\(.*", ""));
        return Optional.of(
            new StoreProblem(
                readOnly
                    ? where + " is on a read-only file system"
                    : "permission to use %s is denied".formatted(where),
                "choose another directory, or change its permissions",
                Kind.FORBIDDEN));
      }
      if (message.startsWith("Mkdirs failed to create ")) {
        String where = message.substring(24).replaceFirst("^file:", "").replaceFirst(" \\(.*", "");
        return Optional.of(
            new StoreProblem(
                "the directory %s cannot be made".formatted(where),
                "choose another one",
                Kind.FORBIDDEN));
      }
      if (message.contains("Too many open files")) {
        return store("this process has too many open files", "raise the limit: ulimit -n 65536");
      }
    }
    return Optional.empty();
  }

  private static Optional<StoreProblem> access(List<Throwable> chain) {
    if (any(chain, e -> contains(e, "No AWS Credentials", "Unable to load AWS credentials"))
        || any(chain, e -> contains(e, "NoAwsCredentialsException", "NoAuthWithAWSException"))) {
      return store(
          "there are no credentials for S3",
          "set them as docs/security.md says: spark.hadoop.fs.*");
    }
    if (any(chain, e -> contains(e, "Status Code: 403", "InvalidAccessKeyId", "Forbidden"))) {
      return store(
          "access is denied (403%s)".formatted(code(chain)),
          "check the credentials and what they may read and write");
    }
    return Optional.empty();
  }

  private static Optional<StoreProblem> bucket(List<Throwable> chain) {
    if (any(chain, e -> contains(e, "NoSuchBucket", "UnknownStoreException"))
        || any(chain, e -> message(e).matches("(?s).*Bucket \\S+ does not exist.*"))) {
      return store("there is no such bucket", "correct its name, or create it first");
    }
    if (any(chain, e -> contains(e, "Status Code: 301", "PermanentRedirect"))) {
      return store(
          "the bucket is in another region or at another endpoint",
          "set spark.hadoop.fs.s3a.endpoint and spark.hadoop.fs.s3a.endpoint.region");
    }
    return Optional.empty();
  }

  private static Optional<StoreProblem> network(List<Throwable> chain) {
    String mend = "check the endpoint, the network and that the server runs";
    for (Throwable e : chain) {
      if (e instanceof UnknownHostException || contains(e, "Name or service not known")) {
        String host = message(e).replaceFirst("(?s).*?([A-Za-z0-9_.-]+\\.[A-Za-z0-9_.-]+).*", "$1");
        return store(
            "the host '%s' is unknown".formatted(host.lines().findFirst().orElse("")), mend);
      }
      if (e instanceof ConnectException || contains(e, "Connection refused")) {
        return store("Connection refused" + endpoint(chain, " by "), mend);
      }
      if (e instanceof SocketTimeoutException
          || e instanceof NoRouteToHostException
          || contains(e, "connect timed out", "Read timed out")) {
        return store("the server%s does not answer".formatted(endpoint(chain, " ")), mend);
      }
    }
    return Optional.empty();
  }

  private static String endpoint(List<Throwable> chain, String before) {
    for (Throwable e : chain) {
      Matcher endpoint = ENDPOINT.matcher(message(e));
      if (endpoint.find()) {
        return before + endpoint.group(1);
      }
    }
    return "";
  }

  private static String code(List<Throwable> chain) {
    for (Throwable e : chain) {
      Matcher code = CODE.matcher(message(e));
      if (code.find()) {
        return " " + code.group(1);
      }
    }
    return "";
  }

  /** The file that a failure of this machine's disk names. */
  private static Optional<String> file(Throwable e) {
    return e instanceof FileSystemException named
        ? Optional.ofNullable(named.getFile())
        : Optional.empty();
  }

  private static boolean any(List<Throwable> chain, Predicate<Throwable> test) {
    return chain.stream().anyMatch(test);
  }

  private static boolean contains(Throwable e, String... parts) {
    String text = e.getClass().getSimpleName() + " " + message(e);
    for (String part : parts) {
      if (text.contains(part)) {
        return true;
      }
    }
    return false;
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? "" : e.getMessage();
  }

  private static Optional<StoreProblem> command(String cause, String mend) {
    return Optional.of(new StoreProblem(cause, mend, Kind.COMMAND));
  }

  private static Optional<StoreProblem> store(String cause, String mend) {
    return Optional.of(new StoreProblem(cause, mend, Kind.STORE));
  }

  /**
   * A failure of a file system as a reason inside a message: the problem where it is known, else
   * what the failure says.
   */
  public static String reason(Throwable failure) {
    if (failure instanceof RefusedFileException refused) {
      return "it " + RefusedFileException.reason(refused);
    }
    return of(failure).map(StoreProblem::line).orElseGet(() -> message(failure));
  }
}
