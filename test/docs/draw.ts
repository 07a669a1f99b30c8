import { writeFile } from 'node:fs/promises';
import { readResult } from '../../src/app/read-result.ts';
import { workflowsPicture } from './picture.ts';

// npm run docs:picture -- <result>
const [, , source = '', file = 'docs/workflow-times.svg'] = process.argv;
await writeFile(file, workflowsPicture(await readResult(source)));
