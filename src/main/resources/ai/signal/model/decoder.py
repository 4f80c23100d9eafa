# The decoder: one TorchScript program. TorchScriptArchive packs this text, libtorch compiles it, Decoder.java calls it.
#
# It holds base weights only. Everything that belongs to a run (adapter, ranks, scaling, dropout, seeds) is an argument:
#   lora   [0] A, B and, with DoRA, magnitudes of every module, flat, float32; the compute dtype where no gradient is asked for
#          [1] shape [7 * layers + 5] int64: ranks of q k v o gate up down of each layer and of the head, 0 = no adapter there; then 1 or 0
#              for DoRA, for a trained embedding, a trained head, and a score head
#          [2] scaling of every module, dropout [7 * layers + 2] float64
#          [3] dropout seeds [7 * layers + 1] int64
#          [4] embedding, [5] head [vocabulary, hidden], [6] score head [1, hidden] of the adapter's own; empty where it has none
#          [7] and on, with DoRA: what `norms` gives of every module
#          An adapter's values, and its gradient, are one vector in the order [4] [0] [5] [6].
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

  # An adapter's values where calls want them: [0] of `lora`, the same for calls without a gradient, then [4] and on.
  def adapter(self: __torch__.Decoder, values: Tensor, shape: Tensor, scaling: Tensor) -> List[Tensor]:
    s = self.ints(shape)
    n = 7 * self.layers + 1
    hidden = torch.size(self.base[2], 1)
    wholes = [s[n + 1] * torch.numel(self.base[0]), s[n + 2] * torch.numel(self.base[2]), s[n + 3] * hidden]
    sizes = [wholes[0], torch.numel(values) - wholes[0] - wholes[1] - wholes[2], wholes[1], wholes[2]]
    parts = torch.split_with_sizes(torch.to(values, self.place(0)), sizes)
    cast = parts[1]
    if s[n] == 0:  # magnitudes stay in float32
      cast = torch.to(cast, self.dtype)
    embedding = torch.view(torch.to(parts[0], self.dtype), [-1, hidden])
    head = torch.view(torch.to(parts[2], self.last(), self.dtype), [-1, hidden])
    score = torch.view(torch.to(parts[3], self.last()), [-1, hidden])
    out = [parts[1], cast, embedding, head, score]
    if s[n] == 1:
      factors = self.factors(parts[1], s)
      for m in range(n):
        out.append(self.norms(m, factors[3 * m], factors[3 * m + 1], float(torch.item(torch.select(scaling, 0, m)))))
    return out

  # Norm of every row of W + scaling B A of module m, [out] float32, a few rows at a time; empty where the rank is 0. DoRA holds it
  # constant within a step, so one call serves an adapter version.
  def norms(self: __torch__.Decoder, m: int, a: Tensor, b: Tensor, scaling: float) -> Tensor:
    w = self.matrix(m)
    norms = annotate(List[Tensor], [torch.empty([0], dtype=6, layout=None, device=w.device)])
    if torch.size(a, 0) > 0:
      rows = max(1, 8388608 // torch.size(w, 1))
      for i in range((torch.size(w, 0) + rows - 1) // rows):
        own = torch.to(torch.slice(w, 0, i * rows, (i + 1) * rows), 6)
        change = torch.to(torch.slice(b, 0, i * rows, (i + 1) * rows), 6)
        merged = torch.addmm(own, change, torch.to(a, 6), beta=1, alpha=scaling)
        norms.append(torch.linalg_vector_norm(merged, 2, [1]))
    return torch.cat(norms, 0)

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

  # A [rank, in], B [out, rank] and magnitude [out] of every module, on its layer's device: views of the flat adapter, or of the part of it
  # that a device needs. Empty where the rank is 0, magnitudes also without DoRA; these alone stay in float32.
  def factors(self: __torch__.Decoder, adapter: Tensor, shape: List[int]) -> List[Tensor]:
    n = 7 * self.layers + 1
    devices = [0]
    sizes = [annotate(List[int], [])]
    for m in range(n):
      i = min(m // 7, self.layers - 1)
      if m % 7 == 0 and i > 0 and self.places[i] != self.places[i - 1]:
        devices.append(i)
        sizes.append(annotate(List[int], []))
      w = self.matrix(m)
      sizes[-1].append(shape[m] * torch.size(w, 1))
      sizes[-1].append(shape[m] * torch.size(w, 0))
      sizes[-1].append(shape[n] * min(shape[m], 1) * torch.size(w, 0))
    parts = self.cut(torch.to(adapter, self.dtype), devices, sizes)
    if shape[n] == 1 and self.dtype != 6:
      exact = self.cut(adapter, devices, sizes)
      for m in range(n):
        parts[3 * m + 2] = exact[3 * m + 2]
    for m in range(n):
      w = self.matrix(m)
      parts[3 * m] = torch.view(parts[3 * m], [shape[m], torch.size(w, 1)])
      parts[3 * m + 1] = torch.view(parts[3 * m + 1], [torch.size(w, 0), shape[m]])
    return parts

  # Pieces of a flat vector; sizes[d] of them go to the device of layer devices[d].
  def cut(self: __torch__.Decoder, flat: Tensor, devices: List[int], sizes: List[List[int]]) -> List[Tensor]:
    if len(devices) == 1:
      parts = torch.split_with_sizes(flat, sizes[0])
    else:
      totals = annotate(List[int], [])
      for own in sizes:
        total = 0
        for size in own:
          total = total + size
        totals.append(total)
      pieces = torch.split_with_sizes(flat, totals)
      parts = annotate(List[Tensor], [])
      for d in range(len(devices)):
        parts = torch.add(parts, torch.split_with_sizes(torch.to(pieces[d], self.place(devices[d])), sizes[d]))
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

  # x [tokens, in] through module m with its adapter: y [tokens, out].
  def project(self: __torch__.Decoder, x: Tensor, m: int, factors: List[Tensor], lora: List[Tensor]) -> Tensor:
    a = factors[3 * m]
    if torch.size(a, 0) == 0:
      y = torch.linear(x, self.matrix(m), self.biases[m])
    else:
      scaling = float(torch.item(torch.select(lora[2], 0, m)))
      rate = float(torch.item(torch.select(lora[2], 0, 7 * self.layers + 1)))
      d = self.drop(x, rate, torch.select(lora[3], 0, m))
      own = [a, factors[3 * m + 1], factors[3 * m + 2]]
      if torch.numel(own[2]) > 0:
        own.append(lora[7 + m])
      y = self.adapted(x, d, rate > 0., self.matrix(m), self.biases[m], own, scaling)
    return y

  # A linear layer with its adapter as PEFT has them: d is x after dropout, `own` is A, B and, with DoRA, magnitude and norms.
  # LoRA: y = W x + b + scaling B A d. DoRA: y = gain (W x + scaling B A x) + b with gain = magnitude / norms; what dropout takes from x
  # is missing wherever the gain is more than 1: y = W x + b + (gain - 1) W d + gain scaling B A d.
  def adapted(self: __torch__.Decoder, x: Tensor, d: Tensor, dropped: bool, w: Tensor, bias: Optional[Tensor], own: List[Tensor], scaling: float) -> Tensor:
    z = torch.linear(d, own[0])  # [tokens, rank]
    b = torch.t(own[1])
    if torch.numel(own[2]) == 0:
      y = torch.addmm_(torch.linear(x, w, bias), z, b, beta=1, alpha=scaling)
    else:
      gain = torch.div(own[2], own[3])  # [out] float32
      if dropped:
        more = torch.add(torch.mul(torch.linear(d, w), torch.sub(gain, 1)), torch.mul(torch.matmul(z, b), torch.mul(gain, scaling)))
        y = torch.to(torch.add(torch.linear(x, w, bias), more), self.dtype)
      else:
        y = torch.to(torch.mul(torch.addmm_(torch.linear(x, w), z, b, beta=1, alpha=scaling), gain), self.dtype)
        if bias is not None:
          y = torch.add(y, unchecked_cast(Tensor, bias))
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
  def embed(self: __torch__.Decoder, tokens: Tensor, lora: List[Tensor]) -> Tensor:
    w = self.base[0]
    if torch.numel(lora[4]) > 0:
      w = lora[4]
    return torch.embedding(w, torch.to(tokens, self.place(0)))

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

  # -> hidden [tokens, hidden] after the final norm, and the leaves that its graph ends in: the flat factors, and what a trained embedding
  # gave [tokens, hidden].
  def trunk(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor]) -> List[Tensor]:
    leaf = torch.requires_grad_(torch.detach(lora[0]), True)
    factors = self.factors(leaf, self.ints(lora[1]))
    groups = self.groups(batch)
    angles = self.angles(batch[1])
    h = self.embed(batch[0], lora)
    leaves = [leaf]
    if torch.numel(lora[4]) > 0:
      leaves.append(torch.requires_grad_(h, True))
    for i in range(self.layers):
      angles = self.bring_all(angles, i)
      h = self.layer(self.bring(h, i), i, angles, groups, factors, lora)
    return torch.add([self.final_norm(h)], leaves)

  # The same without a graph: -> hidden, then the input of every layer and of the final norm, each [tokens, hidden].
  def trunk_checkpointed(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor]) -> List[Tensor]:
    factors = self.factors(lora[0], self.ints(lora[1]))
    groups = self.groups(batch)
    angles = self.angles(batch[1])
    h = self.embed(batch[0], lora)
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
    h = self.embed(batch[0], lora)
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
  def logits(self: __torch__.Decoder, h: Tensor, x: Tensor, head: List[Tensor], scaling: float, dropped: bool=False) -> Tensor:
    if torch.size(head[1], 0) == 0:
      y = torch.linear(h, head[0])
    else:
      y = self.adapted(h, x, dropped, head[0], None, torch.slice(head, 1), scaling)
    return y

  # The head's matrix, trained or not, and its A, B, magnitude and norms, which are the end of the flat factors.
  def head_factors(self: __torch__.Decoder, lora: List[Tensor]) -> List[Tensor]:
    w = self.base[2]
    if torch.numel(lora[5]) > 0:
      w = lora[5]
    rank = int(torch.item(torch.select(lora[1], 0, 7 * self.layers)))
    dora = int(torch.item(torch.select(lora[1], 0, 7 * self.layers + 1)))
    a = rank * torch.size(w, 1)
    b = rank * torch.size(w, 0)
    g = dora * min(rank, 1) * torch.size(w, 0)
    flat = torch.to(torch.narrow(torch.detach(lora[0]), 0, torch.size(lora[0], 0) - a - b - g, a + b + g), self.last())
    cast = torch.to(flat, self.dtype)
    out = [w, torch.view(torch.narrow(cast, 0, 0, a), [rank, torch.size(w, 1)]), torch.view(torch.narrow(cast, 0, a, b), [torch.size(w, 0), rank])]
    out.append(torch.narrow(flat, 0, a + b, g))
    if g > 0:
      out.append(lora[7 + 7 * self.layers])
    return out

  # The rows of `hidden` that predict something: x [n, hidden], and the same after the head's dropout.
  def head_inputs(self: __torch__.Decoder, hidden: Tensor, rows: Tensor, lora: List[Tensor]) -> List[Tensor]:
    x = torch.index_select(torch.detach(hidden), 0, torch.to(rows, self.last()))
    rate = float(torch.item(torch.select(lora[2], 0, 7 * self.layers + 1)))
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
    own = self.head_factors(lora)
    scaling = float(torch.item(torch.select(lora[2], 0, 7 * self.layers)))
    dropped = float(torch.item(torch.select(lora[2], 0, 7 * self.layers + 1))) > 0.
    inputs = self.head_inputs(hidden, rows, lora)
    targets = torch.to(targets, self.last())
    # A trained head computes its softmax again in backward, for its own gradient, and gets `others` there.
    keep = int(torch.item(train)) == 1 and torch.size(own[1], 0) == 0 and torch.numel(lora[5]) == 0
    logprobs = annotate(List[Tensor], [])
    others = annotate(List[Tensor], [])
    c = self.chunk()
    n = torch.size(rows, 0)
    for i in range((n + c - 1) // c):
      y = torch.slice(targets, 0, i * c, (i + 1) * c)  # [chunk, K]
      x = torch.slice(inputs[0], 0, i * c, (i + 1) * c)  # [chunk, hidden]
      z = self.logits(x, torch.slice(inputs[1], 0, i * c, (i + 1) * c), own, scaling, dropped)  # [chunk, vocabulary]
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

  # The same for a trained head, whose own gradient is added to its place in sum.
  def trained_head_backward(self: __torch__.Decoder, lora: List[Tensor], hidden: Tensor, rows: Tensor, targets: Tensor, c: Tensor, sum: Tensor) -> Tensor:
    own = self.head_factors(lora)
    scaling = float(torch.item(torch.select(lora[2], 0, 7 * self.layers)))
    rate = float(torch.item(torch.select(lora[2], 0, 7 * self.layers + 1)))
    inputs = self.head_inputs(hidden, rows, lora)
    targets = torch.to(targets, self.last())
    c = torch.to(c, self.last())
    whole = torch.numel(lora[5])
    size = whole
    if whole == 0:
      size = torch.numel(own[1]) + torch.numel(own[2]) + torch.numel(own[3])
    place = torch.narrow(sum, 0, torch.numel(sum) - torch.numel(lora[6]) - size, size)
    gradient = torch.to(place, self.last())  # on one device the place itself
    through = annotate(List[Tensor], [])
    dropped = annotate(List[Tensor], [])
    s = self.chunk()
    n = torch.size(rows, 0)
    for i in range((n + s - 1) // s):
      y = torch.slice(targets, 0, i * s, (i + 1) * s)
      k = torch.slice(c, 0, i * s, (i + 1) * s)
      x = torch.slice(inputs[0], 0, i * s, (i + 1) * s)
      leaves = annotate(List[Tensor], [])
      if whole > 0:
        z = self.logits(x, x, own, scaling)
      else:
        xd = torch.slice(inputs[1], 0, i * s, (i + 1) * s)
        for leaf in [x, xd, own[1], own[2], own[3]]:
          leaves.append(torch.requires_grad_(torch.detach(leaf), True))
        head = torch.add([own[0]], torch.slice(leaves, 2))
        if len(own) > 4:
          head.append(own[4])
        z = self.logits(leaves[0], leaves[1], head, scaling, rate > 0.)
      g = torch.softmax(torch.detach(z), -1, 6)
      g = torch.scatter_add_(torch.mul_(g, torch.neg(torch.sum(k, [1], True))), 1, y, k)  # dL/dlogits [chunk, vocabulary]
      g = torch.to(g, self.dtype)
      if whole > 0:
        torch.add_(torch.view(gradient, torch.size(own[0])), torch.matmul(torch.t(g), x))
        through.append(torch.matmul(g, own[0]))
      else:
        if torch.numel(leaves[4]) == 0:
          leaves = torch.slice(leaves, 0, 4)
        go = annotate(List[Optional[Tensor]], [g])
        gs = torch.grad([z], leaves, go)
        through.append(unchecked_cast(Tensor, gs[0]))
        dropped.append(unchecked_cast(Tensor, gs[1]))
        at = 0
        for f in range(2, len(gs)):
          part = torch.reshape(unchecked_cast(Tensor, gs[f]), [-1])
          torch.add_(torch.narrow(gradient, 0, at, torch.numel(part)), part)
          at = at + torch.numel(part)
    torch.copy_(place, gradient)
    back = torch.to(torch.cat(through, 0), 6)
    if whole == 0:
      back = torch.add(back, self.drop(torch.cat(dropped, 0), rate, torch.select(lora[3], 0, 7 * self.layers)))
    return back

  # Scores [n, 1] float32 of the given rows of hidden.
  def scores(self: __torch__.Decoder, lora: List[Tensor], hidden: Tensor, rows: Tensor) -> Tensor:
    x = torch.index_select(torch.detach(hidden), 0, torch.to(rows, self.last()))
    return torch.linear(torch.to(x, 6), lora[6])

  # ------------------------------------------------------------------ backward

  # Adds the adapter's gradient to sum [size] float32. `saved` is what the trunk returned, `head` what the head did.
  def backward(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor], saved: List[Tensor], rows: Tensor, targets: Tensor, c: Tensor, head: List[Tensor], sum: Tensor) -> Tensor:
    if len(head) > 1:
      g = self.head_backward(targets, c, head[0], head[1])
    else:
      g = self.trained_head_backward(lora, saved[0], rows, targets, c, sum)
    return self.trunk_backward(lora, batch, saved, rows, g, sum)

  # The same from c = dL/dscore [n, 1].
  def scores_backward(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor], saved: List[Tensor], rows: Tensor, c: Tensor, sum: Tensor) -> Tensor:
    c = torch.to(c, self.last())
    hidden = saved[0]
    x = torch.index_select(torch.detach(hidden), 0, torch.to(rows, self.last()))
    own = torch.view(torch.matmul(torch.t(c), torch.to(x, 6)), [-1])
    size = torch.numel(own)
    torch.add_(torch.narrow(sum, 0, torch.numel(sum) - size, size), torch.to(own, self.place(0)))
    return self.trunk_backward(lora, batch, saved, rows, torch.matmul(c, lora[6]), sum)

  # The same from g = dL/dhidden [n, hidden] of the given rows.
  def trunk_backward(self: __torch__.Decoder, lora: List[Tensor], batch: List[Tensor], saved: List[Tensor], rows: Tensor, g: Tensor, sum: Tensor) -> Tensor:
    hidden = saved[0]
    up = torch.index_copy(torch.zeros_like(hidden), 0, torch.to(rows, self.last()), torch.to(g, self.dtype))  # [tokens, hidden]
    if torch.dim(saved[1]) == 1:
      if hidden.requires_grad:
        go = annotate(List[Optional[Tensor]], [up])
        gs = torch.grad([hidden], torch.slice(saved, 1), go, None, False, True)
        if gs[0] is not None:  # the trunk may have no adapter but an embedding
          torch.add_(torch.narrow(sum, 0, torch.numel(lora[4]), torch.numel(lora[0])), unchecked_cast(Tensor, gs[0]))
        if len(gs) > 1:
          self.embed_backward(lora, batch[0], unchecked_cast(Tensor, gs[1]), sum)
    else:
      self.backward_checkpointed(lora, batch, saved, up, sum)
    return sum

  # The gradient of a trained embedding, from that of its rows [tokens, hidden].
  def embed_backward(self: __torch__.Decoder, lora: List[Tensor], tokens: Tensor, up: Tensor, sum: Tensor) -> None:
    place = torch.view(torch.narrow(sum, 0, 0, torch.numel(lora[4])), torch.size(lora[4]))
    at = annotate(List[Optional[Tensor]], [torch.to(tokens, self.place(0))])
    torch.index_put_(place, at, torch.to(up, 6), True)  # in the order of the tokens, on GPUs too

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
    end = torch.numel(lora[4]) + torch.numel(lora[0])
    for f in torch.slice(factors, 3 * 7 * self.layers):
      end = end - torch.numel(f)
    for j in range(self.layers):
      i = self.layers - 1 - j
      x = torch.requires_grad_(torch.detach(saved[i + 1]), True)
      inputs = [x]
      own = torch.list(factors)
      for f in range(21 * i, 21 * i + 21):
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
    if torch.numel(lora[4]) > 0:
      self.embed_backward(lora, batch[0], up, sum)

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
    h = self.embed(batch[0], lora)
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
    h = self.embed(tokens, lora)
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
    scaling = float(torch.item(torch.select(lora[2], 0, 7 * self.layers)))
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
    scaling = float(torch.item(torch.select(lora[2], 0, 7 * self.layers)))
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
