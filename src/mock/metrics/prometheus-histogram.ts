/** A histogram: counts of values by size, as Prometheus keeps them. */
export interface Histogram {
  /** Counts a value. */
  observe(value: number): void;
  /**
   * Its lines in Prometheus' text format.
   * @param labels such as `stage="queue"`
   */
  render(name: string, labels?: string): string[];
}

/** @param bounds upper bounds of the buckets, ascending; a last one without bound is added */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    observe(value) {
      let bucket = 0;
      while (value > (bounds[bucket] ?? Infinity)) bucket++;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
    },
    render(name, labels = '') {
      const own = labels === '' ? '' : `{${labels}}`;
      const comma = labels === '' ? '' : `${labels},`;
      let below = 0;
      const buckets = [...counts].map((count, bucket) => {
        below += count;
        return `${name}_bucket{${comma}le="${bounds[bucket] ?? '+Inf'}"} ${below}`;
      });
      return [...buckets, `${name}_sum${own} ${sum}`, `${name}_count${own} ${below}`];
    },
  };
}
