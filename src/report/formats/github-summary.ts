import type { Page } from '../blocks/block.ts';
import { markdownText } from './markdown.ts';

/** A page for `$GITHUB_STEP_SUMMARY`, where several steps write one below the other. */
export function githubSummaryText(page: Page): string {
  return `${markdownText(page)}\n`;
}
