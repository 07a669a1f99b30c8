import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { callCli, runCli, runFolders, tempFolder } from '../support/cli.ts';
import { scenarioYaml, writeScenario } from '../support/scenario.ts';

const url = ['--url', 'http://127.0.0.1:1/v1'];

/** What is wrong, the arguments, and what the message must name. */
type Row = [why: string, args: string[], says: RegExp];

const badFlags: Row[] = [
  ['a command that there is not', ['rum'], /unknown command 'rum'/],
  ['an option that there is not', ['run', '--trasports', 'ws'], /unknown option '--trasports'/],
  ['an option of another command', ['run', '--cells', '5'], /unknown option '--cells'/],
  ['no rounds at all', ['run', '-n', '0'], /-n.*whole number of at least 1/],
  ['rounds that are no number', ['run', '-n', 'x'], /-n.*whole number/],
  ['half a round', ['run', '-n', '1.5'], /-n.*whole number/],
  ['a negative number', ['run', '-w', '-1'], /-w.*whole number/],
  ['more rounds than a machine lasts', ['run', '-n', '99999999'], /iterations.*1000000/],
  ['no concurrency', ['run', '-c', '0'], /-c.*at least 1/],
  ['a flag without its value', ['run', '--seed'], /--seed.*argument missing/],
  ['a seed out of range', ['run', '--seed', '4294967296'], /seed.*2147483647/],
  ['a time without a unit', ['run', '--timeout', '5'], /--timeout.*40ms/],
  ['no time at all', ['run', '--timeout', '0s'], /timeout: expected a time from 1ms/],
  ['a time in the past', ['run', '--timeout', '-5s'], /--timeout.*40ms/],
  ['a transport that there is not', ['run', '-t', 'nope'], /transports.*http-keepalive.*"nope"/],
  ['no transport', ['run', '-t', ''], /transports: expected/],
  ['a transport twice', ['run', '-t', 'http,http'], /transports: expected each once/],
  ['a profile that there is not', ['run', '--profile', 'x'], /profile.*instant.*"x"/],
  ['a tool time in words', ['run', '--tool-time', 'some'], /--tool-time.*recorded/],
  ['a factor beyond reason', ['run', '--tool-time', '5000'], /tool time.*1000/],
  ['a format that there is not', ['run', '--format', 'xml'], /--format.*table/],
  ['a header without a colon', ['run', ...url, '-H', 'nocolon'], /--header.*"Name: value"/],
  ['a header that is ours to set', ['run', ...url, '-H', 'Host: x'], /header Host: set by/],
  ['a header name with a space', ['run', ...url, '-H', 'a b: x'], /"Name: value"/],
  ['a header with a line break', ['run', ...url, '-H', 'X-A: 1\r\nX-B: 2'], /header/],
  ['a URL that is none', ['run', '--url', 'not a url'], /url.*"not a url"/],
  ['a URL of another protocol', ['run', '--url', 'ftp://h/v1'], /url.*ftp:/],
  ['a password in the URL', ['run', '--url', 'http://u:hunter2@h/'], /url.*user or password/],
  ['a model for the bundled mock', ['run', '--model', 'm'], /--model: goes with --url/],
  ['an empty model', ['run', ...url, '--model', ''], /model.*empty/],
  ['a profile for an endpoint', ['run', ...url, '--profile', 'fast'], /--profile.*--url/],
  ['--no-tls for an endpoint', ['run', ...url, '--no-tls'], /--no-tls.*--url/],
  ['a fault for an endpoint', ['run', ...url, '--fault', '503'], /--fault.*--url/],
  ['a fault that there is not', ['run', '--fault', 'explode'], /fault: "explode".*429/],
  ['the second fault of two', ['run', '--fault', '503', '--fault', '503@2'], /fault.*"503@2".*@2/],
  ['fewer than no retries', ['run', '--retries', '-1'], /--retries.*whole number/],
  ['more retries than make sense', ['run', '--retries', '101'], /retries.*from 0 to 100.*101/],
  ['a cool-down in words', ['run', '--cool-down', 'soon'], /--cool-down.*40ms/],
  ['a cool-down that never ends', ['run', '--cool-down', 'none'], /--cool-down.*40ms/],
  ['a rotation without pause', ['run', '--rotate', '0s'], /rotate: expected a time from 1ms/],
  ['a ping without pause', ['run', '--ping', '0s'], /ping: expected a time from 1ms/],
  ['a ping after weeks', ['run', '--ping', '200h'], /ping: expected.*to 24h/],
  ['an idle time of nothing', ['run', '--idle-close', '0s'], /idle close: expected/],
  ['no time to connect', ['run', '--connect-timeout', '0s'], /connect timeout: expected.*1ms/],
  ['connecting for ever', ['run', '--connect-timeout', 'none'], /--connect-timeout.*40ms/],
  ['a certificate that is not there', ['run', ...url, '--cacert', 'no.pem'], /--cacert.*ENOENT/],
  ['a certificate that is none', ['run', ...url, '--cacert', 'tiny.yaml'], /--cacert.*PEM/],
  ['a key that is not set', ['run', ...url, '--api-key-env', 'NOT_SET'], /NOT_SET.*not set/],
  ['no requests allowed', ['run', '--max-requests', '0'], /--max-requests.*at least 1/],
  ['a scenario that there is not', ['run', 'nope'], /nope.*coding-agent/s],
  ['a file that there is not', ['run', './nope.yaml'], /nope\.yaml/],
  ['the second of two scenarios', ['run', 'quick', 'nope'], /nope/],
  ['one file for two results', ['run', 'quick', 'chat', '--export-json', 'r.json'], /--export/],
  ['two exports to stdout', ['run', '--export-json', '-', '--export-csv', '-'], /stdout/],
  ['an export into no folder', ['run', '--export-json', 'no/r.json'], /--export-json.*no\/r\.json/],
  ['an export into a file', ['run', '--export-json', 'tiny.yaml/r.json'], /--export-json.*tiny/],
  ['an export onto a folder', ['run', '--export-csv', 'folder'], /--export-csv.*folder/],
  ['results inside a file', ['run', '-o', 'tiny.yaml/x'], /--out.*tiny\.yaml/],
  ['no result to report', ['report', 'nope.json'], /nope\.json.*no such file/],
  [
    'one page of two results',
    ['run', 'quick', 'chat', '--format', 'html'],
    /--format html: one page holds one result, got 2 scenarios/,
  ],
  ['nothing to report', ['report'], /missing required argument/],
  ['a folder without a result', ['report', 'folder'], /folder holds no result\.json/],
  ['a scenario in place of a result', ['report', 'tiny.yaml'], /tiny\.yaml.*no JSON/],
  ['somebody else’s JSON', ['report', 'alien.json'], /alien\.json.*not a result/],
  ['a newer result', ['report', 'newer.json'], /newer\.json.*newer/],
  ['a port out of range', ['serve', '--port', '99999'], /--port.*65535/],
  ['a script that there is not', ['serve', '--script', 'nope'], /nope/],
  ['calls without the loop', ['serve', '--calls', '3'], /--calls.*tool-loop/],
  ['a CA file without TLS', ['serve', '--tls-ca-out', 'ca.pem'], /--tls/],
  ['a certificate without a key', ['serve', '--tls', '--tls-cert', 'tiny.yaml'], /--tls-key/],
  [
    'a certificate to serve that is none',
    ['serve', '--tls', '--tls-cert', 'tiny.yaml', '--tls-key', 'tiny.yaml'],
    /TLS.*PEM/,
  ],
  ['a host that there is not', ['serve', '--port', '0', '--host', '192.0.2.1'], /192\.0\.2\.1/],
  ['a served key that is not set', ['serve', '--api-key-env', 'NOT_SET'], /NOT_SET.*not set/],
  ['a scenario file onto another', ['scenarios', 'init', 'tiny.yaml'], /tiny\.yaml.*exists/],
  ['a scenario to show that there is not', ['scenarios', 'show', 'nope'], /nope/],
  ['a format without a schema', ['schema', 'report'], /scenario/],
  ['an argument too many', ['report', 'a', 'b'], /too many arguments/],
];

describe('bad input', () => {
  let cwd: string;

  beforeAll(async () => {
    cwd = await tempFolder();
    await writeScenario(cwd);
    await mkdir(path.join(cwd, 'folder'));
    await writeFile(path.join(cwd, 'alien.json'), '{"hello": "world"}');
    await writeFile(path.join(cwd, 'newer.json'), '{"schema": "agent-latency-bench/result/v9"}');
  });

  it.each(badFlags)('%s: exit 2 and one clear message', async (_why, args, says) => {
    const { code, stdout, stderr } = await callCli(args, { cwd });
    expect(stderr).toMatch(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at |report it/);
    expect(await runFolders(cwd)).toEqual([]);
  });

  it('a broken scenario: every problem at once, each with its place', async () => {
    const folder = await tempFolder();
    const broken = scenarioYaml()
      .replace('tool: look, arguments: { at: here }', 'tool: hear')
      .replace('tokens: 200', 'tokens: lots');
    await writeFile(path.join(folder, 'broken.yaml'), broken);
    const { code, stdout, stderr } = await callCli(['run', 'broken.yaml'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/broken\.yaml:8:\d+/);
    expect(stderr).toMatch(/broken\.yaml:9:\d+/);
    expect(await runFolders(folder)).toEqual([]);
  });

  it('a result that was cut off', async () => {
    const folder = await tempFolder();
    const scenario = await writeScenario(folder);
    const args = ['--profile', 'instant', '-n', '1', '-w', '0', '-t', 'ws', '--no-calibrate'];
    await runCli(['run', scenario, ...args], { cwd: folder });
    const file = path.join((await runFolders(folder))[0] ?? '', 'result.json');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.slice(0, whole.length / 2));
    const { code, stdout, stderr } = await runCli(['report', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*result\.json.*truncated/);
  });
});
