import { isKeptUp } from '../../compare/load/knee.ts';
import type { Knee } from '../../result/load/schema.ts';
import type { Result } from '../../result/schema.ts';

/** What a load shows, a sentence for each transport: its knee where it was looked for, else whether it was kept up. */
export function loadLines({ load }: Pick<Result, 'load'>): string[] {
  if (load === undefined) return [];
  if (load.knees !== undefined) {
    return Object.entries(load.knees).map(([name, knee]) => `${name} ${kneeText(knee)}.`);
  }
  return load.levels.flatMap(({ transports }) =>
    Object.entries(transports).flatMap(([name, figures]) => {
      if (!isKeptUp(figures)) return [];
      const { offeredPerSecond, goodPerSecond } = figures;
      if (offeredPerSecond === null) return [];
      const good = goodPerSecond === null ? '' : `, ${figure(goodPerSecond)}/s of it good`;
      return [`${name} kept up with ${figure(offeredPerSecond)}/s${good}.`];
    }),
  );
}

function kneeText({ perSecond, notPerSecond, mostPerSecond }: Knee): string {
  const most = mostPerSecond === null ? '' : `; at most it did ${figure(mostPerSecond)}/s`;
  if (perSecond === null && notPerSecond === null) return 'was not measured';
  if (perSecond === null) return `kept up with no rate, not with ${figure(notPerSecond)}/s${most}`;
  if (notPerSecond === null)
    return `kept up with every rate that was tried, up to ${figure(perSecond)}/s${most}`;
  return `kept up with ${figure(perSecond)}/s, not with ${figure(notPerSecond)}/s${most}`;
}

function figure(perSecond: number | null): string {
  return perSecond === null ? '–' : String(Number(perSecond.toPrecision(3)));
}
