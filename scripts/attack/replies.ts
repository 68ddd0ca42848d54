/**
 * Replies that no harness writes, as a program that owns its encoder could send them. They are JSON text, or
 * pretend to be.
 */

const value = (v: string): string => `{"outcome":"ok","value":${v},"stdout":""}`;
const nested = (open: string, close: string, depth: number): string =>
  `'${open.replace(/'/g, '')}' * ${depth} + '${close}' * ${depth}`;

/** Python expressions whose value is the text of a reply. */
export const replies: Readonly<Record<string, string>> = {
  'ok without a value': `'{"outcome":"ok","stdout":""}'`,
  'ok alone': `'{"outcome":"ok"}'`,
  'a harness error': `'{"outcome":"harness-error","stdout":"","error":{"type":"HarnessError","message":"x"}}'`,
  'an empty text': `''`,
  'no text': 'None',
  'a number': '3',
  null: `'null'`,
  'the verdict': `'pass'`,
  'an outcome that is a verdict': `'{"outcome":"pass","stdout":""}'`,
  'an outcome that only the host gives': `'{"outcome":"timeout","stdout":""}'`,
  'tamper by itself': `'{"outcome":"tamper","stdout":""}'`,
  'an int of 4,400 digits': `'${value('{"type":"int","value":"DIGITS"}')}'.replace('DIGITS', '9' * 4400)`,
  'an int with a sign': `'${value('{"type":"int","value":"+3"}')}'`,
  'an int as a float': `'${value('{"type":"int","value":3.5}')}'`,
  'a float as text': `'${value('{"type":"float","value":"1e999"}')}'`,
  'a float beyond doubles': `'${value('{"type":"float","value":1e999}')}'`,
  'a bool as int': `'${value('{"type":"bool","value":1}')}'`,
  'a list as key': `'${value('{"type":"dict","entries":[[{"type":"list","items":[]},{"type":"none"}]]}')}'`,
  'a list in a set': `'${value('{"type":"set","items":[{"type":"list","items":[]}]}')}'`,
  'a set with twins': `'${value('{"type":"set","items":[{"type":"int","value":3},{"type":"int","value":3}]}')}'`,
  'a key twice': `'${value('{"type":"dict","entries":[[{"type":"int","value":1},{"type":"none"}],[{"type":"int","value":1},{"type":"none"}]]}')}'`,
  'a reference to nothing': `'${value('{"type":"ref","id":7}')}'`,
  'a list cut off': `'${value('{"type":"list","items":[],"rest":3}')}'`,
  'a prototype': `'${value('{"type":"int","value":3,"__proto__":{"type":"none"},"constructor":1}')}'`,
  'a deep list': `'{"outcome":"ok","stdout":"","value":' + ${nested('{"type":"list","items":[', ']}', 5000)} + '}'`,
  'a wide list': `'{"outcome":"ok","stdout":"","value":{"type":"list","items":[' + ','.join(['{"type":"none"}'] * 60000) + ']}}'`,
  'a wide set of huge ints': `'{"outcome":"ok","stdout":"","value":{"type":"set","items":[' + ','.join(['{"type":"int","value":"' + str(10**80 + i) + '"}' for i in range(3000)]) + ']}}'`,
  'a megabyte': `'x' * 10**6`,
  'seventy megabytes': `'[' * (70 * 10**6)`,
};
