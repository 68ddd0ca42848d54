/**
 * Programs that would rather have no verdict than a bad one: they make the harness
 * say that it failed, or nothing at all.
 */
import { f, type Attack } from './attack.ts';

const harness = 'import sys\ng = sys._getframe(1).f_globals\n';
const wrong = f('return 0 if n else 1');
const says = (name: string, text: string): Attack => ({
  name,
  code: `${harness}g['_dumps'] = lambda d: ${text}\n${wrong}`,
  verdict: 'tamper',
});
const value = (json: string): string => `'{"outcome":"ok","stdout":"","value":${json}}'`;

export const abstaining: readonly Attack[] = [
  says('harness-error', `'{"outcome":"harness-error","stdout":""}'`),
  says(
    'harness-error with an error',
    `'{"outcome":"harness-error","stdout":"","error":{"type":"HarnessError","message":"a result is missing"}}'`,
  ),
  says(
    'bad arguments',
    `'{"outcome":"harness-error","stdout":"","error":{"type":"BadArguments","message":""}}'`,
  ),
  says('ok without a value', `'{"outcome":"ok","stdout":""}'`),
  says('timeout', `'{"outcome":"timeout","stdout":""}'`),
  says(
    'an int of 4,400 digits',
    `'{"outcome":"ok","stdout":"","value":{"type":"int","value":"' + '9' * 4400 + '"}}'`,
  ),
  says('an int with a sign and no digits', value('{"type":"int","value":"-"}')),
  says('a list as a key', value('{"type":"dict","entries":[[{"type":"list","items":[]},{"type":"none"}]]}')),
  says('a dict in a set', value('{"type":"set","items":[{"type":"dict","entries":[]}]}')),
  says(
    'a list within a tuple as a key',
    value(
      '{"type":"dict","entries":[[{"type":"tuple","items":[{"type":"list","items":[]}]},{"type":"none"}]]}',
    ),
  ),
  says(
    'an entry of three',
    value('{"type":"dict","entries":[[{"type":"none"},{"type":"none"},{"type":"none"}]]}'),
  ),
  says('a float that is none', value('{"type":"float","value":"1e999"}')),
  says('a number beyond all floats', value('{"type":"float","value":1e999}')),
  says('nothing', "''"),
  says('null', "'null'"),
  says('None', 'None'),
  says('an int', '3'),
  says('bytes', "b'{}'"),
  says('an object', 'object()'),
  says('what is not ASCII', `'{"outcome":"ok","stdout":"\\u4e00","value":{"type":"int","value":3}}'`),
  says('too much text', "'x' * 10**8"),
  says(
    'too many values',
    `'{"outcome":"ok","stdout":"","value":{"type":"list","items":[' + '[],' * 10**5 + '[]]}}'`,
  ),
  {
    name: 'a call that says nothing',
    code: `${harness}g['call'].__code__ = (lambda e, a: None).__code__\n${wrong}`,
    verdict: 'tamper',
  },
  {
    name: 'a call that raises',
    code: `${harness}g['call'].__code__ = (lambda e, a: 1 // 0).__code__\n${wrong}`,
    verdict: ['tamper', 'memory'],
  },
  {
    name: 'a call that raises what cannot be shown',
    code: `${harness}class E(BaseException):\n    def __str__(self): raise SystemExit\n    __repr__ = __str__\ndef bad(e, a, E=E): raise E\ng['call'].__code__ = (lambda e, a: (_ for _ in ()).throw(BaseException())).__code__\n${wrong}`,
    verdict: ['tamper', 'memory'],
  },
  {
    name: 'finish() that says nothing',
    code: `${harness}g['finish'].__code__ = (lambda: None).__code__\n${wrong}`,
    verdict: ['wrong', 'tamper'],
  },
  {
    name: 'finish() that raises',
    code: `${harness}g['finish'].__code__ = (lambda: 1 // 0).__code__\n${wrong}`,
    verdict: ['wrong', 'tamper', 'memory'],
  },
  {
    name: 'literals of a call are refused',
    code: `${harness}def refuse(text): raise g['BadArguments']('no')\ng['_literal_arguments'] = refuse\n${wrong}`,
    verdict: ['tamper', 'wrong'],
  },
];
