import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { callCli, type Finished, runCli, tempFolder } from '../support/cli.ts';
import { httpServerForTest, sendStream } from '../support/servers.ts';

const key = 'sk-proj-Zm9vYmFyYmF6cXV4';
const header = 'tenant-7f3a9c51d2e8';
const queryKey = 'qk-55aa77cc99';
const secrets = [key, header, queryKey].flatMap((secret) => [secret, inBase64(secret)]);

function inBase64(text: string): string {
  return Buffer.from(text).toString('base64').replace(/=+$/, '');
}

/** All that a run said or wrote. */
async function everythingOf({ stdout, stderr, cwd }: Finished): Promise<string> {
  const entries = await readdir(cwd, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((entry) => readFile(path.join(entry.parentPath, entry.name), 'utf8'));
  return [stdout, stderr, ...(await Promise.all(texts))].join('\n');
}

describe.concurrent('secrets', () => {
  it.each<[where: string, echo: (said: string) => { status?: number; body: string }]>([
    ['in the message', (said) => ({ status: 400, body: errorBody({ message: `No: ${said}` }) })],
    ['in the code', (said) => ({ status: 429, body: errorBody({ code: said }) })],
    ['in the type', (said) => ({ status: 500, body: errorBody({ type: said, code: null }) })],
    [
      'in the code, in Base64',
      (said) => ({ status: 400, body: errorBody({ code: inBase64(said.split(' ')[0] ?? '') }) }),
    ],
    ['in a page', (said) => ({ status: 502, body: `<html>${said}</html>` })],
    [
      'in a failed response',
      (said) => ({
        body: event('response.failed', { response: { error: { code: said, message: said } } }),
      }),
    ],
    ['in an error event', (said) => ({ body: event('error', { code: said, message: said }) })],
    [
      'as the reason to stop early',
      (said) => ({
        body: event('response.incomplete', {
          response: { incomplete_details: { reason: said } },
        }),
      }),
    ],
  ])('that an endpoint echoes %s are nowhere to be found', async (_where, echo) => {
    let authorized = 0;
    const server = await httpServerForTest((request, response) => {
      const { authorization = '', 'x-tenant': tenant = '' } = request.headers;
      if (authorization === `Bearer ${key}` && tenant === header) authorized++;
      const said = `${authorization.replace('Bearer ', '')} ${String(tenant)} ${String(request.url)}`;
      const { status, body } = echo(said);
      if (status === undefined) sendStream(response, body);
      else response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    const finished = await runCli(
      [
        ...['run', 'chat', '--url', `http://127.0.0.1:${String(server.port)}/v1?key=${queryKey}`],
        ...['--api-key-env', 'KEY', '-H', `X-Tenant: ${header}`],
        ...['-w', '0', '-n', '2', '--no-calibrate', '--export-json', 'result.json'],
      ],
      { env: { KEY: key } },
    );
    expect(finished.code).toBe(1);
    expect(authorized).toBeGreaterThan(0);
    const everything = await everythingOf(finished);
    expect(everything.includes('"schema"')).toBe(true);
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
  });

  it('of a conversation are not repeated where the endpoint quotes the request', async () => {
    const task = 'Whom did the board of Umbra Holding want to let go in March?';
    const server = await httpServerForTest((request, response) => {
      void text(request).then((body) => {
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(errorBody({ message: `bad request: ${body}` }));
      });
    });
    const cwd = await tempFolder();
    await writeFile(
      path.join(cwd, 'own.yaml'),
      `name: own\ndescription: own\nsteps: [{ user: { text: ${JSON.stringify(task)} }, model: { text: { tokens: 3 } } }]\n`,
    );
    const finished = await runCli(
      [
        'run',
        'own.yaml',
        '--url',
        `http://127.0.0.1:${String(server.port)}/v1`,
        '-w',
        '0',
        '-n',
        '1',
        '--no-calibrate',
      ],
      { cwd },
    );
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain('bad request');
    await rm(path.join(cwd, 'own.yaml'));
    expect(await everythingOf(finished)).not.toContain('Umbra Holding');
  });

  it.each<[mistake: string, args: string[]]>([
    ['the key in place of its variable', ['--api-key-env', key]],
    ['a header without its colon', ['-H', `Authorization Bearer ${key}`]],
    ['a header with a line break', ['-H', `X-Tenant: ${header}\r\nX-B: 1`]],
    ['the name of a header that is no name', ['-H', `{x}: ${header}`]],
    ['a password in the URL', ['--url', `https://user:${queryKey}@127.0.0.1/v1`]],
  ])('are not repeated to who makes a mistake: %s', async (_mistake, args) => {
    const finished = await callCli(['run', 'chat', '--url', 'http://127.0.0.1:1/v1', ...args]);
    expect(finished.code).toBe(2);
    const everything = await everythingOf(finished);
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
  });

  it('are not repeated by serve either', async () => {
    const { code, stderr } = await callCli(['serve', '--api-key-env', key]);
    expect(code).toBe(2);
    expect(stderr).not.toContain(key);
  });
});

function errorBody(error: object): string {
  return JSON.stringify({ error: { type: 'invalid_request_error', message: 'no', ...error } });
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, ...fields })}\n\n`;
}
