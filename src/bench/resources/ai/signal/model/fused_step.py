# The yardstick: one fused LoRA step of a Llama, everything in one call and nothing else. Every matrix is a tensor of its own, sequences
# have one length, the loss is the mean cross-entropy, and its gradient is made in the same chunks as its value.
class Fused(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  eps : float
  scaling : float
  dtype : int
  base : List[Tensor]
  def add(self: __torch__.Fused, w: Tensor) -> Tensor:
    self.base.append(torch.to(w, self.dtype))
    return torch.zeros([1])
  def linear(self: __torch__.Fused, x: Tensor, w: Tensor, a: Tensor, b: Tensor) -> Tensor:
    d = torch.linear(torch.linear(x, torch.to(a, self.dtype)), torch.to(b, self.dtype))
    return torch.add(torch.linear(x, w), d, alpha=self.scaling)
  def rope(self: __torch__.Fused, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    x1, x2 = torch.chunk(x, 2, -1)
    turned = torch.cat([torch.neg(x2), x1], -1)
    return torch.add(torch.mul(x, torch.to(cos, self.dtype)), torch.mul(turned, torch.to(sin, self.dtype)))
  def layer(self: __torch__.Fused, h: Tensor, cos: Tensor, sin: Tensor, w: List[Tensor], l: List[Tensor]) -> Tensor:
    b = torch.size(h, 0)
    t = torch.size(h, 1)
    x = torch.rms_norm(h, [torch.size(h, 2)], w[0], self.eps)
    q = torch.transpose(torch.view(self.linear(x, w[1], l[0], l[1]), [b, t, self.heads, self.head_dim]), 1, 2)
    k = torch.transpose(torch.view(self.linear(x, w[2], l[2], l[3]), [b, t, self.kv_heads, self.head_dim]), 1, 2)
    v = torch.transpose(torch.view(self.linear(x, w[3], l[4], l[5]), [b, t, self.kv_heads, self.head_dim]), 1, 2)
    q = self.rope(q, cos, sin)
    k = self.rope(k, cos, sin)
    r = self.heads // self.kv_heads
    k = torch.reshape(torch.expand(torch.unsqueeze(k, 2), [b, self.kv_heads, r, t, self.head_dim]), [b, self.heads, t, self.head_dim])
    v = torch.reshape(torch.expand(torch.unsqueeze(v, 2), [b, self.kv_heads, r, t, self.head_dim]), [b, self.heads, t, self.head_dim])
    o = torch.scaled_dot_product_attention(q, k, v, None, 0., True, scale=None, enable_gqa=False)
    h = torch.add(h, self.linear(torch.reshape(torch.transpose(o, 1, 2), [b, t, -1]), w[4], l[6], l[7]))
    x = torch.rms_norm(h, [torch.size(h, 2)], w[5], self.eps)
    m = torch.mul(torch.silu(self.linear(x, w[6], l[8], l[9])), self.linear(x, w[7], l[10], l[11]))
    return torch.add(h, self.linear(m, w[8], l[12], l[13]))
  def step(self: __torch__.Fused, tokens: Tensor, targets: Tensor, cos: Tensor, sin: Tensor, lora: List[Tensor]) -> List[Tensor]:
    h = torch.embedding(self.base[0], tokens)
    for i in range(self.layers):
      h = self.layer(h, cos, sin, self.base[2 + 9 * i:2 + 9 * (i + 1)], lora[14 * i:14 * (i + 1)])
    h = torch.rms_norm(h, [torch.size(h, 2)], self.base[1], self.eps)
    rows = torch.view(torch.detach(h), [-1, torch.size(h, -1)])
    y = torch.view(targets, [-1])
    n = torch.size(rows, 0)
    grad = torch.empty_like(rows)
    loss = torch.zeros([1])
    c = 256
    for i in range((n + c - 1) // c):
      x = rows[i * c:(i + 1) * c]
      t = torch.unsqueeze(y[i * c:(i + 1) * c], 1)
      p = torch.log_softmax(torch.to(torch.linear(x, self.base[0]), 6), -1)
      g = torch.gather(p, 1, t)
      loss = torch.sub(loss, torch.sum(g))
      p = torch.exp_(p)
      p.scatter_add_(1, t, torch.neg(torch.ones_like(g)))
      torch.copy_(grad[i * c:(i + 1) * c], torch.matmul(torch.to(p, self.dtype), self.base[0]))
    up = annotate(List[Optional[Tensor]], [torch.view_as(torch.div(grad, n), h)])
    out = annotate(List[Tensor], [torch.div(loss, n)])
    for g in torch.grad([h], lora, up):
      out.append(unchecked_cast(Tensor, g))
    return out
