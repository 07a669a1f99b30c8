import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { mergeCommand } from '../../src/cli/commands/merge.ts';
import { runCommand } from '../../src/cli/commands/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'docs/scale');
const textOf = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  version: string;
};
const flagsOf = {
  run: runCommand(new Command()).options.flatMap(({ long }) => long ?? []),
  merge: mergeCommand(new Command()).options.flatMap(({ long }) => long ?? []),
};

interface Job {
  kind: string;
  metadata: { name: string };
  spec: {
    completions?: number;
    parallelism?: number;
    template: {
      spec: {
        containers: { image: string; args: string[]; volumeMounts: { name: string }[] }[];
        volumes: { name: string; persistentVolumeClaim: { claimName: string } }[];
      };
    };
  };
}

/** The manifests of a file. */
function manifests(file: string): Job[] {
  return parseAllDocuments(textOf(file)).map((document) => document.toJS() as Job);
}

describe.each(readdirSync(folder))('docs/scale/%s', (file) => {
  const text = textOf(file);

  it('names this version, and flags that the commands have', () => {
    const versions = [...text.matchAll(/agent-latency-bench[@:](\d[^\s"]*)/g)].map(([, at]) => at);
    expect(versions.filter((at) => at !== version)).toEqual([]);
    const calls = [
      ...text.matchAll(/agent-latency-bench\S* (run|merge)((?: |\\\n|\n(?! *-? ?\w+:))[^\n#]*)+/g),
    ];
    for (const [call, name] of calls) {
      const flags = call.match(/(?<=\s)--[a-z-]+/g) ?? [];
      const known = flagsOf[name as keyof typeof flagsOf];
      expect(flags.filter((flag) => !known.includes(flag) && flag !== '--dependency')).toEqual([]);
    }
  });

  it('links to what is there', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      expect(existsSync(path.join(folder, link))).toBe(true);
    }
  });
});

it('the manifests are two Jobs that share a volume, with a shard for every completion', () => {
  const [claim, job] = manifests('kubernetes-job.yaml');
  const [collector] = manifests('kubernetes-collect.yaml');
  const { args = [], image } = job?.spec.template.spec.containers[0] ?? {};
  const { completions = NaN, parallelism } = job?.spec ?? {};
  expect(parallelism).toBe(completions);
  expect(args).toContain(`--shard=auto/${completions}`);
  const flags = args.flatMap((arg) => /^--[a-z-]+/.exec(arg) ?? []);
  expect(flags.length).toBeGreaterThan(4);
  expect(flags.filter((flag) => !flagsOf.run.includes(flag))).toEqual([]);
  for (const each of [job, collector]) {
    const { containers = [], volumes = [] } = each?.spec.template.spec ?? {};
    expect(containers.map((container) => container.image)).toEqual([image]);
    expect(volumes.map((volume) => volume.persistentVolumeClaim.claimName)).toEqual([
      claim?.metadata.name,
    ]);
    expect(containers[0]?.volumeMounts.map(({ name }) => name)).toEqual(
      volumes.map(({ name }) => name),
    );
  }
});

it('the array and the matrix are shell that bash can read, with as many shards as they say', () => {
  const workflow = parse(textOf('github-matrix.yml')) as {
    jobs: Record<
      string,
      {
        strategy?: { matrix: { shard: number[] } };
        steps: { run?: string; env?: Record<string, string> }[];
      }
    >;
  };
  const scripts = Object.values(workflow.jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => run ?? []),
  );
  expect(scripts).toHaveLength(2);
  for (const script of [...scripts, textOf('slurm-array.sh')]) {
    const { status, stderr } = spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
  const shards = workflow.jobs['shard'];
  const count = shards?.strategy?.matrix.shard.length ?? NaN;
  expect(shards?.strategy?.matrix.shard).toEqual(Array.from({ length: count }, (_, at) => at + 1));
  expect(shards?.steps.flatMap(({ env }) => env?.['SHARD'] ?? [])).toEqual([
    `\${{ matrix.shard }}/${count}`,
  ]);
  // Which is what --shard auto takes.
  expect(textOf('slurm-array.sh')).toMatch(/^#SBATCH --array=0-\d+$/m);
});
