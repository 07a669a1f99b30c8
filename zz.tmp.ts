import { parseScenario } from './src/scenario/load.ts';
import { expandScenario } from './src/scenario/expand.ts';
import { describeScript } from './src/scenario/describe.ts';
import { scenarioTemplate } from './src/scenario/template.ts';
const l = await parseScenario(scenarioTemplate(), 't.yaml');
const t0=performance.now();
const s=expandScenario(l,1);
console.log(performance.now()-t0, describeScript(s), s.turns[0]);
const bad=`name: a b
tols: 1
steps:
  - user: hi
    model: {call: {tool: x y, args: {}, tokens: '5'}}
  - tool: [{output: {tokens: 1, bytes: 2}, time: '3'}, {output: {file: nix}}]
    model: {}
    repeat: 1.5
  - tool: {output: {tokens: {mean: 0, sd: 1, k: 2}}, time: 35}
    model: {text: {tokens: 0}, call: {tool: raed, bytes: 10}}
  - model: {text: {text: "" }}
tools:
 - {name: x, parameters: {type: array}}
 - {parameters: }
 - {name: read}
 - {name: read}
`;
console.log(await parseScenario(bad,'my.yaml').catch(e=>e.message));
for (const b of ['', '[', 'a: [*b]', 'x: &a [*a]','x: !!binary aGk=', 'a: 1\na: 2', 'a: .inf','['.repeat(50000), '- '.repeat(50000), '{a: '.repeat(50000), '? '.repeat(5000)+'a', '\ta: 1', '{\n\t"name": "x",\n\t"steps": 3\n}', 'a\n---\nb', 'x: &a [1,1,1,1,1,1,1,1,1,1]\ny: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nz: &c [*b,*b,*b,*b,*b,*b]\nw: &d [*c,*c,*c,*c,*c,*c]\nv: [*d,*d,*d,*d,*d]','? {a: 1}\n: 2','\u0000\u0001'])
 console.log(JSON.stringify(b.slice(0,20)), '\n   '+(await parseScenario(b,'f').catch(e=>e.name+' '+e.message)).slice?.(0,700));
