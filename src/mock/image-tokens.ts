/**
 * Tokens that an image stands for, by its class of size: 85, and 170 for each tile of 512 pixels squared, as OpenAI's
 * guide to images has it; `detail: low` has none. The mock doesn't decode the image: that up to 100 KB of base64 are
 * one tile, up to 500 KB four and anything larger eight is assumed, so is four for an image that is only linked.
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
