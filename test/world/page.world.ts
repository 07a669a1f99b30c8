import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { gate } from '../../src/app/gate.ts';
import { gateReporters, reporters } from '../../src/report/index.ts';
import type { Result } from '../../src/result/schema.ts';
import { atEnd } from '../support/cleanup.ts';
import { tempFolder } from '../support/cli.ts';
import { smallScript } from '../support/script.ts';
import { executableOf } from './programs.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const evil = '</script><script>document.title="owned"</script><img src=x onerror="alert(1)">\u202E';

let browser: Browser;
let result: Result;
const urls: Record<string, string> = {};

beforeAll(async () => {
  const executablePath = executableOf({ name: 'chromium', install: 'chromium' });
  // Root, as in a container, has no sandbox of its own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath, args });
  atEnd(() => browser.close());
  result = await runBenchmark({
    scenario: smallScript,
    transports: ['http', 'http-keepalive', 'ws'],
    iterations: 8,
    warmup: 0,
    concurrency: 1,
    calibrate: false,
  });
  const hostile = JSON.parse(
    JSON.stringify(result).replaceAll('"ws"', JSON.stringify(evil)),
  ) as Result;
  hostile.run.scenario.name = evil;
  hostile.warnings.push({ code: evil, message: evil });
  const pages = {
    result: reporters.html(result),
    hostile: reporters.html(hostile),
    gate: gateReporters.html(gate(result, { baseline: result })),
  };
  const folder = await tempFolder();
  for (const [name, html] of Object.entries(pages)) {
    const file = path.join(folder, `${name}.html`);
    await writeFile(file, html);
    urls[name] = pathToFileURL(file).href;
  }
});

interface Look {
  width?: number;
  scheme?: 'light' | 'dark';
  javaScript?: boolean;
}

/** Opens a page, and whatever it complains of or asks for. */
async function opened(
  name: string,
  { width = 1440, scheme = 'light', javaScript = true }: Look = {},
) {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
  });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => {
    if (request.url() !== urls[name]) complaints.push(request.url());
  });
  await page.goto(urls[name] ?? '');
  return { page, complaints };
}

const drawings = (page: Page) => page.locator('figure > svg:visible');

describe('the page in Chromium', () => {
  it.each(
    ['result', 'hostile', 'gate'].flatMap((name) =>
      [1440, 768, 390].flatMap((width) =>
        (['light', 'dark'] as const).flatMap((scheme) =>
          [true, false].map((javaScript) => ({ name, width, scheme, javaScript })),
        ),
      ),
    ),
  )(
    '$name, $width px, $scheme, JavaScript $javaScript: asks for nothing, complains of nothing, fits',
    async ({ name, ...look }) => {
      const { page, complaints } = await opened(name, look);
      const figures = await page.locator('figure').count();
      expect(figures).toBeGreaterThan(name === 'gate' ? 0 : 7);
      expect(await drawings(page).count()).toBe(figures);
      if (look.javaScript) {
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
        expect(await page.title()).not.toBe('owned');
      }
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it.each(
    ['result', 'gate'].flatMap((name) =>
      (['light', 'dark'] as const).flatMap((scheme) =>
        [1440, 390].map((width) => ({ name, scheme, width })),
      ),
    ),
  )('$name, $width px, $scheme: axe finds nothing', async ({ name, ...look }) => {
    const { page } = await opened(name, look);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.evaluate(axeSource);
    const found: axe.AxeResults = await page.evaluate('axe.run()');
    expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    await page.close();
  });

  it('shows the figures of summary.csv', async () => {
    const { page } = await opened('result');
    const [head = [], ...rows] = await tableAfter(page, 'Summary');
    const csv = reporters
      .csv(result)
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const [names = []] = csv;
    for (const row of rows) {
      const [transport = ''] = row;
      const of = (metric: string): number => {
        const line = csv.find(([each, its]) => each === transport && its === metric);
        return Number(line?.[names.indexOf('p50')]) / 1000;
      };
      const shown = (column: string): number => Number.parseFloat(row[head.indexOf(column)] ?? '');
      for (const [column, metric] of [
        ['workflow', 'workflow_e2e'],
        ['step', 'step_duration'],
        ['handshake', 'handshake'],
        ['first token', 'step_ttft'],
      ] as const) {
        expect(Math.abs(shown(column) / of(metric) - 1)).toBeLessThan(0.005);
      }
    }
    await page.close();
  });

  it('shows values where one points and by the arrow keys, hides lines, and takes the other axis', async () => {
    const { page } = await opened('result');
    const figure = page.locator('figure', { hasText: 'Time of each step' });
    const tip = page.locator('#tip');
    // Drawn last, so nothing lies over it.
    await figure.locator('svg:visible g.linear .sign').last().hover();
    await expect.poll(() => tip.textContent()).toMatch(/^ws, step \d+: [\d.]+\sms$/);
    await figure.locator('svg:visible').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => tip.textContent()).toMatch(/^http, step 2: [\d.]+\sms$/);
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).toBe(false);

    const lines = figure.locator('svg:visible g.linear .line:visible');
    expect(await lines.count()).toBe(3);
    await figure.getByRole('button', { name: 'ws' }).click();
    expect(await lines.count()).toBe(2);
    await figure.getByRole('button', { name: 'logarithmic' }).click();
    expect(await lines.count()).toBe(0);
    expect(await figure.locator('svg:visible g.logarithmic .line:visible').count()).toBe(2);
    await page.close();
  });
});

/** The first table of the section under this heading, as texts. */
async function tableAfter(page: Page, heading: string): Promise<string[][]> {
  const section = page.locator('section', {
    has: page.getByRole('heading', { name: heading, exact: true }),
  });
  const rows = await section.locator(':scope > .scroll').first().locator('tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
}
