/*
 * Small session files in the shapes of real ones. Whatever somebody said carries the marker, which no scenario may show.
 */

/** Stands in every content. */
export const MARKER = 'planted-secret-words';

const base = Date.parse('2026-03-01T10:00:00Z');

function at(ms: number): string {
  return new Date(base + ms).toISOString();
}

/** Text with the marker, of so many bytes, two of them line ends. */
export function words(bytes: number): string {
  return `${MARKER}\n\n${'x'.repeat(bytes - MARKER.length - 2)}`;
}

function lines(records: readonly unknown[]): string {
  return `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
}

/** Arguments of 40 bytes and more, as JSON. */
const given = { cmd: MARKER, why: 'x' };
const command = JSON.stringify(given);

const item = (ms: number, payload: object) => ({
  timestamp: at(ms),
  type: 'response_item',
  payload,
});
const event = (ms: number, payload: object) => ({ timestamp: at(ms), type: 'event_msg', payload });
const message = (role: string, text: string) => ({
  type: 'message',
  role,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
});
const callItem = (id: string) => ({
  type: 'function_call',
  name: 'exec_command',
  call_id: id,
  arguments: command,
});
const outputItem = (id: string, bytes: number) => ({
  type: 'function_call_output',
  call_id: id,
  output: words(bytes),
});

/** Two parallel calls, then a text: with usage lines, and the token counts that only repeat them. */
export const codexRollout = lines([
  { timestamp: at(0), type: 'session_meta', payload: { base_instructions: { text: words(800) } } },
  event(0, { type: 'task_started' }),
  item(5, message('developer', words(200))),
  { timestamp: at(6), type: 'turn_context', payload: { model: 'gpt-test' } },
  item(10, message('user', words(100))),
  event(10, { type: 'user_message', message: words(100) }),
  item(700, { type: 'reasoning', summary: [{ type: 'summary_text', text: words(60) }] }),
  item(900, callItem('a')),
  item(1000, callItem('b')),
  {
    timestamp: at(1010),
    type: 'token_usage_record',
    payload: { usage: { input_tokens: 1000, output_tokens: 40, reasoning_output_tokens: 15 } },
  },
  event(1011, {
    type: 'token_count',
    info: { total_token_usage: { input_tokens: 1000 }, last_token_usage: { input_tokens: 1000 } },
  }),
  item(1210, outputItem('b', 300)),
  item(1510, outputItem('a', 500)),
  { timestamp: at(1511), type: 'something_new', payload: { text: MARKER } },
  item(2000, message('assistant', words(120))),
  {
    timestamp: at(2010),
    type: 'token_usage_record',
    payload: { usage: { input_tokens: 1240, output_tokens: 30 } },
  },
  event(2020, { type: 'task_complete', time_to_first_token_ms: 650 }),
]);

/** As Codex wrote it before usage lines: a count without news, repeated ones, and a second turn. */
export const oldCodexRollout = lines([
  { timestamp: at(0), type: 'session_meta', payload: { instructions: null } },
  item(10, message('user', words(100))),
  event(20, { type: 'token_count', info: null }),
  item(900, { type: 'custom_tool_call', name: 'apply_patch', call_id: 'p', input: words(90) }),
  event(910, { type: 'token_count', info: tokenCount(1000, 20) }),
  item(1110, { type: 'custom_tool_call_output', call_id: 'p', output: words(70) }),
  event(1120, { type: 'token_count', info: tokenCount(1000, 20) }),
  item(2000, message('assistant', words(120))),
  event(2010, { type: 'token_count', info: tokenCount(2100, 50) }),
  item(9010, message('user', words(80))),
  event(9020, { type: 'token_count', info: tokenCount(2100, 50) }),
  item(9900, message('assistant', words(60))),
  event(9910, { type: 'token_count', info: tokenCount(3300, 70) }),
]);

function tokenCount(input: number, output: number) {
  const usage = { input_tokens: input, output_tokens: output };
  return { total_token_usage: usage, last_token_usage: { input_tokens: 1000, output_tokens: 20 } };
}

const claudeLine = (ms: number, uuid: string, parentUuid: string | null, rest: object) => ({
  ...{ timestamp: at(ms), uuid, parentUuid, sessionId: 's', isSidechain: false },
  ...rest,
});
const claudeAnswer = (requestId: string, block: object, output: number) => ({
  type: 'assistant',
  requestId,
  message: {
    role: 'assistant',
    content: [block],
    usage: { input_tokens: 10, cache_read_input_tokens: 990, output_tokens: output },
  },
});

/** One response on three lines, a dead branch, and what the client wrote for itself. */
export const claudeSession = lines([
  { type: 'file-history-snapshot', snapshot: MARKER },
  claudeLine(0, 'u1', null, { type: 'user', message: { content: words(100) } }),
  claudeLine(800, 'a1', 'u1', claudeAnswer('r1', { type: 'thinking', thinking: words(60) }, 8)),
  claudeLine(900, 'a2', 'a1', claudeAnswer('r1', { type: 'text', text: words(90) }, 8)),
  claudeLine(
    1000,
    'a3',
    'a2',
    claudeAnswer('r1', { type: 'tool_use', id: 't', name: 'Bash', input: { cmd: MARKER } }, 50),
  ),
  claudeLine(1400, 'u2', 'a3', {
    type: 'user',
    message: { content: [{ type: 'tool_result', tool_use_id: 't', content: words(300) }] },
    toolUseResult: { stdout: words(300) },
  }),
  claudeLine(1450, 'dead', 'a2', claudeAnswer('r9', { type: 'text', text: words(70) }, 9)),
  claudeLine(2000, 'a4', 'u2', claudeAnswer('r2', { type: 'text', text: words(120) }, 30)),
  claudeLine(2100, 'm', 'a4', { type: 'user', isMeta: true, message: { content: MARKER } }),
  claudeLine(1900, 'u3', 'a4', { type: 'user', message: { content: words(50) } }),
  claudeLine(9000, 'a5', 'u3', claudeAnswer('r3', { type: 'text', text: words(40) }, 12)),
]);

const copilotEvent = (ms: number, type: string, data: object) => ({
  timestamp: at(ms),
  type,
  data,
});
const copilotUsage = (ms: number, inputTokens: number, timeToFirstTokenMs: number) =>
  copilotEvent(ms, 'session.usage_record', {
    usage: {
      ...{ inputTokens, outputTokens: 30, reasoningTokens: 0, cacheReadTokens: 5 },
      ...{ duration: 800, timeToFirstTokenMs, requestBodyBytes: 3000 },
    },
  });

/** The first token of every call is known, and the size of the first request. */
export const copilotSession = lines([
  copilotEvent(0, 'session.start', { selectedModel: 'gpt-test' }),
  copilotEvent(1, 'user.message', { content: MARKER, transformedContent: words(100) }),
  copilotEvent(2, 'system.message', { content: words(1000) }),
  copilotUsage(900, 1000, 300),
  copilotEvent(901, 'assistant.message', {
    content: '',
    toolRequests: [{ toolCallId: 'c', name: 'bash', arguments: given }],
  }),
  copilotEvent(1150, 'tool.execution_complete', {
    toolCallId: 'c',
    result: { content: words(300) },
  }),
  copilotUsage(2000, 1120, 150),
  copilotEvent(2001, 'assistant.message', { content: words(120) }),
  copilotEvent(2002, 'session.shutdown', { totals: MARKER }),
]);

const key = (name: string, value: object) => ({ key: name, value });
const otlpSpan = (name: string, startMs: number, endMs: number, attributes: object[]) => ({
  traceId: 't1',
  name,
  startTimeUnixNano: `${base + startMs}000000`,
  endTimeUnixNano: `${base + endMs}000000`,
  attributes,
});
const chatSpan = (startMs: number, endMs: number, input: number | string, output: number) =>
  otlpSpan('chat gpt-test', startMs, endMs, [
    key('gen_ai.operation.name', { stringValue: 'chat' }),
    key('gen_ai.usage.input_tokens', { intValue: input }),
    key('gen_ai.usage.output_tokens', { intValue: output }),
    key('gen_ai.response.time_to_first_chunk', { doubleValue: 0.3 }),
  ]);

/** One trace over two export requests, children first; the parent that carries the sums is no step. */
export const otlpTrace = lines([
  {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              otlpSpan('execute_tool bash', 820, 1180, [
                key('gen_ai.operation.name', { stringValue: 'execute_tool' }),
                key('gen_ai.tool.name', { stringValue: 'bash' }),
              ]),
              chatSpan(0, 800, 1000, 20),
            ],
          },
        ],
      },
    ],
  },
  {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              chatSpan(1200, 2000, '1095', 30),
              otlpSpan('invoke_agent', 0, 2000, [
                key('gen_ai.operation.name', { stringValue: 'invoke_agent' }),
                key('gen_ai.usage.input_tokens', { intValue: 2095 }),
              ]),
            ],
          },
        ],
      },
    ],
  },
]);

/** Streamed by the AI SDK: the tool's span lies inside of the model's. */
export const aiSdkTrace = JSON.stringify(
  {
    spans: [
      aiSpan('ai.streamText.doStream', 0, 1200, {
        'ai.prompt.messages': JSON.stringify([
          { role: 'system', content: words(200) },
          { role: 'user', content: [{ type: 'text', text: words(100) }] },
        ]),
        'ai.prompt.tools': [JSON.stringify({ type: 'function', name: 'lookup', parameters: {} })],
        'ai.response.toolCalls': JSON.stringify([
          { toolCallId: 'c', toolName: 'lookup', input: command },
        ]),
        'ai.response.msToFirstChunk': 300,
        'ai.usage.inputTokens': 400,
        'ai.usage.outputTokens': 11,
      }),
      aiSpan('ai.toolCall', 800, 1150, {
        'ai.toolCall.name': 'lookup',
        'ai.toolCall.id': 'c',
        'ai.toolCall.result': words(300),
      }),
      aiSpan('ai.streamText.doStream', 1210, 2000, {
        'ai.prompt.messages': JSON.stringify([
          { role: 'system', content: words(200) },
          { role: 'user', content: [{ type: 'text', text: words(100) }] },
          {
            role: 'assistant',
            content: [
              {
                type: 'tool-call',
                toolCallId: 'c',
                toolName: 'lookup',
                input: given,
              },
            ],
          },
          {
            role: 'tool',
            content: [{ type: 'tool-result', toolCallId: 'c', output: { value: words(299) } }],
          },
        ]),
        'ai.response.text': words(120),
        'ai.response.msToFirstChunk': 150,
        'ai.usage.inputTokens': 500,
        'ai.usage.outputTokens': 30,
      }),
    ],
  },
  null,
  1,
);

function aiSpan(name: string, startMs: number, endMs: number, attributes: object) {
  return { trace_id: 't', name, start_time: at(startMs), end_time: at(endMs), attributes };
}

/** A tool call with its result, then a text; no times that tell model and tools apart. */
export const atifTrajectory = JSON.stringify({
  schema_version: 'ATIF-v1.4',
  agent: { model_name: 'gpt-test' },
  steps: [
    { source: 'system', message: words(200) },
    { source: 'user', message: words(100) },
    { source: 'agent', message: words(80), is_copied_context: true },
    {
      source: 'agent',
      message: words(90),
      reasoning_content: words(60),
      tool_calls: [{ tool_call_id: 'c', function_name: 'search', arguments: given }],
      observation: { results: [{ source_call_id: 'c', content: words(300) }] },
      metrics: { prompt_tokens: 1000, completion_tokens: 40, cached_tokens: 500 },
    },
    {
      source: 'agent',
      message: words(120),
      metrics: { prompt_tokens: 1200, completion_tokens: 30 },
    },
  ],
});

/** Two requests after a tool and a pause, and one that was cut off. */
export const wekaTrace = JSON.stringify({
  id: 'x',
  block_size: 64,
  tool_tokens: 500,
  system_tokens: 100,
  requests: [
    { in: 1000, out: 40, hash_ids: [1, 2, 3], stop: 'tool_use', api_time: 2, think_time: 0 },
    {
      in: 1200,
      out: 30,
      hash_ids: [1, 2, 9],
      stop: 'end_turn',
      api_time: 1,
      think_time: 4,
      ttft: 0.5,
    },
    { in: 1300, out: 20, hash_ids: [1, 2, 9, 4], stop: 'end_turn', api_time: 1, think_time: 90 },
  ],
});

export const mooncakeTrace = lines([
  { timestamp: 27_000, input_length: 600, output_length: 50, hash_ids: [0, 1] },
  { timestamp: 27_000, input_length: 700, output_length: 60, hash_ids: [0, 2] },
]);

const sdkSpan = (id: string, parent: string, startMs: number, endMs: number, data: object) => ({
  ...{ object: 'trace.span', id, trace_id: 't', parent_id: parent },
  ...{ started_at: at(startMs), ended_at: at(endMs), span_data: data },
});
const sdkTurn = (id: string, input: number) =>
  sdkSpan(id, 'agent', 0, 2000, {
    ...{ type: 'custom', name: 'turn' },
    data: { usage: { input_tokens: input, output_tokens: 20 } },
  });

export const agentsSdkTrace = lines([
  { object: 'trace', id: 't' },
  sdkSpan('r1', 'turn1', 0, 800, { type: 'response', response_id: 'x' }),
  sdkSpan('f1', 'turn1', 810, 1180, {
    ...{ type: 'function', name: 'lookup' },
    ...{ input: command, output: words(300) },
  }),
  sdkTurn('turn1', 1000),
  sdkSpan('r2', 'turn2', 1200, 2000, { type: 'response', response_id: 'y' }),
  sdkTurn('turn2', 1100),
]);

const logRecord = (ms: number, name: string, facts: Record<string, string>) => ({
  attributes: Object.entries({ 'event.name': name, 'event.timestamp': at(ms), ...facts }).map(
    ([each, value]) => key(each, { stringValue: value }),
  ),
});
const completed = (ms: number, input: string, output: string) =>
  logRecord(ms, 'codex.sse_event', {
    'event.kind': 'response.completed',
    input_token_count: input,
    output_token_count: output,
  });

/** With the warm-up of a WebSocket, which is no step. */
export const codexLogExport = JSON.stringify({
  resourceLogs: [
    {
      scopeLogs: [
        {
          logRecords: [
            completed(0, '900', '0'),
            completed(800, '1000', '20'),
            logRecord(1200, 'codex.tool_result', {
              tool_name: 'exec_command',
              arguments: command,
              output: words(300),
            }),
            completed(2000, '1100', '30'),
          ],
        },
      ],
    },
  ],
});

const tools = [{ type: 'function', name: 'lookup', description: words(200), parameters: {} }];
const userTurn = { role: 'user', content: words(100) };
const callOutput = { type: 'function_call_output', call_id: 'c', output: words(300) };
const firstAnswer = {
  id: 'resp_1',
  output: [{ id: 'fc', type: 'function_call', name: 'lookup', call_id: 'c', arguments: command }],
  usage: { input_tokens: 120, output_tokens: 11 },
};
const lastAnswer = {
  id: 'resp_2',
  output: [message('assistant', words(120))],
  usage: { input_tokens: 210, output_tokens: 30 },
};
const firstRequest = { model: 'gpt-test', tools, input: [userTurn] };
const fullRequest = { ...firstRequest, input: [userTurn, callItemLookup(), callOutput] };
const chainedRequest = { ...firstRequest, previous_response_id: 'resp_1', input: [callOutput] };

function callItemLookup() {
  return { type: 'function_call', name: 'lookup', call_id: 'c', arguments: command };
}

const post = (startMs: number, request: object, response: object, sse: boolean) => ({
  startedDateTime: at(startMs),
  time: 800,
  request: {
    method: 'POST',
    url: 'https://example.test/v1/responses',
    headers: [{ name: 'Authorization', value: `Bearer ${MARKER}` }],
    postData: { text: JSON.stringify(request) },
  },
  response: {
    content: {
      text: sse
        ? `event: response.completed\ndata: ${JSON.stringify({ type: 'response.completed', response })}\n\n`
        : Buffer.from(JSON.stringify(response)).toString('base64'),
      ...(!sse && { encoding: 'base64' }),
    },
  },
});

/** A stream with the history, a page that is no call, and a second answer in JSON, packed. */
export const harOfHttp = JSON.stringify({
  log: {
    version: '1.2',
    entries: [
      { request: { method: 'GET', url: 'https://example.test/' }, response: {} },
      post(0, firstRequest, firstAnswer, true),
      post(1200, fullRequest, lastAnswer, false),
    ],
  },
});

const socketMessage = (type: string, ms: number, data: object, scale: number) => ({
  ...{ type, opcode: 1, time: (base + ms) / scale },
  data: JSON.stringify(data),
});

/** A WebSocket's messages with times in s, as Chrome has them, or in ms, as Playwright has. */
export function harOfSocket(scale: 1 | 1000): string {
  const delta = { type: 'response.output_text.delta', delta: MARKER };
  const done = (response: object) => ({ type: 'response.completed', response });
  const create = (request: object) => ({ type: 'response.create', ...request });
  return JSON.stringify({
    log: {
      entries: [
        {
          request: { method: 'GET', url: 'wss://example.test/v1/responses' },
          _webSocketMessages: [
            socketMessage('send', 0, create(firstRequest), scale),
            socketMessage('receive', 300, delta, scale),
            socketMessage('receive', 800, done(firstAnswer), scale),
            socketMessage('send', 1200, create(chainedRequest), scale),
            socketMessage('receive', 1350, delta, scale),
            socketMessage('receive', 2000, done(lastAnswer), scale),
          ],
        },
      ],
    },
  });
}

/** Requests and responses of the Responses API, a pair a line. */
export const responsesJsonl = lines([
  { request: firstRequest, response: firstAnswer, start: at(0), duration_ms: 800, ttft_ms: 300 },
  { request: fullRequest, response: lastAnswer, start: at(1200), duration_ms: 800, ttft_ms: 150 },
]);

const chatCall = { id: 'c', type: 'function', function: { name: 'lookup', arguments: command } };
const chatMessages = [{ role: 'system', content: words(200) }, userTurn];

/** The same of Chat Completions, without times. */
export const chatJsonl = lines([
  {
    body: { model: 'gpt-test', messages: chatMessages, tools },
    response: {
      body: {
        id: 'x',
        choices: [
          { message: { content: null, tool_calls: [chatCall] }, finish_reason: 'tool_calls' },
        ],
        usage: { prompt_tokens: 150, completion_tokens: 11 },
      },
    },
  },
  {
    body: {
      model: 'gpt-test',
      tools,
      messages: [
        ...chatMessages,
        { role: 'assistant', content: null, tool_calls: [chatCall] },
        { role: 'tool', tool_call_id: 'c', content: words(300) },
      ],
    },
    response: {
      body: {
        id: 'y',
        choices: [{ message: { content: words(120) }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 240, completion_tokens: 30 },
      },
    },
  },
]);
