import { providerNames } from './providers.ts';
import type { SettingTable } from './setting.ts';

/** The settings of what is measured: an endpoint, two for `gate`, or the bundled mock. */
export const endpointSettings = {
  baseUrl: {
    value: 'text',
    flag: '--base-url <baseURL>',
    help: 'the endpoint as it was',
    on: ['gate'],
    remark: 'of the endpoint as it was; for `gate`',
    examples: ['http://127.0.0.1:8001/v1'],
  },
  url: {
    value: 'text',
    flag: '--url <baseURL>',
    help: {
      run: 'a Responses API endpoint (default: the bundled mock server)',
      gate: 'the endpoint that may have become slower',
    },
    on: ['run', 'gate'],
    examples: ['http://127.0.0.1:8000/v1', 'https://api.openai.com/v1'],
  },
  provider: {
    value: 'choice',
    choices: providerNames,
    flag: '--provider <name>',
    help: "openai, azure, xai, vercel or openrouter: its URL, the key's variable and header, what it can't do",
    on: ['run', 'doctor'],
    remark: 'whose URL, header of the key and limits hold; for `run`',
  },
  scenario: {
    value: 'text',
    flag: '--scenario <name|file>',
    help: 'what to replay',
    default: 'coding-agent',
    on: ['gate'],
    remark: 'what to replay; `gate` takes one',
    examples: ['quick', './my-agent.yaml'],
  },
  baseModel: {
    value: 'text',
    flag: '--base-model <id>',
    help: 'model to ask for at --base-url (default: as --model)',
    on: ['gate'],
  },
  model: {
    value: 'text',
    flag: '--model <id>',
    help: {
      run: "model to ask for at --url (default: the scenario's name)",
      doctor: "model to ask for (default: tool-loop, which is serve's)",
      gate: "model to ask for (default: the scenario's name)",
    },
    on: ['run', 'gate', 'doctor'],
  },
  baseApiKeyEnv: {
    value: 'text',
    flag: '--base-api-key-env <name>',
    help: 'variable that holds the key (default: OPENAI_API_KEY)',
    on: ['gate'],
  },
  apiKeyEnv: {
    value: 'text',
    flag: '--api-key-env <name>',
    help: {
      run: 'environment variable that holds the key (default: OPENAI_API_KEY)',
      doctor: 'environment variable that holds the key (default: OPENAI_API_KEY)',
      gate: 'variable that holds the key (default: OPENAI_API_KEY)',
    },
    on: ['run', 'gate', 'doctor'],
    remark: 'name of the variable that holds the key, never the key',
  },
  baseHeader: {
    value: 'headers',
    flag: '--base-header <"K: V">',
    help: 'send this header to --base-url; repeatable',
    on: ['gate'],
  },
  header: {
    value: 'headers',
    flag: '-H, --header <"K: V">',
    help: {
      run: 'send this header with every request; repeatable',
      doctor: 'send this header with every request; repeatable',
      gate: 'send this header to --url; repeatable',
    },
    on: ['run', 'gate', 'doctor'],
  },
  cacert: {
    value: 'text',
    flag: '--cacert <file>',
    help: 'trust the certificate authorities in this PEM file too',
    on: ['run', 'gate', 'doctor'],
  },
  insecure: {
    value: 'switch',
    flag: '-k, --insecure',
    help: 'accept any certificate',
    on: ['run', 'gate', 'doctor'],
  },
  proxy: {
    value: 'text',
    flag: '--proxy <url|none>',
    help: 'tunnel every connection through this proxy (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)',
    on: ['run', 'gate', 'doctor'],
    examples: ['none', 'http://127.0.0.1:3128'],
  },
  resolve: {
    value: 'texts',
    flag: '--resolve <host:port:address>',
    help: 'connect there, look no name up; repeatable, as in curl',
    on: ['run', 'gate', 'doctor'],
    examples: ['localhost:8000:127.0.0.1'],
  },
  cert: {
    value: 'text',
    flag: '--cert <file>',
    help: "the client's certificate in PEM, for servers that ask for one",
    on: ['run', 'gate', 'doctor'],
  },
  key: {
    value: 'text',
    flag: '--key <file>',
    help: 'its private key, without a passphrase (default: in --cert)',
    on: ['run', 'gate', 'doctor'],
  },
  profile: {
    value: 'text',
    flag: '--profile <name|file>',
    help: "the mock's latency: instant, fast, flagship, gateway-redis, or a file",
    default: 'fast',
    on: ['run'],
    examples: ['instant', 'fast', 'flagship', 'gateway-redis'],
  },
  tls: {
    value: 'off',
    flag: '--no-tls',
    help: 'speak plain HTTP to the bundled mock',
    on: ['run'],
  },
  fault: {
    value: 'texts',
    flag: '--fault <spec|flaky>',
    help: 'what goes wrong at the mock, as for serve: 503@0.1, close:1011@event5, upgrade:426, …; repeatable',
    on: ['run'],
    examples: ['flaky', '503@0.1', 'close:1011@event5', 'upgrade:426'],
  },
} as const satisfies SettingTable;
