/** LoRA fine-tuning of language models as ordinary Spark stages. */
package ai.signal;
