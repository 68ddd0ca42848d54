/**
 * The step of work.ts in tfjs, for a page that has the global `tf`: a decoder of nano's sizes
 * with frozen random weights, LoRA on all linear maps, the policy gradient's loss, AdamW's
 * cost left out (plain Adam of tfjs). Written for this comparison; it checks nothing.
 */
/* global tf */
globalThis.openTfjs = async (config, { rows, tokens, rank, alpha }, wasmFolder) => {
  tf.wasm.setWasmPaths(wasmFolder);
  // Of its own it takes half of them.
  tf.wasm.setThreadsCount(navigator.hardwareConcurrency);
  await tf.setBackend('wasm');
  await tf.ready();
  const { hidden_size: width, intermediate_size: inner, num_hidden_layers: layers } = config;
  const { num_attention_heads: heads, num_key_value_heads: pairs, vocab_size: vocabulary } = config;
  const size = config.head_dim ?? width / heads;
  const frozen = (shape) => tf.randomNormal(shape, 0, 0.02);
  const trained = [];
  const linear = (from, to) => {
    const [weight, a, b] = [
      frozen([from, to]),
      tf.variable(frozen([from, rank])),
      tf.variable(tf.zeros([rank, to])),
    ];
    trained.push(a, b);
    return (x) =>
      x.matMul(weight).add(
        x
          .matMul(a)
          .matMul(b)
          .mul(alpha / rank),
      );
  };
  const norm = (x) => x.mul(x.square().mean(-1, true).add(1e-5).rsqrt());
  const positions = tf.range(0, tokens).expandDims(1);
  const angles = positions.mul(
    tf.pow(config.rope_theta ?? 10000, tf.range(0, size / 2).mul(-2 / size)).expandDims(0),
  );
  const [cos, sin] = [tf.concat([angles, angles], 1).cos(), tf.concat([angles, angles], 1).sin()];
  const turn = (x) => {
    const [left, right] = tf.split(x, 2, -1);
    return x.mul(cos).add(tf.concat([right.neg(), left], -1).mul(sin));
  };
  const byHead = (x, count) => x.reshape([rows, tokens, count, size]).transpose([0, 2, 1, 3]);
  // Keys and values of a group of heads are repeated, as there is no product that broadcasts here.
  // By joining: the gradient of a repetition is not there for so many axes.
  const repeated = (x) => {
    const one = x.reshape([rows * pairs, 1, tokens, size]);
    return tf.concat(Array(heads / pairs).fill(one), 1).reshape([rows, heads, tokens, size]);
  };
  const mask = tf.linalg
    .bandPart(tf.ones([tokens, tokens]), -1, 0)
    .sub(1)
    .mul(1e9);
  const decoder = Array.from({ length: layers }, () => ({
    q: linear(width, heads * size),
    k: linear(width, pairs * size),
    v: linear(width, pairs * size),
    o: linear(heads * size, width),
    gate: linear(width, inner),
    up: linear(width, inner),
    down: linear(inner, width),
  }));
  const embedding = frozen([vocabulary, width]);
  const head = embedding.transpose();
  const ids = tf.tensor1d(
    Array.from({ length: rows * tokens }, (_, i) => 1 + ((i * 31) % (vocabulary - 1))),
    'int32',
  );
  const start = tf.gather(embedding, ids);
  const targets = tf.oneHot(ids, vocabulary).toFloat();
  const advantages = tf.tensor1d(
    Array.from({ length: rows * tokens }, (_, i) => (Math.floor(i / tokens) % 2 === 0 ? 1 : -1)),
  );
  const loss = () => {
    let x = start;
    for (const layer of decoder) {
      const h = norm(x);
      const [q, k, v] = [
        turn(byHead(layer.q(h), heads)),
        turn(byHead(layer.k(h), pairs)),
        byHead(layer.v(h), pairs),
      ];
      const scores = tf
        .matMul(q, repeated(k), false, true)
        .mul(1 / Math.sqrt(size))
        .add(mask);
      const mixed = tf.matMul(tf.softmax(scores), repeated(v)).transpose([0, 2, 1, 3]);
      x = x.add(layer.o(mixed.reshape([rows * tokens, heads * size])));
      const m = norm(x);
      const gate = layer.gate(m);
      x = x.add(layer.down(gate.mul(gate.sigmoid()).mul(layer.up(m))));
    }
    const logits = norm(x).matMul(head);
    const logProb = logits.mul(targets).sum(-1).sub(logits.logSumExp(-1));
    return logProb.mul(advantages).mean().neg();
  };
  const optimizer = tf.train.adam(1e-4);
  return {
    label: `tfjs ${tf.version.tfjs}, wasm, ${tf.wasm.getThreadsCount?.() ?? 1} threads`,
    async step() {
      const begun = performance.now();
      const value = optimizer.minimize(loss, true, trained);
      await value.data();
      value.dispose();
      return (performance.now() - begun) / 1000;
    },
  };
};
