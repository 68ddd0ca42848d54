"""How deep JSON nests: what the sandbox's scanner and encoder say beside what CPython's own say."""
import json
import unittest

from sources import space


def outcome(decode, text):
    try:
        return decode(text)
    except RecursionError:
        return 'too deep'
    except json.JSONDecodeError as e:
        return (e.msg, e.pos, e.doc)
    except StopIteration as e:
        return ('stop', e.value)


class Nesting(unittest.TestCase):
    def setUp(self):
        self.space = space('encoder', 'nesting')
        make = self.space['_guarded_scanner'](json.scanner.c_make_scanner, 5)
        self.decoder = json.JSONDecoder()
        self.decoder.scan_once = make(self.decoder)

    def test_up_to_its_levels_it_is_cpythons(self):
        for text in ('[[[[[1]]]]]', '[{"a": [{"b": [2]}]}]', '[]' , '[[],[],[],[],[],[],[],[]]', '"[[[[[[[["', '["[[[[[[[[", "\\"[{"]',
                     '[[[[[', '{"a":{"b":[', '[1 2' + '[]' * 9, 'x' + '[' * 3, '[[[[[]', '[[[[[]]]]]]]]', ' [ ] '):
            self.assertEqual(outcome(self.decoder.decode, text), outcome(json.JSONDecoder().decode, text), text)

    def test_beyond_them_it_ends(self):
        for text in ('[[[[[[1]]]]]]', '[' * 6, '{"a":' * 6, '[{"a":' * 3, '["]]", "\\"]", [[[[[', '[[[[[],[[]]]]]]'):
            self.assertEqual(outcome(self.decoder.decode, text), 'too deep', text)

    def test_what_is_wrong_before_that_is_said(self):
        for text in ('[1 2' + '[' * 9, '[[,' + '[' * 9, '{"a" 1' + '[' * 9, '[[[[[x[[[', '{"a": [[nope, [[[[[[[[]', '[tru' + '[' * 9):
            self.assertEqual(outcome(self.decoder.decode, text), outcome(json.JSONDecoder().decode, text), text)

    def test_a_value_that_is_over_before_that_is_read(self):
        self.assertEqual(self.decoder.raw_decode('[1] ' + '[' * 9), ([1], 3))
        self.assertEqual(outcome(self.decoder.decode, '[1] ' + '[' * 9), outcome(json.JSONDecoder().decode, '[1] ' + '[' * 9))

    def test_what_is_written(self):
        own = json.encoder.c_make_encoder
        self.addCleanup(setattr, json.encoder, 'c_make_encoder', own)
        values = [[[[[[1]]]]], {'a': [{'b': ['[[[[[[[[']}]}, [[], [], [[]], {}], '{{{{{{{{', 1.5, None, [[[[['"]', '[']]]]]]
        expected = [json.dumps(value) for value in values]
        json.encoder.c_make_encoder = self.space['_guarded_encoder'](own, 5)
        self.assertEqual([json.dumps(value) for value in values], expected)
        for value in ([[[[[[1]]]]]], {'a': [{'b': [{'c': []}]}]}, [1, [[], [[[[[]]]]]]]):
            with self.assertRaisesRegex(RecursionError, 'while encoding a JSON object'):
                json.dumps(value)


if __name__ == '__main__':
    unittest.main()
