package ai.signal.job;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names of other tools' options (transformers, PEFT, TRL, Axolotl) for keys of a job spec. */
final class FieldNames {
  /** The key of the spec, or its end, and what it is called elsewhere. */
  private static final Map<String, String> OF_KEYS =
      Map.ofEntries(
          Map.entry("name", "run_name experiment_name job_name"),
          Map.entry(
              "model.base",
              "base_model model_name model_name_or_path pretrained_model_name_or_path model_path model_id"),
          Map.entry("model.dtype", "torch_dtype bf16 fp16 precision mixed_precision"),
          Map.entry("lora.rank", "r lora_r lora_rank"),
          Map.entry("lora.alpha", "lora_alpha"),
          Map.entry("lora.dropout", "lora_dropout"),
          Map.entry("lora.targets", "target_modules lora_target_modules lora_target lora_targets"),
          Map.entry("lora.rslora", "use_rslora"),
          Map.entry("lora.dora", "use_dora"),
          Map.entry("lora.init", "adapter_name_or_path lora_model_dir adapter init_from"),
          Map.entry("output", "output_dir out_dir save_dir output_path"),
          Map.entry("seed", "random_seed data_seed"),
          Map.entry("cluster.lanes", "world_size num_workers num_gpus data_parallel_size"),
          Map.entry("cluster.device", "use_cpu no_cuda accelerator"),
          Map.entry(
              "data.path",
              "dataset datasets dataset_name dataset_path train_file data_path data_files"),
          Map.entry(
              "data.max_length",
              "max_seq_length max_seq_len max_sequence_length sequence_len seq_len seq_length cutoff_len block_size model_max_length"),
          Map.entry("optimizer.learning_rate", "lr learning_rate peak_lr max_lr"),
          Map.entry("optimizer.name", "optim optimizer_name optimizer_type"),
          Map.entry("optimizer.beta1", "adam_beta1"),
          Map.entry("optimizer.beta2", "adam_beta2"),
          Map.entry("optimizer.epsilon", "adam_epsilon eps adam_eps"),
          Map.entry("optimizer.weight_decay", "wd decay"),
          Map.entry(
              "optimizer.grad_clip",
              "max_grad_norm gradient_clipping clip_grad_norm grad_norm clip_grad max_norm"),
          Map.entry("optimizer.lora_plus_ratio", "loraplus_lr_ratio"),
          Map.entry("schedule.name", "lr_scheduler_type lr_scheduler scheduler lr_schedule"),
          Map.entry(
              "schedule.warmup_steps", "warmup num_warmup_steps warmup_ratio lr_warmup_steps"),
          Map.entry(
              "batch_size",
              "per_device_train_batch_size train_batch_size micro_batch_size global_batch_size batch bs"),
          Map.entry("tokens_per_microbatch", "gradient_accumulation_steps max_tokens_per_batch"),
          Map.entry(
              "activation_checkpointing", "gradient_checkpointing use_gradient_checkpointing"),
          Map.entry("epochs", "num_train_epochs num_epochs n_epochs max_epochs"),
          Map.entry("steps", "max_steps num_steps total_steps train_steps num_train_steps"),
          Map.entry("checkpoint.every_steps", "save_steps save_every checkpoint_every"),
          Map.entry("checkpoint.keep", "save_total_limit"),
          Map.entry("loss.beta", "dpo_beta"),
          Map.entry(
              "evaluate", "eval_steps eval_every eval_dataset validation_file evaluation_steps"),
          Map.entry("max_tokens", "max_new_tokens max_completion_length max_gen_len"));

  private static final Map<String, String> KEYS = new HashMap<>();

  static {
    OF_KEYS.forEach(
        (key, names) -> {
          for (String name : names.split(" ", -1)) {
            KEYS.put(name, key);
          }
        });
  }

  private FieldNames() {}

  /** The end of the key path that a name of another tool stands for. */
  static Optional<String> known(String name) {
    return Optional.ofNullable(KEYS.get(name.toLowerCase(Locale.ROOT).replace('-', '_')));
  }
}
