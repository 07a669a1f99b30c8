import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IJob, Job } from 'kubernetes-models/batch/v1';
import { type IPersistentVolumeClaim, PersistentVolumeClaim } from 'kubernetes-models/v1';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const folder = fileURLToPath(new URL('../../docs/scale/', import.meta.url));

interface Manifest {
  apiVersion: string;
  kind: string;
}

/** The kinds that our manifests are of, by the API's published schema: what checks values, and where their fields are declared. */
const kinds: Readonly<Record<string, { module: string; validate: (manifest: Manifest) => void }>> =
  {
    'batch/v1 Job': {
      module: 'kubernetes-models/batch/v1',
      validate: (manifest) => {
        new Job(manifest as unknown as IJob).validate();
      },
    },
    'v1 PersistentVolumeClaim': {
      module: 'kubernetes-models/v1',
      validate: (manifest) => {
        new PersistentVolumeClaim(manifest as unknown as IPersistentVolumeClaim).validate();
      },
    },
  };

/** What a manifest has that the API doesn't take; the validators overlook fields of other names, so the types are asked too. */
function problemsOf(manifest: Manifest): string[] {
  const { module, validate } = kinds[`${manifest.apiVersion} ${manifest.kind}`] ?? {};
  if (module === undefined || validate === undefined) return ['a kind that is not known'];
  try {
    validate(manifest);
  } catch (error) {
    return [(error as Error).message];
  }
  const source = `import type { I${manifest.kind} } from '${module}';
export const manifest: I${manifest.kind} = ${JSON.stringify(manifest)};`;
  return typeProblems(source);
}

function typeProblems(source: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
  };
  const plain = ts.createCompilerHost(options);
  const name = path.join(folder, 'manifest.ts');
  const host: ts.CompilerHost = {
    ...plain,
    fileExists: (file) => file === name || plain.fileExists(file),
    getSourceFile: (file, ...rest) =>
      file === name
        ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2022)
        : plain.getSourceFile(file, ...rest),
  };
  const program = ts.createProgram([name], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

const manifests = ['kubernetes-job.yaml', 'kubernetes-collect.yaml'].flatMap((file) =>
  parseAllDocuments(readFileSync(path.join(folder, file), 'utf8')).map((document) => ({
    file,
    manifest: document.toJS() as Manifest,
  })),
);

describe('manifests for Kubernetes', () => {
  it.each(manifests)(
    '$manifest.kind of $file fits the published schema',
    ({ manifest }) => {
      expect(problemsOf(manifest)).toEqual([]);
    },
    60_000,
  );

  it.each<[why: string, edit: (text: string) => string, said: RegExp]>([
    [
      'a number in quotes',
      (text) => text.replace('"completions":4', '"completions":"4"'),
      /completions must be integer/,
    ],
    [
      'a word that is none of its own',
      (text) => text.replace('Never', 'Nevr'),
      /restartPolicy must be equal to one of/,
    ],
    [
      'a field that is spelled wrong',
      (text) => text.replace('"volumeMounts"', '"volumeMount"'),
      /volumeMount.*does not exist in type/,
    ],
  ])(
    'a manifest with %s would not',
    (_, edit, said) => {
      const job = manifests.find(({ manifest }) => manifest.kind === 'Job');
      const text = JSON.stringify(job?.manifest);
      expect(edit(text)).not.toBe(text);
      expect(problemsOf(JSON.parse(edit(text)) as Manifest).join()).toMatch(said);
    },
    60_000,
  );
});
