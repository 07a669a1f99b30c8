import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateCertificate } from '../listen/certificate.ts';
import { startListener } from '../listen/listener.ts';
import { createRelay } from '../listen/relay.ts';
import { type MockDescription, mockHeaderOf } from '../protocol/mock-identity.ts';
import { TIMING_HEADER } from '../protocol/server-timing.ts';
import { builtinNames } from '../scenario/builtin.ts';
import { expandScenario } from '../scenario/expand.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Script } from '../scenario/script.ts';
import { toolVersion } from '../tool-version.ts';
import { createBackgroundRuns } from './answer/background.ts';
import { createResponder } from './answer/responder.ts';
import { createService } from './answer/service.ts';
import { createInFlight } from './deliver/in-flight.ts';
import { createPacer } from './deliver/pacer.ts';
import { createFaults } from './fault/faults.ts';
import { createFaultLog } from './fault/log.ts';
import { type FaultRule, parseFaults, spellOutFaults } from './fault/spec.ts';
import { conversationRoutes } from './http/conversation-routes.ts';
import { createHttpFront } from './http/front.ts';
import { responseRoutes } from './http/response-routes.ts';
import { serverRoutes } from './http/server-routes.ts';
import { createLatencyEngine } from './latency/engine.ts';
import { createConversations } from './memory/conversations.ts';
import { type CacheLimits, createSessionCaches } from './memory/session-cache.ts';
import { createStoredResponses } from './memory/stored-responses.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createHistogram } from './metrics/prometheus-histogram.ts';
import { watchWork } from './metrics/work-metrics.ts';
import { createModels, type SoleScript } from './model/models.ts';
import { withCacheOff } from './profile/cache-off.ts';
import { loadProfile } from './profile/load.ts';
import { type Profile, stateBytesPerTokenOf } from './profile/schema.ts';
import type { CacheKind } from './profile/stages.ts';
import { watchServer } from './server-gauges.ts';
import { createKeyCheck } from './wire/api-key.ts';
import { createHostCheck } from './wire/host.ts';
import { type ConnectionLimits, connectionLimits, MAX_AGE_MS } from './wire/limits.ts';
import { serveWebSocket } from './ws/front.ts';
import { createUpgrades } from './ws/upgrade.ts';

/** The options of a mock: what it serves, where, and how fast. */
export interface MockOptions {
  /** @default '127.0.0.1' */
  host?: string;
  /** 0 picks a free one. @default 0 */
  port?: number;
  /** `files` carries PEM text. @default off */
  tls?: { kind: 'off' } | { kind: 'generated' } | { kind: 'files'; cert: string; key: string };
  /** Each answers the model of its name. @default the bundled scenarios */
  scripts?: readonly Script[];
  /** Answers every model name, in place of `scripts`. */
  script?: SoleScript;
  /** Name of a bundled latency profile, path of a YAML or JSON file, or a profile. @default 'fast' */
  profile?: string | Profile;
  /** What connections don't hold of their responses, whatever the profile says. @default nothing more */
  cacheOff?: readonly CacheKind[];
  /** Demanded of every client, if given. */
  apiKey?: string;
  /** Origins of web pages that may call a server on loopback, such as `http://app.example:3000`; `*` for all. */
  allowOrigin?: readonly string[];
  /** What goes wrong, drawn from its own seed or from that of the options: `503@0.1`, `flaky`, … @default nothing */
  fault?: string | FaultSetup;
  /** `stream_id` means nothing: requests of a connection run one after another. */
  singleLane?: boolean;
  /** How old a WebSocket connection may grow; 60 minutes unless told. */
  maxAgeMs?: number;
  /** What WebSocket connections may hold of their responses; each limit has a default. */
  cache?: Partial<CacheLimits>;
  /** How patient the server is with a connection; each limit has a default. */
  limits?: Partial<ConnectionLimits>;
  /** Of the bundled scenarios, the profile's jitter, and faults given as text. @default 1 */
  seed?: number;
}

/** Faults as they were read, and what they are drawn from. */
export interface FaultSetup {
  /** As they were given, told to whoever asks. @default their names */
  spec?: string;
  rules: readonly FaultRule[];
  seed: number;
}

/** A mock that accepts connections. */
export interface RunningMock extends AsyncDisposable {
  /** Base URL for clients, such as `http://127.0.0.1:8787/v1`. */
  url: string;
  /** The certificate to trust, as PEM text, if the mock made its own. */
  ca?: string;
  port: number;
  /** Starts nothing new, lets what is under way end, for at most that long, and closes. */
  drain(timeoutMs: number): Promise<void>;
  /** Drops all connections and frees the port. */
  readonly close: () => Promise<void>;
}

/**
 * A Responses API server that speaks HTTP (JSON and SSE) and WebSocket on one port, up and answering. Everything has a
 * default; `await using` closes it.
 * @throws UsageError if the address can't be listened on, or the certificate, profile or fault isn't usable
 */
export async function startMock(options: MockOptions = {}): Promise<RunningMock> {
  const { host = '127.0.0.1', port = 0, tls = { kind: 'off' }, script, apiKey } = options;
  const given = await loadProfile(options.profile ?? 'fast');
  const profile = withCacheOff(given, options.cacheOff ?? []);
  const fault = faultSetup(options);
  const scripts = script === undefined ? (options.scripts ?? (await bundledScripts(options))) : [];
  const generated = tls.kind === 'generated' ? await generateCertificate(host) : undefined;
  const lateness = createHistogram(LATENESS_BOUNDS_S);
  const pacer = createPacer(undefined, (lateMs) => {
    lateness.observe(lateMs / 1000);
  });
  const stored = createStoredResponses();
  const models = createModels(scripts, script);
  const respond = createResponder({
    models,
    profile,
    stored,
    engine: createLatencyEngine(profile, options.seed),
  });
  const checkKey = createKeyCheck(apiKey);
  const checkHost = createHostCheck(host, options.allowOrigin);

  const conversations = createConversations();
  const metrics = createMetrics();
  const count = watchWork(metrics);
  const service = createService({ respond, stored, conversations, count });
  const inFlight = createInFlight();
  const faultLog = createFaultLog(metrics.fault);
  const { rules, seed } = fault ?? { rules: [], seed: 0 };
  const faults = createFaults(rules, seed, faultLog.record);

  // A hop more for every byte, so only where it is wanted.
  const relay = rules.some((rule) => rule.fault.kind === 'half-open') ? createRelay() : undefined;
  const meet = (transport: 'http' | 'ws', { socket }: IncomingMessage): void => {
    relay?.decide(socket.remotePort, () => {
      const limit = faults.idleLimit(transport);
      return limit && { idleMs: limit.effect, onSilence: limit.inject };
    });
  };

  const { singleLane = false, maxAgeMs = MAX_AGE_MS } = options;
  const caches = createSessionCaches(options.cache, undefined, stateBytesPerTokenOf(profile));
  const description = describe(given, options, fault);
  const identity = mockHeaderOf(description);
  const wsFront = {
    service,
    pacer,
    caches,
    faults,
    metrics,
    inFlight,
    singleLane,
    maxAgeMs,
    identity,
  };
  const limits = { ...connectionLimits, ...options.limits };
  const upgrades = createUpgrades(
    checkHost,
    checkKey,
    faults,
    limits,
    identity,
    (webSocket, socket, request) => {
      meet('ws', request);
      return serveWebSocket(webSocket, socket, wsFront, wantsTiming(request));
    },
  );
  const runs = createBackgroundRuns(pacer, inFlight);
  const routes = [
    ...responseRoutes({ service, stored, runs, pacer, faults }),
    ...conversationRoutes(conversations),
    ...serverRoutes(metrics, models, description, fault && faultLog),
  ];
  const listener = await startListener(
    { host, port, certificate: tls.kind === 'files' ? tls : generated, limits, relay },
    createHttpFront({
      ...{ routes, checkHost, checkKey, faults, metrics, inFlight, identity },
      onRequest(request) {
        meet('http', request);
      },
    }),
    upgrades.handle,
  );
  const { address } = listener;
  metrics.watchHistogram(
    'event_lateness_seconds',
    'How long after its deadline an event was written, paused by a slow reader or not.',
    lateness,
  );
  watchServer(metrics, { listener, upgrades, stored, inFlight, caches });

  async function close(): Promise<void> {
    upgrades.close();
    await listener.close();
  }

  return {
    url: `${tls.kind === 'off' ? 'http' : 'https'}://${urlHost(address)}:${address.port}/v1`,
    ...(generated && { ca: generated.cert }),
    port: address.port,
    async drain(timeoutMs) {
      listener.stopAccepting();
      upgrades.drain();
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([inFlight.idle(), timeout]);
      clearTimeout(timer);
      await close();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function wantsTiming({ headers }: IncomingMessage): boolean {
  return headers[TIMING_HEADER] === 'true';
}

function faultSetup({ fault, seed = 1 }: MockOptions): FaultSetup | undefined {
  if (typeof fault !== 'string') return fault;
  return { spec: spellOutFaults(fault), rules: parseFaults(fault, 'fault'), seed };
}

function describe(
  profile: Profile,
  { seed = 1, cacheOff = [] }: MockOptions,
  fault: FaultSetup | undefined,
): MockDescription {
  const spec = fault?.spec ?? fault?.rules.map(({ name }) => name).join(',');
  return { version: toolVersion(), seed, profile, cacheOff, ...(spec && { fault: spec }) };
}

function bundledScripts({ seed = 1 }: MockOptions): Promise<Script[]> {
  return Promise.all(
    builtinNames.map(async (name) => expandScenario(await loadScenario(name), seed)),
  );
}

/** What is at most 0 was early. */
const LATENESS_BOUNDS_S = [
  0, 0.0001, 0.0002, 0.0003, 0.0004, 0.0005, 0.0006, 0.0007, 0.0008, 0.001, 0.0012, 0.0015, 0.002,
  0.0025, 0.003, 0.004, 0.005, 0.01, 0.02, 0.05, 0.1, 1,
];

/** An address that clients on this machine can dial. */
function urlHost({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return family === 'IPv6' ? `[${address}]` : address;
}
