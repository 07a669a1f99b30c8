/**
 * Tokens that an image stands for, by its class of size: 85, and 170 for each tile of 512 pixels squared, as OpenAI's
 * guide to images has it; with `detail: low` there are no tiles. The mock doesn't decode images but goes by the length
 * of their data URL: up to 100 KB count as one tile, up to 500 KB as four, more as eight. A linked image counts as four.
 */
export function imageTokens({ detail, image_url: url }: Readonly<Record<string, unknown>>): number {
  if (detail === 'low') return BASE_TOKENS;
  return BASE_TOKENS + TILE_TOKENS * tilesOf(url);
}

const BASE_TOKENS = 85;
const TILE_TOKENS = 170;

function tilesOf(url: unknown): number {
  if (typeof url !== 'string' || !url.startsWith('data:')) return 4;
  if (url.length <= 100_000) return 1;
  return url.length <= 500_000 ? 4 : 8;
}
