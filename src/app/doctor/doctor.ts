import { connectors } from '../../transport/connectors.ts';
import { EndpointFailure } from '../../transport/failure.ts';
import {
  connectorOf,
  isTransportName,
  type TransportName,
  type TransportPolicy,
  transports,
} from '../../transport/index.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { redact } from '../endpoint/redact.ts';
import { checkEndpoint, type EndpointOptions } from '../options/endpoint.ts';
import { requestHeaders } from '../options/headers.ts';
import { providers } from '../options/settings/providers.ts';
import { type Check, type Finding, no, notAsked } from './check.ts';
import { httpChecks } from './http-checks.ts';
import { networkChecks } from './network-checks.ts';
import { createPatient, type Patient } from './patient.ts';
import type { CheckResult, DoctorReport } from './report.ts';
import { socketChecks } from './socket-checks.ts';
import { specificationChecks } from './specification-checks.ts';

/** Every check, in the order in which they are made. */
export const checks: readonly Check[] = [
  ...networkChecks,
  ...httpChecks,
  ...socketChecks,
  ...specificationChecks,
];

/** What `serve` answers to, and no model is called. */
const DEFAULT_MODEL = 'tool-loop';

/** Tokens of one small call, its answer included: more than any takes that isn't wrapped in a long prompt. */
export const TOKENS_PER_CALL = 150;

/** Whom to examine, and how far to go. */
export interface DoctorOptions {
  endpoint: EndpointOptions;
  /** How long one answer may take. */
  timeoutMs: number;
  /** Wait so long on an idle WebSocket. @default that isn't asked */
  idleMs?: number;
  /** Send a message of so many bytes. @default that isn't asked */
  frameBytes?: number;
  /** Once so many tokens are billed, nothing more is asked. */
  maxTokens?: number;
  signal: AbortSignal;
  /** Told of each check once it is made. */
  onCheck?: (result: CheckResult) => void;
}

/**
 * What an endpoint can do, found out by asking.
 * @throws UsageError if a value is no good
 */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const { timeoutMs, idleMs, frameBytes, maxTokens = Infinity, signal, onCheck } = options;
  const { endpoint, model } = endpointFrom(options.endpoint);
  const patient = createPatient(endpoint, {
    ...{ model, timeoutMs, idleMs, frameBytes, signal },
  });
  const results = new Map<string, CheckResult>();
  try {
    for (const check of checks) {
      const missing = check.needs?.find((need) => isMissing(results.get(need), check));
      const finding =
        missing !== undefined
          ? notAsked(`without ${missing}`)
          : signal.aborted
            ? notAsked('interrupted')
            : patient.tokens >= maxTokens && check.calls > 0
              ? notAsked(`${patient.tokens} tokens are used up`)
              : await findingOf(check, patient);
      const { name, title, sent, section } = check;
      const result: CheckResult = {
        ...{ name, title, sent },
        ...(section !== undefined && { section }),
        verdict: finding.verdict,
        came: redact(finding.came, endpoint),
      };
      results.set(name, result);
      onCheck?.(result);
    }
  } finally {
    patient.close();
  }
  const { origin, pathname } = endpoint.baseUrl;
  return {
    schema: 'agent-latency-bench/doctor/v1',
    url: `${origin}${pathname}`,
    ...{ model, tokens: patient.tokens, checks: [...results.values()] },
    ...conclusion(model, (name) => results.get(name)?.verdict === 'yes', results),
  };
}

/** Without TLS there is no HTTP/2; all else needs a yes, or what comes close to it. */
function isMissing(result: CheckResult | undefined, { name }: Check): boolean {
  if (result === undefined) return true;
  return (
    result.verdict === 'no' ||
    (result.verdict === 'not asked' &&
      (['http2', 'tls_resumption'].includes(name) || result.name !== 'tls'))
  );
}

async function findingOf(check: Check, patient: Patient): Promise<Finding> {
  try {
    return await check.ask(patient);
  } catch (error) {
    if (error instanceof EndpointFailure) return no(error.message);
    const { name, message } = error as Error;
    return no(name === 'TimeoutError' ? `no answer in ${patient.timeoutMs / 1000} s` : message);
  }
}

function endpointFrom(options: EndpointOptions): { endpoint: Endpoint; model: string } {
  const { url, wayTo, model = DEFAULT_MODEL } = checkEndpoint(options);
  const { apiKey, headers, ca, provider, insecure = false } = options;
  return {
    model,
    endpoint: {
      baseUrl: url,
      headers: requestHeaders(apiKey, headers, provider && providers[provider].keyHeader),
      ...(ca !== undefined && { ca }),
      insecure,
      way: wayTo(url),
    },
  };
}

function conclusion(
  model: string,
  can: (name: string) => boolean,
  results: ReadonlyMap<string, CheckResult>,
): Pick<DoctorReport, 'transports' | 'flags' | 'webSocketMode'> {
  const webSocketMode = can('ws_create') && can('ws_chain');
  const streams = can('sse') || results.get('sse')?.verdict === 'differs';
  const measurable = (name: TransportName): boolean => {
    const { carrier } = connectorOf(name);
    return (carrier === 'websocket' || streams) && checksBehind(transports[name]).every(can);
  };
  const refuses = (name: string): boolean => results.get(name)?.verdict === 'no';
  return {
    webSocketMode,
    transports: Object.keys(transports).filter(isTransportName).filter(measurable),
    flags: [
      ...(model === DEFAULT_MODEL ? [] : [`--model ${model}`]),
      ...(refuses('named_tool_choice') ? ['--tool-choice auto'] : []),
      ...(refuses('include') ? ['--omit include'] : []),
    ],
  };
}

/** The checks that have to say yes for a transport to be measured. */
function checksBehind({ connection, context, warm }: TransportPolicy): string[] {
  const overWebSocket = connectors[connection].carrier === 'websocket';
  return [
    ...(overWebSocket ? ['ws_create'] : []),
    ...(connection === 'http2' ? ['http2'] : []),
    ...(context === 'incremental' ? [overWebSocket ? 'ws_chain' : 'http_chain'] : []),
    ...(warm ? ['ws_warm_up'] : []),
  ];
}
