import { afterAll } from 'vitest';
import { endFile } from './cleanup.ts';

// Run anew for every test file, unlike modules, which the files of one worker share.
afterAll(endFile);
