import { trafficOf } from './src/estimate/traffic.ts';
import { walkWorkflow } from './src/estimate/walk.ts';
import { createLatencyEngine } from './src/mock/latency/engine.ts';
import { profiles } from './src/mock/profile/bundled.ts';
import { plainLink } from './src/network/link-presets.ts';
import { scriptOf } from './src/app/job.ts';
import { transports } from './src/transport/index.ts';
const [name='quick', prof='fast', rtt='40', tool='1'] = process.argv.slice(2);
const script = await scriptOf(name, 1);
for (let k=0;k<1;k++) for (const [arm, policy] of Object.entries(transports)) {
  const t0=performance.now();
  const traffic = trafficOf(script, policy, (profiles as any)[prof]);
  const t1=performance.now();
  const engine = createLatencyEngine((profiles as any)[prof], 1);
  const walk = walkWorkflow(traffic, { connector: policy.connection, link: rtt==='0'?undefined:plainLink(Number(rtt)), tls: true, jitter: () => 0, toolTimeFactor: Number(tool) });
  let s = walk.next();
  while (!s.done) s = walk.next(engine.time(s.value.work));
  const t2=performance.now();
  console.log(arm.padEnd(15), s.value.e2eMs.toFixed(1), s.value.connections, s.value.bytesSent, s.value.bytesReceived, JSON.stringify(Object.fromEntries([...s.value.parts].map(([k,v])=>[k,+v.toFixed(1)]))), (t1-t0).toFixed(1), (t2-t1).toFixed(1));
}
