# The decoder: one TorchScript program. TorchScriptArchive packs this text, libtorch compiles it, Decoder.java calls it.
#
# It holds base weights only. Everything that belongs to a run (adapter, ranks, scaling, dropout, seeds) is an argument:
#   lora   [0] adapter [size] float32, or the compute dtype where no gradient is asked for
#          [1] ranks [7 * layers + 1] int64: q k v o gate up down of each layer, then the head; 0 = no adapter there
#          [2] scaling, dropout [2] float64
#          [3] dropout seeds [7 * layers + 1] int64
#   batch  [0] tokens [tokens] int64, sequences one behind the other, equal lengths next to each other
#          [1] positions [tokens] int64
#          [2] length and number of each group of equally long sequences [groups, 2] int64
# All of it lies in the host's memory but the adapter, which `adapter` has placed, and what a call returned and another takes.
#
# Layers lie on one device or on several, one behind the other: the embedding and the adapter with the first layer, final norm and
# head with the last. What a layer needs moves with it from device to device; on one device nothing moves.
# Whether a graph is kept is the caller's choice, by the thread's gradient mode.
class Decoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  eps : float
  dtype : int
  # device of each layer
  places : List[str]
  files : List[str]
  # embedding, final norm, head, then of each layer: norm, q, k, v, o, norm, gate, up, down
  base : List[Tensor]
  # of each layer: q, k, v, o, gate, up, down
  biases : List[Optional[Tensor]]
  # [head_dim / 2] float32
  frequencies : List[Tensor]

  # ------------------------------------------------------------------ devices

  def place(self: __torch__.Decoder, i: int) -> Device:
    return torch.device(self.places[i])

  # Where final norm and head lie.
  def last(self: __torch__.Decoder) -> Device:
    return self.place(self.layers - 1)

  # What comes from the layer before, on the device of layer i.
  def bring(self: __torch__.Decoder, x: Tensor, i: int) -> Tensor:
    y = x
    if i > 0 and self.places[i] != self.places[i - 1]:
      y = torch.to(x, self.place(i))
    return y

  def bring_all(self: __torch__.Decoder, xs: List[Tensor], i: int) -> List[Tensor]:
    ys = xs
    if i > 0 and self.places[i] != self.places[i - 1]:
      ys = annotate(List[Tensor], [])
      for x in xs:
        ys.append(torch.to(x, self.place(i)))
    return ys

  # ------------------------------------------------------------------ weights

  # Maps the weight files. A row of `plan` is a tensor: file (-1: absent), dtype, offset in bytes, rows, columns (0: a vector).
  def load(self: __torch__.Decoder, plan: Tensor, file_bytes: Tensor, frequencies: Tensor) -> Tensor:
    maps = annotate(Dict[int, Tensor], {})
    # What Java hands over is Java's memory, gone after the call.
    self.frequencies.append(torch.clone(torch.to(frequencies, self.place(0), 6)))
    for i in range(torch.size(plan, 0)):
      row = self.ints(torch.select(plan, 0, i))
      weight = annotate(Optional[Tensor], None)
      if row[0] >= 0:
        elements = row[3] * max(row[4], 1)
        width = 2
        if row[1] == 6:
          width = 4
        stored = row[1]
        aligned = row[2] % width == 0
        if not aligned:
          stored = 0
          width = 1
        key = row[0] * 64 + stored
        if not torch.__contains__(maps, key):
          size = int(torch.item(torch.select(file_bytes, 0, row[0])))
          maps[key] = torch.from_file(self.files[row[0]], False, size // width, dtype=stored)
        if aligned:
          flat = torch.narrow(maps[key], 0, row[2] // width, elements)
        else:
          # A tensor between two elements of its own type cannot be a view: copy its bytes.
          bytes = elements * 2
          if row[1] == 6:
            bytes = elements * 4
          flat = torch.view_copy(torch.clone(torch.narrow(maps[key], 0, row[2], bytes)), dtype=row[1])
        if row[4] > 0:
          flat = torch.view(flat, [row[3], row[4]])
        device = self.last()
        if i == 0:
          device = self.place(0)
        if i >= 3:
          device = self.place((i - 3) // 16)
        weight = torch.to(flat, device, self.dtype)
      place = (i - 3) % 16
      if i >= 3 and place >= 9:
        self.biases.append(weight)
      else:
        if weight is None:
          # The one matrix that may be absent: a tied head is the embedding.
          self.base.append(torch.to(self.base[0], self.last()))
        else:
          self.base.append(unchecked_cast(Tensor, weight))
    return torch.zeros([1])

  def ints(self: __torch__.Decoder, x: Tensor) -> List[int]:
    y = annotate(List[int], [])
    for i in range(torch.size(x, 0)):
      y.append(int(torch.item(torch.select(x, 0, i))))
    return y

  # ------------------------------------------------------------------ LoRA

  # The adapter where calls want it: float32, and in the compute dtype for calls without a gradient.
  def adapter(self: __torch__.Decoder, values: Tensor) -> List[Tensor]:
    placed = torch.to(values, self.place(0))
    return [placed, torch.to(placed, self.dtype)]

  # Zeros beside the adapter, for its gradient.
  def gradient(self: __torch__.Decoder, size: Tensor) -> Tensor:
    return torch.zeros([int(torch.item(size))], dtype=6, layout=None, device=self.place(0))

  # Base matrix of adapter module m, [out, in].
  def matrix(self: __torch__.Decoder, m: int) -> Tensor:
    w = self.base[2]
    if m < 7 * self.layers:
      place = m % 7
      if place < 4:
        w = self.base[3 + 9 * (m // 7) + 1 + place]
      else:
        w = self.base[3 + 9 * (m // 7) + 2 + place]
    return w

  # A [rank, in] and B [out, rank] of every module, on its layer's device: views of the flat adapter, or of the part of it that a device
  # needs. Empty where the rank is 0.
  def factors(self: __torch__.Decoder, adapter: Tensor, ranks: List[int]) -> List[Tensor]:
    devices = [0]
    sizes = [annotate(List[int], [])]
    for m in range(len(ranks)):
      i = min(m // 7, self.layers - 1)
      if m % 7 == 0 and i > 0 and self.places[i] != self.places[i - 1]:
        devices.append(i)
        sizes.append(annotate(List[int], []))
      w = self.matrix(m)
      sizes[-1].append(ranks[m] * torch.size(w, 1))
      sizes[-1].append(ranks[m] * torch.size(w, 0))
    cast = torch.to(adapter, self.dtype)
    if len(devices) == 1:
      parts = torch.split_with_sizes(cast, sizes[0])
    else:
      totals = annotate(List[int], [])
      for own in sizes:
        total = 0
        for size in own:
          total = total + size
        totals.append(total)
      pieces = torch.split_with_sizes(cast, totals)
      parts = annotate(List[Tensor], [])
      for d in range(len(devices)):
        parts = torch.add(parts, torch.split_with_sizes(torch.to(pieces[d], self.place(devices[d])), sizes[d]))
    for m in range(len(ranks)):
      w = self.matrix(m)
      parts[2 * m] = torch.view(parts[2 * m], [ranks[m], torch.size(w, 1)])
      parts[2 * m + 1] = torch.view(parts[2 * m + 1], [torch.size(w, 0), ranks[m]])
    return parts

  # Inverted dropout by a seed of its own, so that a layer that is computed again draws the same mask.
  def drop(self: __torch__.Decoder, x: Tensor, rate: float, seed: Tensor) -> Tensor:
    y = x
    if rate > 0.:
      s = int(torch.item(seed))
      if x.is_cuda:
        mask = self.mask(x, 1. - rate, s)
      else:
        g = torch.Generator(device=torch.device("cpu"), seed=s)
        mask = torch.bernoulli_(torch.empty_like(x), 1. - rate, generator=g)
      y = torch.mul(x, torch.div_(mask, 1. - rate))
    return y

  # Ones with probability `keep`, else zeros, in the shape and dtype of x. TorchScript has no generators on GPUs: a hash of place and seed
  # instead, the places as a Weyl sequence, then two rounds of Mueller's 32-bit mixer with half of the seed before each.
  def mask(self: __torch__.Decoder, x: Tensor, keep: float, seed: int) -> Tensor:
    h = torch.mul_(torch.arange(torch.numel(x), dtype=3, layout=None, device=x.device), -1640531535)
    for half in [seed & 0x7fffffff, (seed >> 31) & 0x7fffffff]:
      torch.add_(h, half)
      for i in range(3):
        torch.bitwise_xor_(h, torch.bitwise_and_(torch.bitwise_right_shift(h, 16), 0xffff))
        if i < 2:
          torch.mul_(h, 0x45d9f3b)
    # As a signed number, h is spread evenly from -2^31 on.
    kept = torch.lt(h, min(int(keep * 4294967296.) - 2147483648, 2147483647))
    return torch.view(torch.to(kept, x.dtype), torch.size(x))

  # y = W x + b + scaling * B (A dropout(x)), as PEFT: x [tokens, in], y [tokens, out].
  def project(self: __torch__.Decoder, x: Tensor, m: int, factors: List[Tensor], lora: List[Tensor]) -> Tensor:
    y = torch.linear(x, self.matrix(m), self.biases[m])
    a = factors[2 * m]
    if torch.size(a, 0) > 0:
      scaling = float(torch.item(torch.select(lora[2], 0, 0)))
      rate = float(torch.item(torch.select(lora[2], 0, 1)))
      z = torch.linear(self.drop(x, rate, torch.select(lora[3], 0, m)), a)  # [tokens, rank]
      y = torch.addmm_(y, z, torch.t(factors[2 * m + 1]), beta=1, alpha=scaling)
    return y

  # ------------------------------------------------------------------ layers

  # cos and sin [tokens, 1, head_dim / 2] on the first device, computed in float32 as transformers does.
  def angles(self: __torch__.Decoder, positions: Tensor) -> List[Tensor]:
    f = torch.mul(torch.unsqueeze(torch.to(positions, self.place(0), 6), 1), self.frequencies[0])
    return [torch.to(torch.unsqueeze(torch.cos(f), 1), self.dtype), torch.to(torch.unsqueeze(torch.sin(f), 1), self.dtype)]

  # Rotary position embedding of x [tokens, heads, head_dim], halves paired as in Llama.
  def rotate(self: __torch__.Decoder, x: Tensor, angles: List[Tensor]) -> Tensor:
    x1, x2 = torch.chunk(x, 2, -1)
    y1 = torch.addcmul(torch.mul(x1, angles[0]), x2, angles[1], value=-1)
    y2 = torch.addcmul(torch.mul(x2, angles[0]), x1, angles[1])
    return torch.cat([y1, y2], -1)

  # q [tokens, heads, head_dim], k and v [tokens, kv_heads, head_dim] of layer i.
  def qkv(self: __torch__.Decoder, h: Tensor, i: int, angles: List[Tensor], factors: List[Tensor], lora: List[Tensor]) -> List[Tensor]:
    x = torch.rms_norm(h, [torch.size(h, 1)], self.base[3 + 9 * i], self.eps)
    q = torch.view(self.project(x, 7 * i, factors, lora), [-1, self.heads, self.head_dim])
    k = torch.view(self.project(x, 7 * i + 1, factors, lora), [-1, self.kv_heads, self.head_dim])
    v = torch.view(self.project(x, 7 * i + 2, factors, lora), [-1, self.kv_heads, self.head_dim])
    return [self.rotate(q, angles), self.rotate(k, angles), v]

  # [tokens, kv_heads, head_dim] -> [tokens, heads, head_dim]: the fused attention has no fast path of its own for groups.
  def repeat(self: __torch__.Decoder, x: Tensor) -> Tensor:
    n = torch.size(x, 0)
    r = self.heads // self.kv_heads
    y = x
    if r > 1:
      y = torch.reshape(torch.expand(torch.unsqueeze(x, 2), [n, self.kv_heads, r, self.head_dim]), [n, self.heads, self.head_dim])
    return y

  # Causal attention inside each sequence; groups are rows (length, number). -> [tokens, heads * head_dim]
  def attend(self: __torch__.Decoder, qkv: List[Tensor], groups: List[List[int]]) -> Tensor:
    sizes = annotate(List[int], [])
    for g in groups:
      sizes.append(g[0] * g[1])
    qs = torch.split_with_sizes(qkv[0], sizes)
    ks = torch.split_with_sizes(self.repeat(qkv[1]), sizes)
    vs = torch.split_with_sizes(self.repeat(qkv[2]), sizes)
    out = annotate(List[Tensor], [])
    for i in range(len(groups)):
      shape = [groups[i][1], groups[i][0], self.heads, self.head_dim]  # [sequences, length, heads, head_dim]
      q = torch.transpose(torch.view(qs[i], shape), 1, 2)
      k = torch.transpose(torch.view(ks[i], shape), 1, 2)
      v = torch.transpose(torch.view(vs[i], shape), 1, 2)
      o = torch.scaled_dot_product_attention(q, k, v, None, 0., True, scale=None, enable_gqa=False)
      out.append(torch.reshape(torch.transpose(o, 1, 2), [sizes[i], self.heads * self.head_dim]))
    return torch.cat(out, 0)

  # Output projection, MLP and both residuals: attended [tokens, heads * head_dim] -> [tokens, hidden].
  def finish(self: __torch__.Decoder, h: Tensor, attended: Tensor, i: int, factors: List[Tensor], lora: List[Tensor]) -> Tensor:
    h = torch.add(h, self.project(attended, 7 * i + 3, factors, lora))
    x = torch.rms_norm(h, [torch.size(h, 1)], self.base[3 + 9 * i + 5], self.eps)
    gate = torch.silu(self.project(x, 7 * i + 4, factors, lora))
    up = self.project(x, 7 * i + 5, factors, lora)
    return torch.add(h, self.project(torch.mul(gate, up), 7 * i + 6, factors, lora))

  # Rows of the embedding, on the first device.
  def embed(self: __torch__.Decoder, tokens: Tensor) -> Tensor:
    return torch.embedding(self.base[0], torch.to(tokens, self.place(0)))

  def layer(self: __torch__.Decoder, h: Tensor, i: int, angles: List[Tensor], groups: List[List[int]], factors: List[Tensor], lora: List[Tensor]) -> Tensor:
    return self.finish(h, self.attend(self.qkv(h, i, angles, factors, lora), groups), i, factors, lora)

  def groups(self: __torch__.Decoder, batch: List[Tensor]) -> List[List[int]]:
    groups = annotate(List[List[int]], [])
    for i in range(torch.size(batch[2], 0)):
      groups.append(self.ints(torch.select(batch[2], 0, i)))
    return groups

  def final_norm(self: __torch__.Decoder, h: Tensor) -> Tensor:
    return torch.rms_norm(h, [torch.size(h, 1)], self.base[1], self.eps)

  # ------------------------------------------------------------------ forward

  # -> hidden [tokens, hidden] after the final norm, and the leaf that its graph ends in.
  def trunk(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor]) -> List[Tensor]:
    leaf = torch.requires_grad_(torch.detach(lora[0]), True)
    factors = self.factors(leaf, self.ints(lora[1]))
    groups = self.groups(batch)
    angles = self.angles(batch[1])
    h = self.embed(batch[0])
    for i in range(self.layers):
      angles = self.bring_all(angles, i)
      h = self.layer(self.bring(h, i), i, angles, groups, factors, lora)
    return [self.final_norm(h), leaf]

  # The same without a graph: -> hidden, then the input of every layer and of the final norm, each [tokens, hidden].
  def trunk_checkpointed(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor]) -> List[Tensor]:
    factors = self.factors(lora[0], self.ints(lora[1]))
    groups = self.groups(batch)
    angles = self.angles(batch[1])
    h = self.embed(batch[0])
    inputs = annotate(List[Tensor], [])
    for i in range(self.layers):
      angles = self.bring_all(angles, i)
      h = self.bring(h, i)
      inputs.append(h)
      h = self.layer(h, i, angles, groups, factors, lora)
    inputs.append(h)
    return torch.add([self.final_norm(h)], inputs)

  # Without a graph and keeping nothing: -> hidden [tokens, hidden] behind so many layers, after the final norm where that is all of them.
  def hidden(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor], layers: Tensor) -> Tensor:
    factors = self.factors(lora[0], self.ints(lora[1]))
    groups = self.groups(batch)
    angles = self.angles(batch[1])
    h = self.embed(batch[0])
    n = int(torch.item(layers))
    for i in range(n):
      angles = self.bring_all(angles, i)
      h = self.layer(self.bring(h, i), i, angles, groups, factors, lora)
    if n == self.layers:
      h = self.final_norm(h)
    return h

  # One vector [sequences, hidden] float32 of each span (first token, tokens): the mean of a span's hidden states.
  def means(self: __torch__.Decoder, hidden: Tensor, spans: Tensor) -> Tensor:
    out = annotate(List[Tensor], [])
    for i in range(torch.size(spans, 0)):
      span = self.ints(torch.select(spans, 0, i))
      out.append(torch.mean(torch.to(torch.narrow(hidden, 0, span[0], span[1]), 6), [0]))
    return torch.stack(out, 0)

  # ------------------------------------------------------------------ head

  # Logits [n, vocabulary] in the compute dtype; h [n, hidden], x the same after the head's dropout.
  def logits(self: __torch__.Decoder, h: Tensor, x: Tensor, factors: List[Tensor], scaling: float) -> Tensor:
    y = torch.linear(h, self.base[2])
    if torch.size(factors[0], 0) > 0:
      y = torch.addmm_(y, torch.linear(x, factors[0]), torch.t(factors[1]), beta=1, alpha=scaling)
    return y

  # The head's own A and B, cut from the end of the flat adapter.
  def head_factors(self: __torch__.Decoder, lora: List[Tensor]) -> List[Tensor]:
    w = self.base[2]
    rank = int(torch.item(torch.select(lora[1], 0, 7 * self.layers)))
    a = rank * torch.size(w, 1)
    b = rank * torch.size(w, 0)
    start = torch.size(lora[0], 0) - a - b
    flat = torch.to(torch.narrow(torch.detach(lora[0]), 0, start, a + b), self.last(), self.dtype)
    return [torch.view(torch.narrow(flat, 0, 0, a), [rank, torch.size(w, 1)]), torch.view(torch.narrow(flat, 0, a, b), [torch.size(w, 0), rank])]

  # The rows of `hidden` that predict something: x [n, hidden], and the same after the head's dropout.
  def head_inputs(self: __torch__.Decoder, hidden: Tensor, rows: Tensor, lora: List[Tensor]) -> List[Tensor]:
    x = torch.index_select(torch.detach(hidden), 0, torch.to(rows, self.last()))
    rate = float(torch.item(torch.select(lora[2], 0, 1)))
    dropped = x
    if int(torch.item(torch.select(lora[1], 0, 7 * self.layers))) > 0:
      dropped = self.drop(x, rate, torch.select(lora[3], 0, 7 * self.layers))
    return [x, dropped]

  # Rows of logits held at once: about 32 MB of float32.
  def chunk(self: __torch__.Decoder) -> int:
    return max(16, 8388608 // torch.size(self.base[2], 0))

  # Log-probabilities [n, K] float32 of targets [n, K] at the given rows of hidden; with `train`, also the expected embedding of
  # all other tokens, others_t = sum over v not in y_t of p_tv W_v [n, hidden], out of the same pass over the logits.
  # Leaving the targets out keeps its digits where p is close to 1, in bfloat16 above all.
  def head(self: __torch__.Decoder, lora: List[Tensor], hidden: Tensor, rows: Tensor, targets: Tensor, train: Tensor) -> List[Tensor]:
    factors = self.head_factors(lora)
    scaling = float(torch.item(torch.select(lora[2], 0, 0)))
    inputs = self.head_inputs(hidden, rows, lora)
    targets = torch.to(targets, self.last())
    # A trained head computes its softmax again in backward, for its own gradient, and gets `others` there.
    keep = int(torch.item(train)) == 1 and torch.size(factors[0], 0) == 0
    logprobs = annotate(List[Tensor], [])
    others = annotate(List[Tensor], [])
    c = self.chunk()
    n = torch.size(rows, 0)
    for i in range((n + c - 1) // c):
      y = torch.slice(targets, 0, i * c, (i + 1) * c)  # [chunk, K]
      x = torch.slice(inputs[0], 0, i * c, (i + 1) * c)  # [chunk, hidden]
      z = self.logits(x, torch.slice(inputs[1], 0, i * c, (i + 1) * c), factors, scaling)  # [chunk, vocabulary]
      p = torch.log_softmax(z, -1, 6)
      logprobs.append(torch.gather(p, 1, y))
      if keep:
        p = torch.scatter_(torch.exp_(p), 1, y, 0.)
        others.append(torch.matmul(torch.to(p, self.dtype), self.base[2]))
    out = [torch.cat(logprobs, 0)]
    if keep:
      out.append(torch.cat(others, 0))
    return out

  # dL/dhidden [n, hidden] in float32 from the coefficients c = dL/dlogprob [n, K]:
  # sum_k c_k (W[y_k] - E) with E = others + sum_k p_k W[y_k].
  def head_backward(self: __torch__.Decoder, targets: Tensor, c: Tensor, logprobs: Tensor, others: Tensor) -> Tensor:
    targets = torch.to(targets, self.last())
    c = torch.to(c, self.last())
    total = torch.sum(c, [1], True)  # [n, 1]
    own = torch.sub(torch.mul(c, torch.neg(torch.expm1(logprobs))), torch.mul(torch.sub(total, c), torch.exp(logprobs)))  # c_k - total p_k
    w = torch.to(torch.embedding(self.base[2], targets), 6)  # [n, K, hidden]
    direct = torch.squeeze(torch.matmul(torch.unsqueeze(own, 1), w), 1)
    return torch.sub(direct, torch.mul(total, torch.to(others, 6)))

  # The same for a trained head, and its own gradient: -> dL/dhidden [n, hidden], dL/d(A, B) flat, all float32.
  def trained_head_backward(self: __torch__.Decoder, lora: List[Tensor], hidden: Tensor, rows: Tensor, targets: Tensor, c: Tensor) -> List[Tensor]:
    factors = self.head_factors(lora)
    scaling = float(torch.item(torch.select(lora[2], 0, 0)))
    inputs = self.head_inputs(hidden, rows, lora)
    targets = torch.to(targets, self.last())
    c = torch.to(c, self.last())
    a = torch.zeros_like(factors[0], dtype=6)
    b = torch.zeros_like(factors[1], dtype=6)
    through = annotate(List[Tensor], [])
    dropped = annotate(List[Tensor], [])
    s = self.chunk()
    n = torch.size(rows, 0)
    for i in range((n + s - 1) // s):
      y = torch.slice(targets, 0, i * s, (i + 1) * s)
      k = torch.slice(c, 0, i * s, (i + 1) * s)
      x = torch.slice(inputs[0], 0, i * s, (i + 1) * s)
      xd = torch.slice(inputs[1], 0, i * s, (i + 1) * s)
      g = torch.softmax(self.logits(x, xd, factors, scaling), -1, 6)
      g = torch.scatter_add_(torch.mul_(g, torch.neg(torch.sum(k, [1], True))), 1, y, k)  # dL/dlogits [chunk, vocabulary]
      g = torch.to(g, self.dtype)
      gb = torch.mul(torch.matmul(g, factors[1]), scaling)  # [chunk, rank]
      torch.add_(a, torch.matmul(torch.t(gb), xd))
      torch.add_(b, torch.matmul(torch.t(g), torch.linear(xd, factors[0])), alpha=scaling)
      through.append(torch.matmul(g, self.base[2]))
      dropped.append(torch.matmul(gb, factors[0]))
    rate = float(torch.item(torch.select(lora[2], 0, 1)))
    back = self.drop(torch.cat(dropped, 0), rate, torch.select(lora[3], 0, 7 * self.layers))
    return [torch.add(torch.to(torch.cat(through, 0), 6), back), torch.cat([torch.view(a, [-1]), torch.view(b, [-1])], 0)]

  # ------------------------------------------------------------------ backward

  # Adds the adapter's gradient to sum [size] float32. `saved` is what the trunk returned, `head` what the head did.
  def backward(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor], saved: List[Tensor], rows: Tensor, targets: Tensor, c: Tensor, head: List[Tensor], sum: Tensor) -> Tensor:
    hidden = saved[0]
    if len(head) > 1:
      g = self.head_backward(targets, c, head[0], head[1])
    else:
      parts = self.trained_head_backward(lora, hidden, rows, targets, c)
      g = parts[0]
      own = torch.size(parts[1], 0)
      torch.add_(torch.narrow(sum, 0, torch.size(sum, 0) - own, own), torch.to(parts[1], self.place(0)))
    up = torch.index_copy(torch.zeros_like(hidden), 0, torch.to(rows, self.last()), torch.to(g, self.dtype))  # [tokens, hidden]
    if len(saved) == 2:
      if hidden.requires_grad:
        go = annotate(List[Optional[Tensor]], [up])
        torch.add_(sum, unchecked_cast(Tensor, torch.grad([hidden], [saved[1]], go)[0]))
    else:
      self.backward_checkpointed(lora, batch, saved, up, sum)
    return sum

  # Layer by layer from the top: compute the layer again with a graph, and take the gradient of its input and its factors.
  def backward_checkpointed(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor], saved: List[Tensor], up: Tensor, sum: Tensor) -> None:
    factors = self.factors(torch.detach(lora[0]), self.ints(lora[1]))
    groups = self.groups(batch)
    angles = annotate(List[List[Tensor]], [self.angles(batch[1])])
    for i in range(1, self.layers):
      angles.append(self.bring_all(angles[i - 1], i))
    x = torch.requires_grad_(torch.detach(saved[self.layers + 1]), True)
    go = annotate(List[Optional[Tensor]], [up])
    up = unchecked_cast(Tensor, torch.grad([self.final_norm(x)], [x], go)[0])
    end = torch.size(sum, 0)
    for m in [2 * 7 * self.layers, 2 * 7 * self.layers + 1]:
      end = end - torch.numel(factors[m])
    for j in range(self.layers):
      i = self.layers - 1 - j
      x = torch.requires_grad_(torch.detach(saved[i + 1]), True)
      inputs = [x]
      own = torch.list(factors)
      for f in range(14 * i, 14 * i + 14):
        if torch.numel(own[f]) > 0:
          own[f] = torch.requires_grad_(torch.detach(own[f]), True)
          inputs.append(own[f])
      y = self.layer(x, i, angles[i], groups, own, lora)
      go = annotate(List[Optional[Tensor]], [torch.to(up, self.place(i))])
      gs = torch.grad([y], inputs, go)
      up = unchecked_cast(Tensor, gs[0])
      if len(gs) > 1:
        parts = annotate(List[Tensor], [])
        for f in range(1, len(gs)):
          parts.append(torch.reshape(unchecked_cast(Tensor, gs[f]), [-1]))
        g = torch.to(torch.cat(parts, 0), self.place(0))
        end = end - torch.size(g, 0)
        torch.add_(torch.narrow(sum, 0, end, torch.size(g, 0)), g)

  # ------------------------------------------------------------------ generation

  # Keys and values of `rows` sequences, zeroed: 2 * layers tensors [rows, kv_heads, capacity, head_dim].
  def cache(self: __torch__.Decoder, rows: Tensor, capacity: Tensor) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    shape = [int(torch.item(rows)), self.kv_heads, int(torch.item(capacity)), self.head_dim]
    for i in range(2 * self.layers):
      out.append(torch.zeros(shape, dtype=self.dtype, layout=None, device=self.place(i // 2)))
    return out

  # One prompt, alone, so that its bits depend on nothing else. -> hidden [tokens, hidden] after the final norm, its last row [1, hidden], then
  # of every layer its keys and its values [kv_heads, tokens, head_dim].
  def prefill(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor]) -> List[Tensor]:
    factors = self.factors(lora[0], self.ints(lora[1]))
    groups = self.groups(batch)
    angles = self.angles(batch[1])
    h = self.embed(batch[0])
    kept = annotate(List[Tensor], [])
    for i in range(self.layers):
      angles = self.bring_all(angles, i)
      h = self.bring(h, i)
      qkv = self.qkv(h, i, angles, factors, lora)
      kept.append(torch.transpose(qkv[1], 0, 1))
      kept.append(torch.transpose(qkv[2], 0, 1))
      h = self.finish(h, self.attend(qkv, groups), i, factors, lora)
    h = self.final_norm(h)
    return torch.add([h, torch.slice(h, 0, -1)], kept)

  # Copies what `prefill` returned into row `row` of the cache.
  def seat(self: __torch__.Decoder, prefix: List[Tensor], cache: List[Tensor], row: Tensor) -> Tensor:
    r = int(torch.item(row))
    for i in range(2 * self.layers):
      n = torch.size(prefix[i + 2], 1)
      torch.copy_(torch.narrow(torch.select(cache[i], 0, r), 1, 0, n), prefix[i + 2])
    return row

  # One token of every row; tokens and positions [rows]. Rows of one bucket (`runs`: first row, rows, bucket) share an attention call over
  # the first `bucket` places of the cache, masked [rows, 1, 1, capacity]: a row's bits depend on its own length alone. -> hidden [rows, hidden]
  def decode(self: __torch__.Decoder, lora: List[Tensor], tokens: Tensor, positions: Tensor, runs: Tensor, mask: Tensor, cache: List[Tensor]) -> Tensor:
    factors = self.factors(lora[0], self.ints(lora[1]))
    rows = torch.size(tokens, 0)
    all = torch.arange(rows, dtype=4, layout=None, device=self.place(0))
    around = torch.add(self.angles(positions), [all, torch.to(positions, self.place(0)), torch.to(mask, self.place(0), self.dtype)])
    plan = annotate(List[List[int]], [])
    for i in range(torch.size(runs, 0)):
      plan.append(self.ints(torch.select(runs, 0, i)))
    h = self.embed(tokens)
    for i in range(self.layers):
      around = self.bring_all(around, i)
      h = self.bring(h, i)
      at = annotate(List[Optional[Tensor]], [around[2], None, around[3]])
      bias = around[4]
      qkv = self.qkv(h, i, around, factors, lora)
      keys = torch.index_put_(cache[2 * i], at, qkv[1])
      values = torch.index_put_(cache[2 * i + 1], at, qkv[2])
      # The heads that share keys stand as the queries of one head: nothing is repeated.
      q = torch.view(qkv[0], [rows, self.kv_heads, self.heads // self.kv_heads, self.head_dim])
      out = annotate(List[Tensor], [])
      for run in plan:
        k = torch.narrow(torch.narrow(keys, 0, run[0], run[1]), 2, 0, run[2])
        v = torch.narrow(torch.narrow(values, 0, run[0], run[1]), 2, 0, run[2])
        b = torch.narrow(torch.narrow(bias, 0, run[0], run[1]), 3, 0, run[2])
        o = torch.scaled_dot_product_attention(torch.narrow(q, 0, run[0], run[1]), k, v, b, 0., False, scale=None, enable_gqa=False)
        out.append(o)
      h = self.finish(h, torch.reshape(torch.cat(out, 0), [rows, self.heads * self.head_dim]), i, factors, lora)
    return self.final_norm(h)

  # The k most likely tokens [n, k] behind rows of hidden, and their log-probabilities [n, k] float32.
  def top(self: __torch__.Decoder, lora: List[Tensor], hidden: Tensor, k: Tensor) -> List[Tensor]:
    factors = self.head_factors(lora)
    scaling = float(torch.item(torch.select(lora[2], 0, 0)))
    ids = annotate(List[Tensor], [])
    logprobs = annotate(List[Tensor], [])
    c = self.chunk()
    n = torch.size(hidden, 0)
    for i in range((n + c - 1) // c):
      x = torch.slice(hidden, 0, i * c, (i + 1) * c)
      p, y = torch.topk(torch.log_softmax(self.logits(x, x, factors, scaling), -1, 6), int(torch.item(k)), -1, True, True)
      ids.append(y)
      logprobs.append(p)
    return [torch.cat(ids, 0), torch.cat(logprobs, 0)]

  # Next tokens [rows], their log-probabilities [rows] under the model as it is, and the `top` most likely tokens with theirs [rows, top].
  # Each row is drawn by its own columns of `how` [rows, 8] float64, so that its bits do not depend on the others: temperature (0 takes the
  # most likely token), top_k, top_p, min_p, repetition, presence and frequency penalty, and the uniform that picks by inverse CDF.
  # `seen` [m, 3] int64 are row, token and its times in the completion (0: in the prompt alone), for penalties; `banned` [b, 2] row and token.
  def choose(self: __torch__.Decoder, lora: List[Tensor], hidden: Tensor, how: Tensor, seen: Tensor, banned: Tensor, top: Tensor) -> List[Tensor]:
    scaling = float(torch.item(torch.select(lora[2], 0, 0)))
    logits = self.logits(hidden, hidden, self.head_factors(lora), scaling)  # [rows, vocabulary]
    logprobs = torch.log_softmax(logits, -1, 6)
    picked = annotate(List[Tensor], [])
    if float(torch.item(torch.max(torch.select(how, 1, 0)))) == 0. and torch.size(seen, 0) == 0 and torch.size(banned, 0) == 0:
      picked.append(torch.argmax(logprobs, -1, False))
    else:
      for i in range(torch.size(how, 0)):
        z = torch.select(logprobs, 0, i)
        own = torch.eq(torch.select(seen, 1, 0), i)
        if bool(torch.any(own)):
          z = self.penalize(torch.to(torch.select(logits, 0, i), 6), torch.index(seen, annotate(List[Optional[Tensor]], [own])), torch.select(how, 0, i))
        off = torch.index(banned, annotate(List[Optional[Tensor]], [torch.eq(torch.select(banned, 1, 0), i)]))
        if torch.size(off, 0) > 0:
          z = torch.scatter(z, 0, torch.to(torch.select(off, 1, 1), self.last()), -inf)
        picked.append(self.draw(z, torch.select(how, 0, i)))
    next = torch.unsqueeze(torch.cat(picked, 0), 1)  # [rows, 1]
    p, y = torch.topk(logprobs, int(torch.item(top)), -1, True, True)
    return [torch.squeeze(next, 1), torch.squeeze(torch.gather(logprobs, 1, next), 1), y, p]

  # Logits [vocabulary] float32 of a row that has `seen` [m, 3] tokens. The repetition penalty as in transformers (Keskar et al. 2019), of the
  # prompt and the completion; presence and frequency as OpenAI has them, of the completion.
  def penalize(self: __torch__.Decoder, z: Tensor, seen: Tensor, how: Tensor) -> Tensor:
    ids = torch.to(torch.select(seen, 1, 1), self.last())
    times = torch.to(torch.select(seen, 1, 2), self.last(), 6)
    old = torch.gather(z, 0, ids)
    repetition = float(torch.item(torch.select(how, 0, 4)))
    # Positive logits are divided, negative ones multiplied.
    if repetition >= 1.:
      new = torch.minimum(torch.div(old, repetition), torch.mul(old, repetition))
    else:
      new = torch.maximum(torch.div(old, repetition), torch.mul(old, repetition))
    new = torch.sub(new, torch.mul(torch.to(torch.gt(times, 0.), 6), float(torch.item(torch.select(how, 0, 5)))))
    new = torch.sub(new, torch.mul(times, float(torch.item(torch.select(how, 0, 6)))))
    return torch.scatter(z, 0, ids, new)

  # A token [1] out of scores [vocabulary] float32: temperature, then the most likely that top_k, top_p and min_p leave, as in transformers.
  def draw(self: __torch__.Decoder, z: Tensor, how: Tensor) -> Tensor:
    temperature = float(torch.item(torch.select(how, 0, 0)))
    if temperature == 0.:
      next = torch.argmax(z, -1, True)
    else:
      k = int(torch.item(torch.select(how, 0, 1)))
      top_p = float(torch.item(torch.select(how, 0, 2)))
      min_p = float(torch.item(torch.select(how, 0, 3)))
      warped = torch.softmax(torch.div(torch.to(z, 7), temperature), -1)
      order = annotate(Optional[Tensor], None)
      if k > 0 and k < torch.size(warped, 0):
        warped, ids = torch.topk(warped, k, -1, True, True)
        order = ids
      elif top_p < 1.:
        warped, ids = torch.sort(warped, -1, True)
        order = ids
      sums = torch.cumsum(warped, -1)
      if top_p < 1.:
        # The smallest set of most likely tokens that reaches top_p of what top_k left; the first always stays.
        total = torch.slice(sums, 0, -1)
        before = torch.sub(sums, warped)
        warped = torch.masked_fill(warped, torch.ge(before, torch.mul(total, top_p)), 0.)
        sums = torch.cumsum(warped, -1)
      if min_p > 0.:
        warped = torch.masked_fill(warped, torch.lt(warped, torch.mul(torch.amax(warped, [-1], True), min_p)), 0.)
        sums = torch.cumsum(warped, -1)
      target = torch.mul(torch.slice(sums, 0, -1), float(torch.item(torch.select(how, 0, 7))))
      next = torch.sum(torch.to(torch.le(sums, target), 4), [0], True)
      # Rounding may land on the end: the last token that has any probability.
      last = torch.sum(torch.to(torch.lt(sums, torch.slice(sums, 0, -1)), 4), [0], True)
      next = torch.minimum(next, last)
      if order is not None:
        next = torch.gather(unchecked_cast(Tensor, order), 0, next)
    return next
