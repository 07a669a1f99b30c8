import { createHash } from 'node:crypto';
import { UsageError } from '../errors.ts';
import { randomAt } from '../random.ts';
import { BYTES_PER_TOKEN } from '../units.ts';
import { describeScript } from './describe.ts';
import type { Script, Turn } from './script.ts';
import { randomText } from './text.ts';

/** Another size for a script. */
export interface Resize {
  /** Model calls, at least 2. */
  steps?: number;
  /** Tools, standing orders and first message of the first request, as JSON, in tokens of 4 bytes. */
  contextTokens?: number;
}

/**
 * The script with so many steps or so large a context to begin with, under a name of its own. It begins and ends as before: where there
 * are fewer steps those before the last are left out, where there are more the middle ones come again. The context grows
 * and shrinks in its standing orders.
 * @throws UsageError for steps that are no whole number from 2 on, or if tools and first message alone are larger than
 *   the context.
 */
export function resizeScript(script: Script, { steps, contextTokens }: Resize): Script {
  const longer = steps === undefined ? script : withSteps(script, steps);
  return contextTokens === undefined ? longer : withContext(longer, contextTokens);
}

function withSteps(script: Script, steps: number): Script {
  if (!Number.isInteger(steps) || steps < 2) {
    throw new UsageError(`steps: expected a whole number from 2 on, got ${steps}`);
  }
  const { turns } = script;
  const [first] = turns;
  const last = turns.at(-1);
  if (first === undefined || last === undefined || steps === turns.length) return script;
  const begun = turns.slice(0, Math.min(steps, turns.length) - 1);
  const middle = turns.length > 2 ? turns.slice(1, -1) : [{ ...last, model: first.model }];
  while (begun.length < steps - 1) begun.push(...middle.slice(0, steps - 1 - begun.length));
  return renamed(
    { ...script, turns: [...begun, endOf(turns[steps - 1] ?? last, last)] },
    `${steps}-steps`,
  );
}

/** What the client brings to this turn, and the last word. */
function endOf(turn: Turn, { model }: Turn): Turn {
  return { ...turn, model };
}

function withContext(script: Script, tokens: number): Script {
  const place = script.instructions?.in ?? 'input';
  const { toolBytes, firstInputBytes } = describeScript({
    ...script,
    instructions: { text: '', in: 'input' },
  });
  const bytes = tokens * BYTES_PER_TOKEN - toolBytes - firstInputBytes;
  if (bytes < 1) {
    const least = Math.ceil((toolBytes + firstInputBytes + 1) / BYTES_PER_TOKEN);
    throw new UsageError(
      `context: ${script.name} begins with ${least} tokens of tools and first message, got ${tokens}`,
    );
  }
  const text = randomText(randomAt(script.seed, 'instructions'), bytes);
  return renamed({ ...script, instructions: { text, in: place } }, `${tokens}-tokens`);
}

/** What was made of a definition is told from it in every result. */
function renamed(script: Script, how: string): Script {
  const sha256 = createHash('sha256').update(`${script.sha256} ${how}`).digest('hex');
  return { ...script, name: `${script.name}-${how}`, sha256 };
}
