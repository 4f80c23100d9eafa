
  # ------------------------------------------------------------------ pre-training: continues the class of decoder.py

  # All weights as one vector [size] float32, in the order of `base`.
  def weights(self: __torch__.Decoder) -> Tensor:
    parts = annotate(List[Tensor], [])
    for w in self.base:
      parts.append(torch.reshape(w, [-1]))
    return torch.cat(parts, 0)

  # One AdamW step on every weight, in place. -> mean cross-entropy of the batch in nats, gradient norm before clipping.
  #   state   [0] weights [size] float32, [1] and [2] first and second moments, [3] 1 where the weight decays, else 0
  #   batch   as everywhere
  #   targets [tokens] int64: the next token of its sequence
  #   rates   learning rate, beta1, beta2, epsilon, weight decay, largest gradient norm, number of this step from 1 [7] float64
  def pretrain(self: __torch__.Decoder, state: List[Tensor], batch: List[Tensor], targets: Tensor, rates: Tensor) -> Tensor:
    leaf = torch.requires_grad_(torch.detach(state[0]), True)
    sizes = annotate(List[int], [])
    for w in self.base:
      sizes.append(torch.numel(w))
    parts = torch.split_with_sizes(leaf, sizes)
    for i in range(len(parts)):
      self.base[i] = torch.view(parts[i], torch.size(self.base[i]))
    modules = 7 * self.layers + 1
    none = torch.zeros([0])
    lora = [none, torch.zeros([modules + 4], dtype=4), torch.zeros([2], dtype=7), torch.zeros([modules], dtype=4), none, none, none]
    hidden = self.trunk(lora, batch)[0]
    loss = torch.cross_entropy_loss(torch.linear(hidden, self.base[2]), targets)
    g = unchecked_cast(Tensor, torch.grad([loss], [leaf])[0])
    norm = torch.norm(g)
    _ = torch.set_grad_enabled(False)
    rate = float(torch.item(torch.select(rates, 0, 0)))
    beta1 = float(torch.item(torch.select(rates, 0, 1)))
    beta2 = float(torch.item(torch.select(rates, 0, 2)))
    epsilon = float(torch.item(torch.select(rates, 0, 3)))
    decay = float(torch.item(torch.select(rates, 0, 4)))
    largest = float(torch.item(torch.select(rates, 0, 5)))
    step = float(torch.item(torch.select(rates, 0, 6)))
    g = torch.mul(g, min(1., largest / float(torch.item(norm))))
    torch.add_(torch.mul_(state[1], beta1), g, alpha=1. - beta1)
    torch.addcmul_(torch.mul_(state[2], beta2), g, g, value=1. - beta2)
    spread = torch.add_(torch.div_(torch.sqrt(state[2]), (1. - beta2 ** step) ** 0.5), epsilon)
    torch.mul_(state[0], torch.add(torch.mul(state[3], -rate * decay), 1.))
    torch.addcdiv_(state[0], state[1], spread, value=-rate / (1. - beta1 ** step))
    _ = torch.set_grad_enabled(True)
    return torch.stack([torch.detach(loss), norm])
