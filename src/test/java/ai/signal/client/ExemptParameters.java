package ai.signal.client;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Parameters of public methods that are called like paths, or are paths, but are no user's. */
final class ExemptParameters {
  private ExemptParameters() {}

  /** Why each of them is exempt. */
  static Map<String, String> all() {
    String result = "of a result, made from what was accepted before";
    String content = "content or the name of something, not a path";
    String keys = "a key path, or a function that refuses";
    String system = "a file of the operating system";
    Map<String, String> others = new TreeMap<>();
    for (String name :
        List.of(
            "client.ModelInfo.new#base",
            "client.RunInfo.new#base",
            "client.SavedState.new#files",
            "client.SavedState.new#path",
            "cluster.ReplicaSpec.new#base",
            "data.InputFile.new#location",
            "data.InputFile.shown#location",
            "data.LeftOut.new#file",
            "model.TensorRef.new#file",
            "model.tokenizer.TokenizerFile.new#path",
            "monitor.StageResult$Save.new#path")) {
      others.put(name, result);
    }
    for (String name :
        List.of(
            "chat.ChatTemplate.parse#source",
            "checkpoint.Expected.new#baseModel",
            "checkpoint.Expected.on#baseModel",
            "checkpoint.RunIdentity.new#baseModel",
            "checkpoint.Snapshot.new#files",
            "client.AsyncTrainingClient.record#json",
            "client.Signal.forward#json",
            "client.Signal.forwardBackward#json",
            "client.Signal.optimStep#json",
            "client.Signal.sample#json",
            "client.Signal.trainBatch#json",
            "client.TrainingClient.record#json",
            "data.Examples.ofRecord#json",
            "data.Examples.positions#json",
            "model.tokenizer.TokenizerFile.new#json",
            "model.tokenizer.regex.Pattern.parse#source")) {
      others.put(name, content);
    }
    for (String name :
        List.of(
            "model.ModelFormatException.requireLocation#path",
            "spec.KeyHints.elsewhere#path",
            "spec.KeyHints.later#path",
            "spec.KeyHints.synonym#path",
            "spec.RecordBinder.bind#path",
            "spec.Secrets.refuse#path",
            "storage.Location.of#path",
            "storage.Location.problem#path",
            "storage.UriCredentials.in#path")) {
      others.put(name, keys);
    }
    for (String name :
        List.of(
            "client.JobSaves.save#directory",
            "storage.OwnedDeletion.deleteBelow#directory",
            "storage.OwnedDeletion.deleteFilesBelow#directory",
            "storage.OwnedFiles.announce#inOwnPath",
            "storage.OwnedFiles.hasOwnBelow#directory",
            "storage.OwnedFiles.over#root",
            "storage.StorageFiles.directory#path",
            "storage.StorageFiles.input#path",
            "storage.StorageFiles.isLink#path",
            "storage.StorageFiles.list#directory",
            "storage.StorageFiles.requireRegular#path",
            "storage.StorageFiles.status#path")) {
      others.put(name, "a name in a directory that was opened before");
    }
    for (String name :
        List.of(
            "bytes",
            "channel",
            "copy",
            "isDescriptor",
            "kernelLines",
            "open",
            "openPiped",
            "requireRegular",
            "text",
            "toLock")) {
      others.put(
          "storage.LocalFiles.%s#file".formatted(name), "a file in a place that was read before");
    }
    others.put("model.HostCache.directory#temporary", system);
    others.put("model.InstructionSet.of#cpuinfo", system);
    others.put("spec.Precision.resolve#cpuinfo", system);
    return others;
  }
}
