import { cacheKeyPolicies } from '../../../runner/request/cache-key.ts';
import { toolChoiceWords } from '../../../runner/request/shape.ts';
import type { SettingTable } from './setting.ts';

/** What requests carry, for endpoints that take less than the whole API; each goes to the library's `request`. */
export const requestSettings = {
  toolChoice: {
    value: 'choice',
    choices: toolChoiceWords,
    flag: '--tool-choice <named|required|auto>',
    help: 'ask for the scripted calls by name, for any call, or not at all',
    default: 'named',
    on: ['run', 'gate'],
    option: 'toolChoice',
  },
  omit: {
    value: 'list',
    flag: '--omit <fields>',
    help: 'leave these out: include, instructions, parallel_tool_calls, store, tool_choice, tools',
    on: ['run', 'gate'],
    option: 'omit',
    examples: [
      'parallel_tool_calls',
      'include,store',
      'instructions,parallel_tool_calls,tool_choice,tools',
    ],
  },
  cacheKey: {
    value: 'choice',
    choices: cacheKeyPolicies,
    flag: '--cache-key <per-run|per-arm|shared|none>',
    help: 'who shares a prompt_cache_key: the sessions of this run, of each transport, of all runs',
    default: 'none',
    on: ['run', 'gate'],
    option: 'cacheKey',
  },
  wsProtocol: {
    value: 'list',
    flag: '--ws-protocol <names>',
    help: 'offer these subprotocols with the WebSocket upgrade',
    on: ['run', 'gate'],
    option: 'webSocketProtocols',
    examples: ['openai-beta.responses.v1', 'realtime,v2'],
  },
} as const satisfies SettingTable;
