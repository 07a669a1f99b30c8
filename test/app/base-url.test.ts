import { expect, it } from 'vitest';
import { baseUrlOf } from '../../src/app/options/base-url.ts';

it.each([
  ['https://api.openai.com/v1', 'https://api.openai.com/v1', 'as it should be'],
  ['ws://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1', 'the WebSocket beside it'],
  ['WSS://api.openai.com/v1?a=b', 'https://api.openai.com/v1?a=b', 'with TLS, in capitals'],
  ['api.openai.com/v1', 'https://api.openai.com/v1', 'no scheme, out in the world'],
  ['api.example.com', 'https://api.example.com/', 'no path either'],
  ['localhost:8000/v1', 'http://localhost:8000/v1', 'no scheme, this machine'],
  ['localhost', 'http://localhost/', 'no port either'],
  ['127.0.0.1:8000', 'http://127.0.0.1:8000/', 'its address'],
  ['[::1]:8000/v1', 'http://[::1]:8000/v1', 'its IPv6 address'],
  ['192.168.1.7:1234/v1', 'http://192.168.1.7:1234/v1', 'the local network'],
  ['172.20.0.2/v1', 'http://172.20.0.2/v1', 'a container'],
  ['172.32.0.2/v1', 'https://172.32.0.2/v1', 'just outside of it'],
  ['ollama:11434/v1', 'http://ollama:11434/v1', 'a host of one word'],
  ['nas.local:8080', 'http://nas.local:8080/', 'a name of the local network'],
  ['localhost:443/v1', 'https://localhost:443/v1', 'the port of TLS'],
  ['[2001:db8::1]:8443/v1', 'https://[2001:db8::1]:8443/v1', 'an address out in the world'],
])('%s is %s: %s', (text, url) => {
  expect(baseUrlOf(text).href).toBe(new URL(url).href);
});

it.each([
  ['', /got ""/],
  ['nonsense', /got "nonsense"/],
  ['v1/responses', /got "v1/],
  ['ftp://example.com', /got the protocol ftp:/],
  ['mailto:me', /got the protocol mailto:/],
  ['http://', /got "http:/],
  ['localhost:123456', /got/],
  ['https://me:planted@example.com', /with a user or password/],
  ['me:planted@example.com/v1', /with a user or password/],
])('%j is none', (text, message) => {
  expect(() => baseUrlOf(text)).toThrow(message);
  expect(() => baseUrlOf(text)).not.toThrow(/planted/);
});
