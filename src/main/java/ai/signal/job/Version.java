package ai.signal.job;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = SignalJob.class.getPackage().getImplementationVersion();
    return new String[] {
      "Signal for Apache Spark " + (version == null ? "(not packaged)" : version)
    };
  }
}
