/**
 * A scenario to start from: short, valid, every part explained.
 * @param name of the new scenario, as the schema allows it
 */
export function scenarioTemplate(name = 'my-agent'): string {
  return `# A scenario says what an agent session looks like, not what it is about.
# Sizes: { tokens: n } (a token is 4 bytes here), { bytes: n }, or drawn from the seed:
# { tokens: { mean: 900, sd: 300 } }. Instead of a size: { text: … } or { file: prompt.txt }.

name: ${name}
description: Reads a file, runs the tests and the linter, and reports.

# Standing orders: a developer message of the first turn.
# With "in: request" they travel as the request's instructions instead, with every request.
instructions: { tokens: 1200 }

# Sent with every request. "pad" lengthens a description to the size of a real one.
tools:
  - name: read_file
    description: Reads a text file.
    parameters:
      type: object
      properties: { path: { type: string } }
      required: [path]
    pad: { bytes: 900 }
  - name: run_command
    description: Runs a shell command and returns its output.
    parameters:
      type: object
      properties: { command: { type: string } }
      required: [command]

# Before the context would grow beyond this, it is compacted (POST /responses/compact).
# compact: { above: { tokens: 20000 } }

# One step is one model call: what the client brings, and what the model answers.
steps:
  # The first step opens with the user.
  - user: { tokens: 300 }
    model:
      reasoning: { tokens: 40 }
      call: { tool: read_file, arguments: { path: src/cart.ts } }

  # After a call comes its result, and how long the tool took.
  - tool: { output: { tokens: 1800 }, time: 35ms }
    model: { call: { tool: read_file, arguments: { path: src/order.ts } } }
    # Three times in a row: each reads what the one before asked for.
    repeat: 3

  # Several calls at once are parallel …
  - tool: { output: { tokens: { mean: 900, sd: 300 } }, time: 35ms }
    model:
      call:
        - { tool: run_command, arguments: { command: npm test } }
        - { tool: run_command, arguments: { command: npm run lint } }

  # … their results come in the order of the calls, and their waits overlap.
  - tool:
      - { output: { bytes: 900 }, time: 1.2s }
      - { output: { bytes: 200 }, time: 300ms }
    model: { text: { tokens: 180 } }
`;
}
