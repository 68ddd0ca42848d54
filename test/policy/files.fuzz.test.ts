/**
 * A model's and an adapter's files, damaged and forged: each is read or refused with the module's own
 * error and advice, and nothing large is allocated on a file's word. Seeds and runs: see test/fuzz.ts.
 */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { adapterMatrices } from '../../src/policy/model/adapter.ts';
import { parseArchitecture, type Architecture } from '../../src/policy/model/architecture.ts';
import { CheckpointError, PolicyError } from '../../src/policy/errors.ts';
import { adapterRank, exportAdapter } from '../../src/policy/lora/peft.ts';
import { importAdapter } from './adapter-file.ts';
import { parseSafetensors, toFloat32, writeSafetensors } from '../../src/policy/files/safetensors.ts';
import { loadPolicy } from '../../src/policy/lora/load.ts';
import { loadTokenizer, TokenizerError } from '../../src/policy/tokenizer/tokenizer.ts';
import type { PolicySnapshot } from '../../src/policy/types.ts';
import { openSafetensors } from '../../src/policy/files/checkpoint.ts';
import { bytesSource } from '../../src/policy/files/range-source.ts';
import type { Weights } from '../../src/policy/model/weights.ts';
import { readWeights } from '../../src/policy/files/read-weights.ts';
import type { Runtime } from '../../src/tensor/runtime/runtime.ts';
import {
  answered,
  answeredLater,
  anyBytes,
  buffersTaken,
  damaged,
  damagedText,
  deepList,
  disordered,
  disorderedText,
  fuzz,
} from '../fuzz.ts';
import { TINY } from './tiny-model.ts';

/** A file with this header and as many bytes of data. */
function file(header: unknown, dataBytes: number, claim?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claim ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const entry = (dtype: string, shape: readonly number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const small = writeSafetensors(
  [
    { name: 'a.weight', dtype: 'F32', dims: [2, 3], bytes: new Uint8Array(24) },
    { name: 'b', dtype: 'BF16', dims: [4], bytes: new Uint8Array(8) },
    { name: 'c', dtype: 'I64', dims: [], bytes: new Uint8Array(8) },
  ],
  { format: 'pt', alpha: '8' },
);
const header = JSON.parse(
  new TextDecoder().decode(small.subarray(8, 8 + Number(new DataView(small.buffer).getBigUint64(0, true)))),
) as object;

describe('safetensors', () => {
  const checkFile = (bytes: Uint8Array): void => {
    const answer = answered(() => parseSafetensors(bytes, 'x.safetensors'), CheckpointError);
    if ('error' in answer) return;
    let held = 0;
    for (const [name, tensor] of answer.value.tensors) {
      expect(tensor.bytes.buffer).toBe(bytes.buffer);
      held += tensor.bytes.byteLength;
      answered(() => toFloat32(tensor, name), CheckpointError);
    }
    // No byte belongs to two tensors, so copies of all of them stay within a small factor of the file.
    expect(held).toBeLessThanOrEqual(bytes.byteLength);
  };

  it('answers random bytes', () => {
    fc.assert(fc.property(anyBytes, checkFile), fuzz(10_000));
  });

  it('answers damaged files', () => {
    fc.assert(fc.property(damaged(small), checkFile), fuzz(10_000));
  });

  it('answers files with a header in disorder', () => {
    const headers = disorderedText(header).map((text) => file(text, 40));
    fc.assert(fc.property(headers, checkFile), fuzz(10_000));
  });

  it.each([
    ['a header of 2^53 bytes', file('{}', 0, 2n ** 53n)],
    ['a header of 2^64 - 1 bytes', file('{}', 0, 2n ** 64n - 1n)],
    ['a header one byte longer than the file', file('{}', 0, 3n)],
    ['a tensor of 2^53 - 1 bytes', file({ a: entry('U8', [2 ** 53 - 1], 0, 2 ** 53 - 1) }, 8)],
    ['a tensor of 2^52 x 0 x 2^52', file({ a: entry('U8', [2 ** 52, 2 ** 52, 0], 8, 8) }, 8)],
    ['a product that is no number', file({ a: entry('U8', new Array<number>(40).fill(2 ** 52).concat(0), 0, 0) }, 0)],
    [
      'the same gigabytes a thousand times over',
      file(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`t${i}`, entry('F32', [1000], 0, 4000)])), 4000),
    ],
    ['two tensors that overlap', file({ a: entry('F32', [2], 0, 8), b: entry('F32', [2], 4, 12) }, 12)],
    ['a hole between tensors', file({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 8, 12) }, 12)],
    ['bytes after the last tensor', file({ a: entry('F32', [1], 0, 4) }, 12)],
    ['one name twice', file('{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}', 8)],
    ['nesting deeper than a stack', file(`{"a":${deepList}}`, 0)],
    ['a name of a million characters', file({ ['x\n'.repeat(500_000)]: 1 }, 0)],
  ])('refuses %s and takes no memory for it', (_what, bytes) => {
    let answer;
    const taken = buffersTaken(() => (answer = answered(() => parseSafetensors(bytes), CheckpointError)));
    expect(answer).toHaveProperty('error');
    expect(taken).toBeLessThan(1 << 20);
  }); // prettier-ignore
});

const folder = (name: string): URL => new URL(`./vectors/llama/${name}`, import.meta.url);
const checkpoint = new Uint8Array(readFileSync(folder('model.safetensors')));
const configText = readFileSync(folder('config.json'), 'utf8');
const config = JSON.parse(configText) as unknown;

const readFp32 = async (data: unknown, bytes: Uint8Array): Promise<Weights> => {
  const checkpoint = await openSafetensors([bytesSource(bytes, 'model.safetensors')]);
  return readWeights(checkpoint, parseArchitecture(data), 'fp32');
};

describe('a checkpoint', () => {
  it('answers damaged weights with weights or a typed error', async () => {
    const damages = damaged(checkpoint);
    await fc.assert(
      fc.asyncProperty(damages, async (bytes) => {
        await answeredLater(() => readFp32(config, bytes), PolicyError);
      }),
      fuzz(1000),
    );
  });

  it('answers a config.json in disorder', async () => {
    await fc.assert(
      fc.asyncProperty(disordered(config), async (data) => {
        const answer = answered(() => parseArchitecture(data), PolicyError);
        if ('value' in answer) await answeredLater(() => readFp32(data, checkpoint), PolicyError);
      }),
      fuzz(10_000),
    );
  });

  it('takes no memory for what only config.json claims', async () => {
    const claims = { ...(config as object), vocab_size: 1 << 24, hidden_size: 1 << 16, head_dim: 16 };
    const before = process.memoryUsage().arrayBuffers;
    const answer = await answeredLater(() => readFp32(claims, checkpoint), PolicyError);
    expect(answer).toHaveProperty('error');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });
});

describe('an adapter file', () => {
  const architecture: Architecture = {
    ...TINY,
    hiddenSize: 4,
    heads: 2,
    keyValueHeads: 1,
    headDim: 2,
    intermediateSize: 4,
    layers: 1,
  };
  const tensors = Object.fromEntries(
    adapterMatrices(architecture, { rank: 1 }).map(({ name, dims }) => [
      name,
      { dims, data: new Float32Array(dims[0] * dims[1]).fill(0.5) },
    ]),
  );
  const snapshot: PolicySnapshot = { step: 3, tensors };
  const made = { name: 'tiny', parameters: 1 };
  const honest = exportAdapter(snapshot, architecture, { rank: 1, alpha: 2 }, made)[
    'adapter_model.safetensors'
  ];
  const read = (bytes: Uint8Array): PolicySnapshot =>
    importAdapter(
      bytes,
      architecture,
      { rank: adapterRank(bytes, 'a.safetensors'), alpha: 2 },
      'a.safetensors',
    );

  it('comes back as it went', () => {
    const back = read(honest);
    for (const [name, { data }] of Object.entries(tensors)) expect(back.tensors[name]?.data).toEqual(data);
  });

  it('answers random bytes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        answered(() => read(bytes), PolicyError);
      }),
      fuzz(10_000),
    );
  });

  it('answers damaged files', () => {
    fc.assert(
      fc.property(damaged(honest), (bytes) => {
        const answer = answered(() => read(bytes), PolicyError);
        if ('error' in answer) return;
        for (const { dims, data } of Object.values(answer.value.tensors))
          expect(data.length).toBe(dims.reduce((a, b) => a * b, 1));
      }),
      fuzz(10_000),
    );
  });

  it.each([
    ['rank 0', [0, 4]],
    ['a rank larger than the layers', [1 << 20, 0]],
  ])('refuses %s', (_what, dims) => {
    const name = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
    const bytes = writeSafetensors([{ name, dtype: 'F32', dims, bytes: new Uint8Array(0) }], { alpha: '2' });
    expect(answered(() => adapterRank(bytes, 'a.safetensors'), PolicyError)).toHaveProperty('error');
  });

  it('refuses weights that are not finite numbers', () => {
    const broken = { ...snapshot, tensors: { ...tensors } };
    const [first] = Object.keys(tensors) as [string];
    broken.tensors[first] = { ...tensors[first]!, data: tensors[first]!.data.map(() => NaN) };
    const bytes = exportAdapter(broken, architecture, { rank: 1, alpha: 2 }, made)[
      'adapter_model.safetensors'
    ];
    expect(answered(() => read(bytes), CheckpointError)).toHaveProperty('error');
  });
});

describe('a tokenizer', () => {
  // The library says on the console what it skips.
  beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));
  afterEach(() => void vi.restoreAllMocks());

  const base = {
    version: '1.0',
    added_tokens: [
      { id: 0, content: '<eos>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    ],
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { String: '\t' }, content: ' ' }] },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: '[a-z]+| ?[0-9]|[\\s\\S]' }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: { '<eos>': 0, a: 1, b: 2, c: 3, Ġ: 4, '1': 5, ab: 6, abc: 7 },
      merges: ['a b', 'ab c'],
    },
  }; // prettier-ignore
  const wordPiece = { ...base, pre_tokenizer: { type: 'Whitespace' }, decoder: { type: 'WordPiece', prefix: '##', cleanup: true }, normalizer: { type: 'Lowercase' }, model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: { '[UNK]': 0, a: 1, '##b': 2, '<eos>': 3 } } }; // prettier-ignore
  const unigram = { ...base, pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }, decoder: { type: 'Metaspace', replacement: '▁' }, normalizer: null, model: { type: 'Unigram', unk_id: 0, byte_fallback: false, vocab: [['<unk>', 0], ['a', -1], ['▁', -2], ['<eos>', -9]] } }; // prettier-ignore
  const settings = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: '<eos>',
    split_special_tokens: true,
  };

  const use = (json: unknown, of: unknown): void => {
    const answer = answered(() => loadTokenizer(json, of), TokenizerError);
    if ('error' in answer) return;
    const { eosId, vocabSize, encode, decode } = answer.value;
    expect(Number.isSafeInteger(vocabSize)).toBe(true);
    expect(eosId >= 0 && eosId < vocabSize).toBe(true);
    const ids = answered(() => encode('abc 1 <eos>\t'), TokenizerError);
    if ('error' in ids) return;
    expect(ids.value.every((id) => Number.isSafeInteger(id) && id >= 0 && id < vocabSize)).toBe(true);
    const text = answered(() => decode([...ids.value, eosId, vocabSize, 2 ** 40]), TokenizerError);
    if ('value' in text) expect(typeof text.value).toBe('string');
  };

  it('of three kinds works undamaged', () => {
    for (const json of [base, wordPiece, unigram]) {
      const { encode, decode } = loadTokenizer(json, settings);
      expect(decode(encode('a')).trim()).toBe('a');
    }
  });

  it('answers files in disorder', () => {
    fc.assert(
      fc.property(disordered(base, wordPiece, unigram), (json) => use(json, settings)),
      fuzz(10_000),
    );
    fc.assert(
      fc.property(disordered(settings), (of) => use(base, of)),
      fuzz(2000),
    );
  });

  it('answers damaged text that is still JSON', () => {
    const texts = [base, wordPiece, unigram].map((json) => JSON.stringify(json));
    fc.assert(
      fc.property(damagedText(...texts), (text) => {
        let json: unknown;
        try {
          json = JSON.parse(text);
        } catch {
          return; // load.ts answers this one
        }
        use(json, settings);
      }),
      fuzz(10_000),
    );
  });

  it('takes a vocabulary of two hundred thousand, and refuses ids that are none', () => {
    const many = Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`t${i}`, i + 8]));
    const large = { ...base, model: { ...base.model, vocab: { ...base.model.vocab, ...many } } };
    expect(loadTokenizer(large, settings).vocabSize).toBe(200_008);
    for (const id of ['1', -1, 1.5, null, 2 ** 53, NaN]) {
      const vocab = { ...base.model.vocab, x: id };
      expect(
        answered(() => loadTokenizer({ ...base, model: { ...base.model, vocab } }, settings), TokenizerError),
        String(id),
      ).toHaveProperty('error');
    }
  });
});

describe('a model folder', () => {
  const name = (file: string): URL => new URL(`../../public/models/nano/${file}`, import.meta.url);
  const nano = Object.fromEntries(
    ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'].map((file) => [
      file,
      new Uint8Array(readFileSync(name(file))),
    ]),
  );
  /** Takes tensors and computes nothing. */
  const runtime = {
    device: { kind: 'wasm', label: 'none' },
    upload: () => ({ dispose: () => undefined }),
    compile: () => Promise.reject(new Error('nothing is run here')),
  } as unknown as Runtime;
  const load = (files: Readonly<Record<string, Uint8Array>>) =>
    answeredLater(
      () =>
        loadPolicy({
          name: 'x',
          read: (file) => Promise.resolve(files[file]!),
          device: runtime,
          rank: 1,
          alpha: 1,
          seed: 1,
        }),
      PolicyError,
      TokenizerError,
    );

  it('is read as it is', async () => {
    expect(await load(nano)).toHaveProperty('value');
  });

  it.each(['config.json', 'tokenizer_config.json', 'tokenizer.json', 'model.safetensors'])(
    'answers any bytes as %s',
    async (file) => {
      await fc.assert(
        fc.asyncProperty(anyBytes, async (bytes) => void (await load({ ...nano, [file]: bytes }))),
        fuzz(file === 'tokenizer_config.json' ? 50 : 500),
      );
    },
  );

  it.each(['config.json', 'tokenizer_config.json'])('answers a damaged %s', async (file) => {
    await fc.assert(
      fc.asyncProperty(damaged(nano[file]!), async (bytes) => void (await load({ ...nano, [file]: bytes }))),
      fuzz(100),
    );
  });

  it('refuses a tokenizer with more tokens than the model', async () => {
    const json = JSON.parse(new TextDecoder().decode(nano['tokenizer.json'])) as {
      added_tokens: { id: number }[];
    };
    const last = { ...json.added_tokens[0], id: 70_000, content: '<more>' };
    const text = JSON.stringify({ ...json, added_tokens: [...json.added_tokens, last] });
    expect(await load({ ...nano, 'tokenizer.json': new TextEncoder().encode(text) })).toHaveProperty('error');
  });
});
