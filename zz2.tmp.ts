import { loadScenario } from './src/scenario/load.ts';
import { builtinNames } from './src/scenario/builtin.ts';
import { expandScenario } from './src/scenario/expand.ts';
import { describeScript } from './src/scenario/describe.ts';
for (const n of builtinNames) {
 const l = await loadScenario(n).catch(e=>{console.log(e.message);process.exit(1)});
 expandScenario(l,2);
 const t0=performance.now(); const s=expandScenario(l,1); const t=performance.now()-t0;
 console.log(n, t.toFixed(1)+' ms', describeScript(s));
}
import { readFileSync } from 'node:fs'; import { parseScenario } from './src/scenario/load.ts';
const txt=readFileSync('scenarios/coding-agent.yaml','utf8');
for(let i=0;i<5;i++){const t=performance.now(); await parseScenario(txt,'x'); console.log('load',(performance.now()-t).toFixed(1));}
const big='name: x\nsteps:\n'+'  - user: {tokens: 3}\n    model: {text: {tokens: 3}}\n'.repeat(9000);
{const t=performance.now(); await parseScenario(big,'x'); console.log('9000 steps',big.length,(performance.now()-t).toFixed(1));}
{const t=performance.now(); await parseScenario(big.replaceAll('user','usr'),'x').catch(e=>console.log(e.message.length)); console.log('9000 bad steps',big.length,(performance.now()-t).toFixed(1));}
const huge='name: x\nsteps:\n'+'  - user: {tokens: 3}\n    model: {text: {tokens: 3}}\n'.repeat(190000);
{const t=performance.now(); console.log(await parseScenario(huge,'x').catch(e=>e.message.slice(0,200))); console.log('huge',huge.length,(performance.now()-t).toFixed(1));}
