import { expect, it } from 'vitest';
import type { WireItem } from '../../src/protocol/items.ts';
import { deviationsOf, outcomeOf } from '../../src/runner/records/answer.ts';
import { startConversation } from '../../src/runner/request/conversation.ts';
import { smallScript } from '../support/script.ts';

const call = { type: 'function_call', name: 'read_file', arguments: '{}' };
const [first, second] = smallScript.turns;
if (first === undefined || second === undefined) throw new Error('a script without turns');

it.each<[string, WireItem[], string | undefined]>([
  ['with its id', [{ ...call, call_id: 'a' }], 'a'],
  ['with the id of an item alone', [{ ...call, id: 'fc_1' }], 'fc_1'],
  ['with an id of another kind', [{ ...call, call_id: 7, id: 'fc_1' }], 'fc_1'],
  ['without any', [call], ''],
])('a call %s is answered by what there is', (_, output, id) => {
  const conversation = startConversation(smallScript, 'm', { store: false });
  conversation.begin(first);
  conversation.absorb(output, 'resp_1');
  conversation.begin(second);
  const answers = conversation.request('incremental').input;
  expect(answers).toMatchObject([{ type: 'function_call_output', call_id: id }]);
});

it('a call without an id of its own is a deviation', () => {
  const scripted = { calls: [{ name: 'read_file', arguments: '{}' }] };
  const judge = (output: WireItem[]) => deviationsOf(scripted, outcomeOf(output), output);
  expect(judge([{ ...call, call_id: 'a' }])).toBeUndefined();
  expect(judge([call])).toEqual(['no_call_id']);
  expect(judge([{ ...call, name: 'other', id: 'fc_1' }])).toEqual(['other_call', 'no_call_id']);
});
