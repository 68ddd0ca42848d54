# Captured output (output.py): bytes as an encoder counts them, one cap for both streams.

import unittest

from sources import space

OUTPUT = space('encoder', 'output')


def streams(cap):
    sink = OUTPUT['_Sink'](cap)
    return sink, OUTPUT['_Stream'](sink, True), OUTPUT['_Stream'](sink, False)


class Output(unittest.TestCase):
    def test_keeps_what_is_printed(self):
        sink, out, _ = streams(1000)
        print('a', 1, [2.5], sep='-', end='!\n', file=out)
        out.buffer.write('é€'.encode())
        self.assertEqual(''.join(sink.parts), 'a-1-[2.5]!\né€')
        self.assertEqual(sink.chars, len('a-1-[2.5]!\né€'))

    def test_counts_bytes_of_both_streams(self):
        texts = ['abc', 'é', '€uro', '\U0001f600', '\ud800']
        cap = sum(len(text.encode('utf-8', 'surrogatepass')) for text in texts)
        for room in (cap, cap - 1):
            sink, out, err = streams(room)
            for index, text in enumerate(texts[:-1]):
                (out, err)[index % 2].write(text)
            if room == cap:
                err.write(texts[-1])
                self.assertEqual((sink.left, sink.over), (0, False))
            else:
                with self.assertRaises(OUTPUT['OutputLimit']):
                    err.write(texts[-1])
                self.assertTrue(sink.over)

    def test_the_error_stream_counts_and_is_not_kept(self):
        sink, _, err = streams(10)
        print('quiet', end='', file=err)
        self.assertEqual((sink.parts, sink.left), ([], 5))

    def test_the_limit_is_no_exception_that_a_program_catches(self):
        self.assertFalse(issubclass(OUTPUT['OutputLimit'], Exception))

    def test_refuses_what_a_text_stream_refuses(self):
        _, out, _ = streams(10)
        with self.assertRaises(TypeError):
            out.write(b'bytes')
        out.close()
        with self.assertRaises(ValueError):
            out.write('late')


if __name__ == '__main__':
    unittest.main()
