/**
 * A Python value as something to draw: lists as cells, dicts as pairs, strings as characters, and a number in
 * place of what is drawn elsewhere already. Cells that differ from another value, an earlier or a true one,
 * are marked. Data in, data out; src/ui/kit/ValueView.svelte draws it.
 */
import { equalValues } from '../../sandbox/equal.ts';
import { parseLiteral, toLiteral } from '../../sandbox/literal.ts';
import { keyOf, type Value } from '../../sandbox/value.ts';

interface DrawnCommon {
  /** It is not what it was held against. */
  readonly differs: boolean;
}

export type Drawn =
  | (DrawnCommon & { readonly kind: 'atom'; readonly text: string })
  | (DrawnCommon & {
      readonly kind: 'text';
      readonly cells: readonly { readonly char: string; readonly differs: boolean }[];
      /** Characters that are not drawn. */
      readonly rest: number;
      /** Characters that the other value had and this one has not. */
      readonly gone: number;
    })
  | (DrawnCommon & {
      readonly kind: 'cells';
      readonly shape: 'list' | 'tuple' | 'set' | 'frozenset';
      readonly cells: readonly Drawn[];
      readonly rest: number;
      readonly gone: number;
      /** Number under which others point at it; null: nobody does. */
      readonly label: number | null;
    })
  | (DrawnCommon & {
      readonly kind: 'pairs';
      /** `dict`, or the standard class that it is. */
      readonly shape: string;
      readonly pairs: readonly { readonly key: Drawn; readonly value: Drawn; readonly isNew: boolean }[];
      readonly rest: number;
      readonly gone: number;
      readonly label: number | null;
    })
  /** The same object as the one that has this number. */
  | (DrawnCommon & { readonly kind: 'pointer'; readonly label: number });

/** More cells than this are counted, not drawn. */
const MOST = 40;

export type ContainerValue = Extract<
  Value,
  { readonly type: 'list' | 'tuple' | 'set' | 'frozenset' | 'dict' }
>;
export const isContainer = (value: Value): value is ContainerValue =>
  ['list', 'tuple', 'set', 'frozenset', 'dict'].includes(value.type);
/** That two names hold one tuple can change nothing. */
const isMutable = (value: Value): boolean => ['list', 'set', 'dict'].includes(value.type);

const childrenOf = (value: ContainerValue): readonly Value[] =>
  value.type === 'dict' ? value.entries.flatMap(([key, item]) => [key, item]) : value.items;

/**
 * Numbers for the objects that are held in more than one place, in the order in which they are first met.
 * Without identities there are none.
 * @param values what is drawn together, in its order
 */
export function sharedObjects(values: readonly Value[]): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  const walk = (value: Value): void => {
    if (value.type === 'ref') times.set(value.id, (times.get(value.id) ?? 0) + 1);
    if (!isContainer(value)) return;
    const { id } = value;
    if (id !== undefined && isMutable(value)) {
      const seen = times.get(id) ?? 0;
      times.set(id, seen + 1);
      // What is in it is drawn once, with it.
      if (seen > 0) return;
    }
    for (const child of childrenOf(value)) walk(child);
  };
  for (const value of values) walk(value);
  const shared = [...times].filter(([, count]) => count > 1).map(([id]) => id);
  return new Map(shared.map((id, i) => [id, i + 1]));
}

export interface Drawing {
  /** Numbers by identity; see `sharedObjects`. */
  readonly shared?: ReadonlyMap<number, number>;
  /** Identities that have been drawn; those drawn now are added. */
  readonly drawn?: Set<number>;
}

/** @param other what it is held against; absent: nothing is marked */
export function drawValue(value: Value, other?: Value | null, { shared, drawn }: Drawing = {}): Drawn {
  const differs = other === null || (other !== undefined && !isSame(value, other));
  if (value.type === 'ref') {
    const label = shared?.get(value.id);
    return label === undefined ? { kind: 'atom', text: '...', differs } : { kind: 'pointer', label, differs };
  }
  if (value.type === 'str') return drawText(value, other, differs);
  if (!isContainer(value)) return { kind: 'atom', text: toLiteral(value), differs };
  const label = (value.id === undefined ? undefined : shared?.get(value.id)) ?? null;
  if (label !== null && value.id !== undefined) {
    if (drawn?.has(value.id)) return { kind: 'pointer', label, differs };
    drawn?.add(value.id);
  }
  const inside: Drawing = { ...(shared && { shared }), ...(drawn && { drawn }) };
  return value.type === 'dict'
    ? drawDict(value, other, differs, label, inside)
    : drawItems(value, other, differs, label, inside);
}

/** A Python literal; what cannot be read is drawn as the text that it is. */
export function drawLiteral(text: string, other?: string | null): Drawn {
  const value = parseLiteral(text);
  const against = other === undefined || other === null ? other : parseLiteral(other);
  if ('malformed' in value) return { kind: 'atom', text, differs: other !== undefined && other !== text };
  if (against === undefined || against === null) return drawValue(value, against);
  return 'malformed' in against ? { ...drawValue(value), differs: true } : drawValue(value, against);
}

type ItemsValue = Extract<Value, { readonly type: 'list' | 'tuple' | 'set' | 'frozenset' }>;

function drawItems(
  value: ItemsValue,
  other: Value | null | undefined,
  differs: boolean,
  label: number | null,
  inside: Drawing,
): Drawn {
  const shown = value.items.slice(0, MOST);
  const rest = value.items.length - shown.length + (value.rest ?? 0);
  const common = { kind: 'cells', shape: value.type, rest, label, differs } as const;
  if (other === undefined)
    return { ...common, gone: 0, cells: shown.map((item) => drawValue(item, undefined, inside)) };
  if (other === null || !isContainer(other) || other.type !== value.type)
    return { ...common, gone: 0, cells: shown.map((item) => drawValue(item, null, inside)) };
  // Members of a set have no places: each is there or not.
  const isSet = value.type === 'set' || value.type === 'frozenset';
  const before = other.items;
  const partner = isSet
    ? shown.map((item) => before.findIndex((old) => isSame(item, old)))
    : partners(value.items, before, isSame).slice(0, MOST);
  const cells = shown.map((item, i) => {
    const place = partner[i]!;
    return drawValue(item, place < 0 ? null : before[place]!, inside);
  });
  const kept = new Set(partner.filter((place) => place >= 0)).size;
  return { ...common, gone: rest > 0 ? 0 : before.length - kept, cells };
}

function drawDict(
  value: Extract<Value, { readonly type: 'dict' }>,
  other: Value | null | undefined,
  differs: boolean,
  label: number | null,
  inside: Drawing,
): Drawn {
  const shown = value.entries.slice(0, MOST);
  const isHeld = other !== undefined && other !== null && other.type === 'dict';
  const before = new Map(isHeld ? other.entries.map(([key, item]) => [keyOf(key), item]) : []);
  const pairs = shown.map(([key, item]) => {
    const old = before.get(keyOf(key));
    const isNew = other !== undefined && old === undefined;
    return {
      key: drawValue(key, undefined, inside),
      value: drawValue(item, other === undefined ? undefined : (old ?? null), inside),
      isNew,
    };
  });
  const rest = value.entries.length - shown.length + (value.rest ?? 0);
  const kept = pairs.filter(({ isNew }) => !isNew).length;
  return {
    kind: 'pairs',
    shape: value.of ?? 'dict',
    pairs,
    rest,
    gone: isHeld && rest === 0 ? before.size - kept : 0,
    label,
    differs,
  };
}

function drawText(
  value: Extract<Value, { readonly type: 'str' }>,
  other: Value | null | undefined,
  differs: boolean,
): Drawn {
  const all = [...value.value];
  const chars = all.slice(0, MOST);
  const rest = all.length - chars.length + (value.rest ?? 0);
  const before = other?.type === 'str' ? [...other.value] : null;
  const partner = before === null ? null : partners(all, before, (a, b) => a === b);
  const isOff = (i: number): boolean => {
    if (other === undefined) return false;
    return partner === null || before![partner[i]!] !== all[i];
  };
  const kept = partner === null ? 0 : partner.filter((place) => place >= 0).length;
  return {
    kind: 'text',
    cells: chars.map((char, i) => ({ char, differs: isOff(i) })),
    rest,
    gone: before === null || rest > 0 ? 0 : before.length - kept,
    differs,
  };
}

/**
 * For each item its place in the other sequence, -1 for one that is new: what both begin and end with is the
 * same; between, items of the same place are each other's.
 */
export function partners<T>(
  now: readonly T[],
  before: readonly T[],
  isEqual: (a: T, b: T) => boolean,
): readonly number[] {
  const shorter = Math.min(now.length, before.length);
  let head = 0;
  while (head < shorter && isEqual(now[head]!, before[head]!)) head++;
  let tail = 0;
  while (tail < shorter - head && isEqual(now[now.length - 1 - tail]!, before[before.length - 1 - tail]!))
    tail++;
  return now.map((_, i) => {
    if (i < head) return i;
    if (i >= now.length - tail) return i - now.length + before.length;
    return i < before.length - tail ? i : -1;
  });
}

/** The same content; what is unknown is the same where it is written alike. */
function isSame(a: Value, b: Value): boolean {
  return equalValues(a, b, 'strict') || toLiteral(a) === toLiteral(b);
}
